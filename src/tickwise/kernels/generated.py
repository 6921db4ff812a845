"""Write and import the kernel that joins strategies to the core's loop.

Functions handed over as arguments from Python are never cached by Numba. So the strategies' functions become
globals of a small generated file in the cache folder, which hands them on inside compiled code: inlined, and
kept on disk. The file's name is a digest of the strategies and of its own text.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

from tickwise.core._cache import CACHE_DIR, CORE_DIGEST
from tickwise.core.compiled import JIT
from tickwise.kernels.complaint import check
from tickwise.kernels.contract import ON_THE_OUTSIDE
from tickwise.kernels.strategy_file import Strategy

KERNELS_KEPT = 20
"""How many kernels stay in the cache folder; each is about a megabyte of machine code."""

HEAD = '''"""A kernel: strategies and the core's loop, compiled into one. Generated; not to be edited."""

import sys

from tickwise.core.compiled import entry, hot, rare
from tickwise.core.live import step_once, take_once
from tickwise.core.market import bar_ago
from tickwise.core.replay import attend_lane, explain_lane, replay_quotes, strike
from tickwise.core.replay_bars import replay_bars
from tickwise.core.types import Quote, Signal

'''

TAIL = """
@rare
def attend(
    params, houses, accounts, tallies, markets, lanes, calendar, k, work, trades, decisions, written, ts
):
    attend_lane(
        signal, params, houses, accounts, tallies, markets, lanes, calendar, k, work,
        trades, decisions, written, ts,
    )


@rare
def moment(
    params, houses, accounts, tallies, markets, lanes, calendar, rolls, decisions, minutes, written, ts
):
    strike(
        on_bar, params, houses, accounts, tallies, markets, lanes, calendar, rolls,
        decisions, minutes, written, ts,
    )


@entry
def explain(params, houses, accounts, tallies, markets, lanes, calendar, k, ts, unseen):
    return explain_lane(
        update, maybe, signal, params, houses, accounts, tallies, markets, lanes, calendar, k, ts, unseen
    )


@entry
def live(state, exchange):
    return step_once(update, maybe, attend, moment, state, exchange)


@entry
def event(state, exchange):
    return take_once(moment, state, exchange)


@entry
def quotes(
    params, houses, accounts, tallies, markets, lanes, calendar, rolls,
    times, bids, asks, instruments, event_times, start, trades, decisions, minutes, written,
):
    return replay_quotes(
        update, maybe, attend, moment, params, houses, accounts, tallies, markets, lanes, calendar, rolls,
        times, bids, asks, instruments, event_times, start, trades, decisions, minutes, written,
    )


@entry
def bars(
    params, houses, accounts, tallies, markets, lanes, calendar, rolls,
    span, times, bid, ask, instruments, start, trades, decisions, minutes, written,
):
    return replay_bars(
        on_bar, moment, params, houses, accounts, tallies, markets, lanes, calendar, rolls,
        span, times, bid, ask, instruments, start, trades, decisions, minutes, written,
    )
"""


def kernel_of(strategies: Sequence[Strategy]) -> ModuleType:
    """Give the kernel for these strategies, in this order: functions `quotes` and `bars`, and STRATEGIES,
    their files.

    Raises StrategyError where a strategy does not compile.
    """
    text = (
        HEAD + "".join(_strategy(place, s) for place, s in enumerate(strategies)) + _joined(strategies) + TAIL
    )
    digest = hashlib.sha256(
        "\0".join([CORE_DIGEST, text, *(s.digest for s in strategies)]).encode()
    ).hexdigest()
    name = f"tickwise_kernel_{digest[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    path = CACHE_DIR / "kernels" / f"{name}.py"
    if not JIT or not path.exists():
        for strategy in strategies:
            check(strategy)
    _write(path, text)
    drop_old_kernels(path.parent)
    for strategy in strategies:
        sys.modules[strategy.compiled.__name__] = strategy.compiled
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    module.__dict__["STRATEGIES"] = tuple(strategy.path for strategy in strategies)
    return module


def code_digest(strategies: Sequence[Strategy]) -> str:
    """Digest of everything that decides: the core, the compiler's versions and the strategies; hex."""
    return hashlib.sha256("\0".join([CORE_DIGEST, *(s.digest for s in strategies)]).encode()).hexdigest()


def drop_old_kernels(folder: Path, keep: int = KERNELS_KEPT) -> None:
    """Delete all but the `keep` kernels used last, with their machine code; so may another process."""
    for path in sorted(folder.glob("tickwise_kernel_*.py"), key=_last_use, reverse=True)[keep:]:
        for file in (path, *folder.parent.glob(f"*/{path.stem}.*")):
            with suppress(OSError):
                file.unlink()


def _last_use(path: Path) -> int:
    """Give when a kernel was used last, nanoseconds since 1970; 0 where another process has deleted it."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, or mark it as used; another process may be writing the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        with suppress(OSError):
            os.utime(path)
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.replace(temporary, path)


def _loading(small: type, spelled: str, whole: str, real: str, used: list[int]) -> str:
    """Write the expression that builds a NamedTuple from two rows of numbers; `used` counts what is taken."""
    terms = []
    for kind_name, kind in get_type_hints(small).items():
        if hasattr(kind, "_fields"):
            terms.append(_loading(kind, f"{spelled}_{kind_name}", whole, real, used))
        elif kind is float:
            terms.append(f"{real}[{used[1]}]")
            used[1] += 1
        else:
            terms.append(f"{whole}[{used[0]}]" + (" != 0" if kind is bool else ""))
            used[0] += 1
    return f"{spelled}({', '.join(terms)})"


def _storing(small: type, value: str, used: list[int]) -> list[str]:
    """Write the lines that put a NamedTuple into a lane's two rows of numbers."""
    lines = []
    for name, kind in get_type_hints(small).items():
        if hasattr(kind, "_fields"):
            lines += _storing(kind, f"{value}.{name}", used)
        elif kind is float:
            lines.append(f"lane.reals[{used[1]}] = {value}.{name}")
            used[1] += 1
        else:
            lines.append(f"lane.wholes[{used[0]}] = {value}.{name}")
            used[0] += 1
    return lines


def _classes(small: type, spelled: str, at: str) -> list[str]:
    """Write the assignments that give each nested NamedTuple class a global name."""
    lines = [f"{spelled} = {at}"]
    for name, kind in get_type_hints(small).items():
        if hasattr(kind, "_fields"):
            lines += _classes(kind, f"{spelled}_{name}", f"get_type_hints({at})[{name!r}]")
    return lines


def _strategy(place: int, strategy: Strategy) -> str:
    """Write a strategy's part: its functions, its levels from the params, its state from and to the lane."""
    lines = [f"_{place} = sys.modules[{strategy.compiled.__name__!r}]"]
    if strategy.state is not None:
        lines.append("from typing import get_type_hints")
        lines += _classes(strategy.state, f"State{place}", f"_{place}.State")
    source = "Params" if strategy.levels is strategy.params else "Levels"
    lines += _classes(strategy.levels, f"Levels{place}", f"_{place}.{source}")
    for name in strategy.functions:
        if name not in ON_THE_OUTSIDE:
            lines.append(f"{name}_{place} = _{place}.{name}")
    loading = _loading(strategy.levels, f"Levels{place}", "params.wholes", "params.reals", [0, 0])
    lines += ["", "", "@hot", f"def levels_of_{place}(params):", f"    return {loading}", "", ""]
    if strategy.state is not None:
        loading = _loading(strategy.state, f"State{place}", "lane.wholes", "lane.reals", [0, 0])
        storing = _storing(strategy.state, "state", [0, 0])
        lines += ["@hot", f"def state_of_{place}(lane):", f"    return {loading}", "", ""]
        lines += ["@hot", f"def keep_{place}(lane, state):", *(f"    {line}" for line in storing), "", ""]
    return "\n".join(lines) + "\n"


WISH = (
    "lane.wish_side = wish.side",
    "lane.wish_score = wish.score",
    "lane.wish_stop = wish.stop",
    "lane.wish_target = wish.target",
)


GIVEN = {
    "params": "levels_of_{place}(params)",
    "levels": "levels_of_{place}(params)",
    "state": "state_of_{place}(lane)",
    "market": "market",
    "quote": "Quote(market.ts, market.bid, market.ask)",
    "bar": "bar_ago(market.frames[lane.trigger], 0)",
    "bars": "market.frames[lane.trigger]",
}
"""What a function is given for each argument it may name."""


def _call(place: int, strategy: Strategy, function: str) -> str:
    """Write the call of one of the strategy's functions: it gets what its arguments name."""
    given = {name: text.format(place=place) for name, text in GIVEN.items()}
    if "features" in strategy.takes(function):
        given["features"] = _call(place, strategy, "features")
    return f"{function}_{place}({', '.join(given[name] for name in strategy.takes(function))})"


def _asking(place: int, strategy: Strategy, function: str) -> list[str]:
    """Write the call of `on_quote` or `on_bar`, with its state where it has one."""
    if strategy.state is None:
        return [f"wish = {_call(place, strategy, function)}", *WISH]
    return [f"state, wish = {_call(place, strategy, function)}", f"keep_{place}(lane, state)", *WISH]


def _update(place: int, strategy: Strategy) -> list[str]:
    if strategy.style == "on_quote":
        return _asking(place, strategy, "on_quote")
    if strategy.style == "parts" and "update" in strategy.functions:
        return [f"keep_{place}(lane, {_call(place, strategy, 'update')})"]
    return ["pass"]


def _maybe(place: int, strategy: Strategy) -> list[str]:
    if strategy.style == "on_quote":
        return ["return lane.wish_side != 0"]
    if strategy.style == "parts":
        return [f"return {_call(place, strategy, 'maybe') if 'maybe' in strategy.functions else True}"]
    return ["return False"]


def _signal(place: int, strategy: Strategy) -> list[str]:
    wish = "Signal(int(wish.side), float(wish.score), float(wish.stop), float(wish.target))"
    if strategy.style == "parts":
        return [f"wish = {_call(place, strategy, 'signal')}", f"return {wish}"]
    return ["return Signal(lane.wish_side, lane.wish_score, lane.wish_stop, lane.wish_target)"]


def _on_bar(place: int, strategy: Strategy) -> list[str]:
    return _asking(place, strategy, "on_bar") if strategy.style == "on_bar" else ["pass"]


def _joined(strategies: Sequence[Strategy]) -> str:
    """Write the four functions of the loop; with several strategies each asks whose turn it is."""
    blocks = []
    for name, write in (("update", _update), ("maybe", _maybe), ("signal", _signal), ("on_bar", _on_bar)):
        lines = ["@hot", f"def {name}(params, lane, market):"]
        for place, strategy in enumerate(strategies[:-1]):
            lines.append(f"    if lane.strategy == {place}:")
            lines += [f"        {line}" for line in write(place, strategy)]
            if not lines[-1].lstrip().startswith("return"):
                lines.append("        return")
        last = len(strategies) - 1
        lines += [f"    {line}" for line in write(last, strategies[last])]
        blocks.append("\n".join(lines) + "\n")
    return "\n\n".join(blocks) + "\n"
