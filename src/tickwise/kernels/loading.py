"""Turn what an author's code raises as Python runs it into one line that names the place."""

from __future__ import annotations

import builtins
import math
import re
import sys
import traceback
import typing
from pathlib import Path
from types import ModuleType, TracebackType

from tickwise.core import market, types
from tickwise.errors import TickwiseError
from tickwise.kernels.own_modules import TICKWISE
from tickwise.kernels.source import complaint, nearest


class Blame:
    """A block that runs an author's code: whatever it raises becomes a StrategyError of one line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        """Begin to listen."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Turn an error of the author's into a complaint; leave an interruption and our own errors alone."""
        if error is None or isinstance(error, KeyboardInterrupt | GeneratorExit | TickwiseError):
            return
        place, line = _place(self.path, error, trace)
        wrong, mend = _words(error)
        raise complaint(place, line, wrong, mend) from None


def _place(path: Path, error: BaseException, trace: TracebackType | None) -> tuple[Path, int]:
    """Give the author's line that raised: the last one outside Tickwise, Python and what is installed."""
    if isinstance(error, SyntaxError) and error.filename:
        return Path(error.filename), error.lineno or 1
    frames = [each for each in traceback.extract_tb(trace) if _may_be_own(each.filename, path.parent)]
    return (Path(frames[-1].filename), frames[-1].lineno or 1) if frames else (path, 1)


def _may_be_own(file: str, folder: Path) -> bool:
    """Tell whether a line of a traceback stands in the author's folder."""
    inside = Path(file).is_relative_to(folder) and "site-packages" not in file
    return inside and (not Path(file).is_relative_to(TICKWISE) or folder.is_relative_to(TICKWISE))


def _words(error: BaseException) -> tuple[str, str]:
    """Say what went wrong and what to do, for the mistakes that happen most."""
    text = str(error)
    if isinstance(error, SyntaxError):
        return error.msg, "mend this line"
    if isinstance(error, ModuleNotFoundError):
        return f"there is no module `{error.name}`", _module_like(str(error.name))
    if isinstance(error, ImportError) and "relative import" in text:
        return "a strategy belongs to no package", "import what lies beside it without the dot"
    if isinstance(error, ImportError):
        missing = re.search(r"cannot import name '(\w+)' from '([\w.]+)'", text)
        if missing:
            known = [each for each in vars(sys.modules[missing[2]]) if not each.startswith("_")]
            close = nearest(missing[1], known)
            mend = close if close.startswith("did") else home_of(missing[1]) or "look up its name there"
            return f"`{missing[2]}` has no `{missing[1]}`", mend
    if isinstance(error, NameError) and error.name:
        return f"`{error.name}` is not defined", home_of(error.name) or "define it above this line"
    if isinstance(error, AttributeError) and error.name:
        return _no_attribute(error.name, error.obj)
    if isinstance(error, SystemExit):
        return "the file ends the program", "leave `exit` out"
    return f"raises {type(error).__name__} ({text})", "mend this line"


def _no_attribute(name: str, owner: object) -> tuple[str, str]:
    """Say of what a name is no part, and which is the nearest that is."""
    if isinstance(owner, ModuleType):
        close = nearest(name, [each for each in vars(owner) if not each.startswith("_")])
        return f"`{owner.__name__}` has no `{name}`", close if close.startswith("did") else "look up its name"
    fields = getattr(owner, "_fields", None) or getattr(getattr(owner, "dtype", None), "names", None) or ()
    mend = nearest(name, fields) if fields else "look at what stands before the dot"
    return f"{type(owner).__name__} has no `{name}`", mend


def _module_like(name: str) -> str:
    """Say where a module that is not there might come from."""
    if name.partition(".")[0] == "tickwise":
        folder = TICKWISE.joinpath(*name.split(".")[1:-1])
        known = [each.stem for each in folder.glob("[!_]*")] if folder.is_dir() else []
        return nearest(name.rpartition(".")[2], sorted(known))
    return f"put {name.partition('.')[0]}.py beside the strategy, or install it"


def home_of(name: str) -> str:
    """Say where a name that authors use is imported from; empty where it is not one of them."""
    for module in (typing, types, market, math):
        if hasattr(module, name) and not hasattr(builtins, name):
            return f"write `from {module.__name__} import {name}`"
    return ""
