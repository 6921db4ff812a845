"""Two runs held against each other, trade by trade: which are the same, which differ, which only one has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.looser import Moved, moved_in_bot
from tickwise.research.backtest import Result

Kind = Literal["the same", "differs", "only before", "only now"]

WHAT = {
    "units": "units",
    "entry_ts": "entry time",
    "entry_price": "entry price",
    "exit_ts": "exit time",
    "exit_price": "exit price",
    "reason": "reason",
    "pnl": "net",
}
"""The columns of a trade in which two may differ, and what they are called."""

MS = 1_000_000


class Change(NamedTuple):
    """One decision to enter, and the trade it came to in each of the runs."""

    kind: Kind
    decided_ts: int
    """Nanoseconds UTC."""
    was: dict[str, Any] | None
    now: dict[str, Any] | None

    @property
    def what(self) -> str:
        """Name what differs, and how a trade was left where that is not the same."""
        if self.was is None or self.now is None:
            return ""
        was, now = self.was, self.now
        named = [says for name, says in WHAT.items() if was[name] != now[name]]
        reasons = f" ({was['reason']}, now {now['reason']})" if was["reason"] != now["reason"] else ""
        return f"{', '.join(named)}{reasons}".replace("_", " ")


class Changes(NamedTuple):
    """What changed from one run to another."""

    was: Result
    now: Result
    settings: tuple[Moved, ...]
    trades: tuple[Change, ...]
    """Every trade of either run, in order of its decision."""

    @property
    def counts(self) -> dict[Kind, int]:
        """Count the trades of each kind; every kind is named."""
        kinds: tuple[Kind, ...] = ("the same", "differs", "only before", "only now")
        found = Counter(change.kind for change in self.trades)
        return {kind: found[kind] for kind in kinds}

    def net(self, kind: Kind) -> tuple[float, float]:
        """Give what the trades of a kind earned before and now."""
        mine = [change for change in self.trades if change.kind == kind]
        was = sum(change.was["pnl"] for change in mine if change.was is not None)
        now = sum(change.now["pnl"] for change in mine if change.now is not None)
        return was, now

    def listed(self) -> dict[str, list[Any]]:
        """Give the trades that are not the same, as columns for the page's list."""
        rows = [_listed(change) for change in self.trades if change.kind != "the same"]
        names = ("kind", "decided_ms", "bot", "instrument", "side", "was", "now", "difference", "what")
        return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def changes_between(was: Result, now: Result) -> Changes:
    """Hold two runs against each other; a trade is known by its bot, instrument, account, side and decision.

    Where each run has one bot, they are taken for the same though their names differ.
    """
    alone = len(was.bots) == len(now.bots) == 1
    before, after = (dict(_keyed(run, alone)) for run in (was, now))
    changes = [_change(key, before.get(key), after.get(key)) for key in sorted({**before, **after})]
    return Changes(was, now, tuple(_moved(was.bots, now.bots, alone)), tuple(changes))


def _keyed(run: Result, alone: bool) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Give each trade under what it is known by; of several under one name, the first, the second ..."""
    seen: Counter[tuple[Any, ...]] = Counter()
    for trade in run.trades:
        bot = "" if alone else trade["bot"]
        key = (trade["decided_ts"], bot, trade["instrument"], trade["account"], trade["side"])
        yield (*key, seen[key]), trade
        seen[key] += 1


def _change(key: tuple[Any, ...], was: dict[str, Any] | None, now: dict[str, Any] | None) -> Change:
    kind: Kind
    if was is None or now is None:
        kind = "only now" if was is None else "only before"
    else:
        kind = "the same" if all(was[name] == now[name] for name in WHAT) else "differs"
    return Change(kind, key[0], was, now)


def _moved(was: tuple[BotConfig, ...], now: tuple[BotConfig, ...], alone: bool) -> Iterator[Moved]:
    """Give the settings that differ, bot by bot; a bot that only one run has is a line of its own."""
    before, after = ({"" if alone else bot.name: bot for bot in bots} for bots in (was, now))
    for name in {**before, **after}:
        if name not in before or name not in after:
            there = name in before
            yield Moved(name, "bot", "there" if there else "", "" if there else "there", "free")
        else:
            yield from moved_in_bot(before[name], after[name])


def _listed(change: Change) -> tuple[Any, ...]:
    trade = change.now or change.was
    assert trade is not None
    was = None if change.was is None else change.was["pnl"]
    now = None if change.now is None else change.now["pnl"]
    difference = round((now or 0.0) - (was or 0.0), 6)
    return (
        change.kind,
        change.decided_ts // MS,
        trade["bot"],
        trade["instrument"],
        trade["side"],
        was,
        now,
        difference,
        change.what,
    )
