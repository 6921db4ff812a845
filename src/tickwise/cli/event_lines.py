"""What happens in a session, a line for a person for each entry that matters to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from rich.text import Text

from tickwise.core.types import MILLION
from tickwise.engine.engine import Engine
from tickwise.journal import entries as j
from tickwise.market_data.findings import utc

Written = tuple[str, str]
"""A line, and its style."""


def line_of(entry: j.Entry, engine: Engine) -> Text | None:
    """Write an entry as a line with its time; None where it is nothing to show."""
    write = WRITERS.get(type(entry))
    if write is None:
        return None
    says, style = write(entry, engine)
    if not says:
        return None
    return Text(f"{utc(engine.ts)[11:19]} {says}", style=style)


def _filled(entry: Any, engine: Engine) -> Written:
    did = "bought" if entry.units > 0 else "sold"
    units, price = _amounts(entry, engine)
    return f"{_bot(entry.lane, engine)} {did} {units} {entry.instrument} at {price}", "cyan"


def _reduced(entry: Any, engine: Engine) -> Written:
    """Write a part of a position that was left; what ends it is told as a trade."""
    if not entry.left:
        return "", ""
    units, price = _amounts(entry, engine)
    return f"{_bot(entry.lane, engine)} left {units} {entry.instrument} at {price}: {entry.reason}", "cyan"


def _trade(entry: Any, engine: Engine) -> Written:
    price = price_text(engine, entry.instrument, round(entry.exit_value / entry.exit_units))
    says = f"{entry.bot} left {entry.instrument} at {price}, {entry.reason.replace('_', ' ')}"
    return f"{says}: {entry.pnl / int(MILLION):+,.2f}", "green" if entry.pnl > 0 else "red"


def _ended(entry: Any, engine: Engine) -> Written:
    more = "" if entry.reason in entry.says else f" ({entry.says})"
    return f"{_bot(entry.lane, engine)}: order {entry.status}, {entry.reason}{more}", "yellow"


def _denied(entry: Any, engine: Engine) -> Written:
    return f"order {entry.order} was not sent: {entry.why}", "yellow"


def _unknown(entry: Any, engine: Engine) -> Written:
    return f"nobody knows what became of order {entry.order}: {entry.why}", "bold red"


def _evidence(entry: Any, engine: Engine) -> Written:
    return f"order {entry.order}: {entry.says}", "yellow"


def _connection(entry: Any, engine: Engine) -> Written:
    if entry.why == "starting":  # nothing lives before it begins to
        return "", ""
    what = f"{entry.stream} {entry.instrument}".strip()
    return (
        f"{what} {'lives' if entry.live else 'is not live'}: {entry.why}",
        "dim" if entry.live else "yellow",
    )


def _switched(entry: Any, engine: Engine) -> Written:
    what = f"{entry.switch} of {entry.scope} {entry.name}".rstrip()
    return f"{what} {'on' if entry.on else 'off'}: {entry.reason} ({entry.actor})", "red" if entry.on else ""


def _foreign(entry: Any, engine: Engine) -> Written:
    gone = "" if entry.units else " is gone"
    return f"{entry.instrument} {entry.venue_id} in {entry.account} is not ours{gone}", "yellow"


def _alarm(entry: Any, engine: Engine) -> Written:
    return f"{entry.level}: {entry.what.replace('_', ' ')}: {entry.says}", "bold red"


def _day_lost(entry: Any, engine: Engine) -> Written:
    return f"account {entry.account} has lost its day: no entries", "bold red"


def _tripped(entry: Any, engine: Engine) -> Written:
    where = entry.instrument or entry.account
    return f"{entry.switch} of {where}: {entry.failures} failures", "bold red"


def _reloaded(entry: Any, engine: Engine) -> Written:
    return f"configs taken: {', '.join(entry.changed) or 'nothing else'}", ""


def _command(entry: Any, engine: Engine) -> Written:
    return f"{entry.verb} by {entry.actor}: {entry.status.lower()}, {entry.result}", ""


WRITERS: Mapping[type[j.Entry], Callable[[Any, Engine], Written]] = {
    j.Filled: _filled,
    j.Reduced: _reduced,
    j.TradeBooked: _trade,
    j.Ended: _ended,
    j.Denied: _denied,
    j.Unknown: _unknown,
    j.Evidence: _evidence,
    j.Connection: _connection,
    j.Switched: _switched,
    j.ForeignSeen: _foreign,
    j.Alarm: _alarm,
    j.DayLost: _day_lost,
    j.SwitchTripped: _tripped,
    j.Reloaded: _reloaded,
    j.CommandEnded: _command,
}
"""How each kind of entry is written; the others stand in the journal only."""


def _bot(lane: int, engine: Engine) -> str:
    return engine.names.lanes[lane].bot if lane >= 0 else "no bot"


def _amounts(entry: Any, engine: Engine) -> tuple[str, str]:
    """Write units and price of an entry as a person counts them."""
    row = engine.names.instruments[engine.names.market(entry.instrument)]
    units = f"{abs(entry.units) * float(row.unit_step):,.10g}"
    return units, price_text(engine, entry.instrument, entry.price)


def price_text(engine: Engine, symbol: str, ticks: int) -> str:
    """Write a price with all the decimals of its tick."""
    tick = Decimal(engine.names.instruments[engine.names.market(symbol)].tick)
    return f"{ticks * tick:f}"
