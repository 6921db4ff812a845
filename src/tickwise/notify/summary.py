"""The daily summary: what the last day brought, which strategy brought most and least, and why not more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from tickwise.core.types import DAY, MILLION
from tickwise.journal.entry_readings import PAGE
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.overview import overview_of
from tickwise.journal.readings import sessions
from tickwise.journal.scope import Scope, scope_of
from tickwise.notify.notice import SUMMARY, Notice

DAY_NS = int(DAY)

GATES = 3
"""How many of the gates that cost signals are named."""


def due_at(now: int, at_ns: int) -> int:
    """Give when the newest summary was due that is not in the future; `at_ns` is the time of day in UTC."""
    return (now - at_ns) // DAY_NS * DAY_NS + at_ns


def summary_of(connection: Connection, due: int) -> list[Notice]:
    """Give the lines of a summary of the 24 hours before `due`; none where no session was then.

    Refusals, evaluations and positions are those up to the moment it is read.
    """
    since = due - DAY_NS
    scope = _scope(connection, since)
    if scope is None:
        return []
    seen = overview_of(connection, scope, since)
    trades = [row for row in seen.trades if row.exit_ts < due]
    currency = scope.last.currency
    lines = [_earned(trades, currency), *_best_and_worst(trades, currency), _why(seen.outcomes, seen.missed)]
    if seen.positions:
        lines.append(f"open positions: {len(seen.positions)}, without a stop: {len(seen.unprotected)}")
    return [Notice(SUMMARY, line, due) for line in lines]


def _scope(connection: Connection, since: int) -> Scope | None:
    """Give the sessions of a venue that went on after a time: those of the newest one's realm."""
    rows = [row for row in sessions(connection, limit=PAGE) if not row.venue.startswith("tape:")]
    mine = [row for row in rows if row.realm == rows[0].realm and not 0 < row.closed_ts < since]
    if not mine:
        return None
    scopes = [found for row in mine if (found := scope_of(connection, row.session))]
    return scopes[0]._replace(spans=tuple(found.spans[0] for found in scopes))


def _earned(trades: Sequence[TradeRow], currency: str) -> str:
    if not trades:
        return "no trade ended"
    wins = sum(row.pnl > 0 for row in trades)
    losses = sum(row.pnl < 0 for row in trades)
    net = _money(sum(row.pnl for row in trades), currency)
    held = sum(row.exit_ts - row.entry_ts for row in trades) / len(trades) / 1e9
    ended = f"{_counted(len(trades), 'trade')}, {wins:,} won, {losses:,} lost"
    return f"{ended}: net {net}, held {held:,.0f} s on average"


def _best_and_worst(trades: Sequence[TradeRow], currency: str) -> list[str]:
    """Name the strategies that brought most and least; one alone is both."""
    earned: Counter[tuple[str, str]] = Counter()
    for row in trades:
        earned[row.bot, row.strategy] += row.pnl
    ranked = sorted(earned, key=lambda key: (-earned[key], key))
    said = [f"{strategy} of {bot}, {_money(earned[bot, strategy], currency)}" for bot, strategy in ranked]
    if len(said) > 1:
        return [f"best {said[0]}", f"worst {said[-1]}"]
    return [f"only {each}" for each in said]


def _why(outcomes: Mapping[str, int], missed: Mapping[str, int]) -> str:
    """Say what stood between signals and trades, else where evaluations ended."""
    if missed:
        total = sum(missed.values())
        return f"{_counted(total, 'signal')} {'was' if total == 1 else 'were'} refused: {_most(missed)}"
    total = sum(outcomes.values())
    if not total:
        return "nothing was evaluated: no quote came that a bot could use"
    return f"no signal was refused; of {total:,} evaluations ended: {_most(outcomes)}"


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _most(counts: Mapping[str, int]) -> str:
    most = sorted(counts, key=lambda name: (-counts[name], name))[:GATES]
    return ", ".join(f"{name} {counts[name]:,}" for name in most)


def _money(millionths: int, currency: str) -> str:
    return f"{millionths / int(MILLION):+,.2f} {currency}"
