"""Load a strategy's file, built-in or the user's own, and hold it against the contract.

The author writes plain functions and no decorator. A file is known by the digest of its text and of every
module of the author's it leads to, so that an edit in any of them is another strategy.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from tickwise.core import strategies
from tickwise.core.layout import FRAME_NAMES, MEMORY
from tickwise.core.params import LEVELS
from tickwise.errors import StrategyError
from tickwise.kernels import contract
from tickwise.kernels.compiled_copy import compiled_copy
from tickwise.kernels.loading import Blame
from tickwise.kernels.own_modules import Brought, bring
from tickwise.kernels.source import Source, complaint

BUILT_IN = Path(strategies.__file__).parent
"""The folder of the strategies that come with the product."""


@dataclass(frozen=True, eq=False)
class Strategy:
    """A loaded strategy: its module, where its text is, and what it is made of."""

    name: str
    path: Path
    brought: Brought
    params: type
    levels: type
    state: type | None
    style: str
    functions: dict[str, Callable[..., Any]]

    @property
    def module(self) -> ModuleType:
        """The file as Python runs it."""
        return self.brought.module

    @cached_property
    def compiled(self) -> ModuleType:
        """The file as the kernel runs it: each of its functions is one the compiler inlines."""
        return compiled_copy(self.brought)

    @property
    def digest(self) -> str:
        """Digest of the file and of all it leads to; hex."""
        return self.brought.digest

    @property
    def on_bars(self) -> bool:
        """Whether it is asked at each closed bar rather than on each quote."""
        return self.style == "on_bar"

    @property
    def frames(self) -> tuple[str, ...]:
        """The frames it reads, beside the bars it is asked on; all of them where it does not say."""
        return tuple(getattr(self.module, "FRAMES", FRAME_NAMES))

    @property
    def reads_sides(self) -> bool:
        """Whether it reads bid and ask of the closed minute."""
        return bool(getattr(self.module, "SIDES", False))

    @property
    def marks(self) -> dict[str, str]:
        """Params of which the signal needs at least, or at most, so much: what their marks say."""
        return contract.marks_of(self.params)

    @property
    def first_state(self) -> tuple[list[int], list[float]]:
        """The first values of its state: whole numbers and truths, and floats, in order."""
        return contract.flat_values(self.state()) if self.state else ([], [])

    def takes(self, function: str) -> tuple[str, ...]:
        """Name what one of its functions asks for, in order."""
        return contract.takes(self.functions[function])

    def levels_of(self, params: Any, pip: int) -> Any:
        """Turn params into the kernel's numbers; without a `levels` function the params are these numbers."""
        if "levels" not in self.functions:
            return params
        given = {"params": params, "pip": pip}
        return self.functions["levels"](**{name: given[name] for name in self.takes("levels")})

    def warm_up_of(self, params: Any) -> int:
        """Quotes, or closed bars, the strategy must have seen; 0 where it does not say."""
        need = self.functions.get("warm_up")
        return 0 if need is None else int(need(*[params][: len(self.takes("warm_up"))]))


def names() -> list[str]:
    """Name the strategies that come with the product."""
    return sorted(path.stem for path in BUILT_IN.glob("*.py") if path.stem != "__init__")


def find(wanted: str, beside: Path | None = None) -> Path:
    """Find a strategy by name or by path; a relative path is looked for beside the config first.

    Raises StrategyError naming the strategies there are.
    """
    if wanted in names():
        return BUILT_IN / f"{wanted}.py"
    for folder in (beside, Path.cwd()):
        path = (folder or Path()) / Path(wanted).expanduser()
        if path.is_file():
            return path.resolve()
    raise StrategyError(
        f"strategy {wanted!r} is neither a built-in nor a file; built-in are {', '.join(names())}, "
        "or give the path of your own .py file"
    )


def load(path: Path) -> Strategy:
    """Load a strategy's file and check the contract. Raises StrategyError with the line to mend.

    A file is loaded once for each text of it and of what it leads to.
    """
    path = path.resolve()
    known = _LOADED.get(path)
    if known is not None and known.brought.is_current:
        return known
    for other in known.brought.others if known else ():
        sys.modules.pop(other.__name__, None)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise complaint(
            path, 1, f"cannot be read ({error.strerror})", "give the path of a .py file"
        ) from None
    source = Source(path, text)
    contract.check_written(source)
    name = f"tickwise_strategy_{hashlib.sha256(str(path).encode() + text).hexdigest()[:16]}"
    with Blame(path):
        brought = bring(name, path)
    _LOADED[path] = _checked(source, brought)
    return _LOADED[path]


_LOADED: dict[Path, Strategy] = {}
"""The strategies this process has loaded, as they were loaded last."""


def _checked(source: Source, brought: Brought) -> Strategy:
    """Hold a module against the contract and give the strategy."""
    path, module = source.path, brought.module
    params = contract.small_of(source, module, "Params")
    if params is None:
        raise complaint(
            path, 1, "there is no `class Params(NamedTuple)`", "name the strategy's parameters in one"
        )
    functions = contract.functions_of(source, module)
    style = contract.style_of(source, module, functions)
    levels = contract.small_of(source, module, "Levels")
    state = contract.small_of(source, module, "State")
    if levels is not None and "levels" not in functions:
        raise complaint(
            path,
            source.line("Levels"),
            "nothing makes `Levels`",
            "write `def levels(params, pip):` that gives it",
        )
    for name, small, room in (
        ("Params", params, LEVELS),
        ("Levels", levels, LEVELS),
        ("State", state, MEMORY),
    ):
        if small is not None:
            contract.check_fields(source, name, small, room, texts=name == "Params" and levels is not None)
    contract.check_marks(source, params)
    contract.check_arguments(source, functions, levels is not None, state is not None)
    contract.check_declared(source, module)
    strategy = Strategy(path.stem, path, brought, params, levels or params, state, style, functions)
    with Blame(path):
        made, need = strategy.levels_of(params(), contract.PIP_TRIED), strategy.warm_up_of(params())
    contract.check_levels(source, made, strategy.levels)
    if need < 0:
        raise complaint(path, source.line("warm_up"), f"`warm_up` gives {need}", "it counts quotes, or bars")
    return strategy
