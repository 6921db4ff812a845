"""Which entries a person is told of, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tickwise.journal import entries as j
from tickwise.notify import notice as n
from tickwise.notify.names import Names
from tickwise.notify.notice import Kind, Notice

Told = tuple[Kind, str]
"""The kind of a notice, and its line."""

STOPS = ("halt", "flatten", "kill")
"""Switches that end trading until a person's word."""

STARTING = "starting"
"""Why a stream is not live before it ever was: nothing was lost."""


def notice_of(seq: int, entry: j.Entry, names: Names) -> Notice | None:
    """Give the notice of an entry; None where it is nothing to tell."""
    write = WRITERS.get(type(entry))
    told = write(entry, names) if write else None
    if told is None:
        return None
    lane = getattr(entry, "lane", -1)
    instrument = getattr(entry, "instrument", "") or names.instrument(lane)
    bot = getattr(entry, "bot", "") or names.bot(lane)
    return Notice(*told, entry.ts, seq, instrument, bot)


def _filled(entry: Any, names: Names) -> Told:
    symbol = entry.instrument or names.instrument(entry.lane)
    did = "bought" if entry.units > 0 else "sold"
    says = f"{_who(entry, names)} {did} {names.units(symbol, entry.units)} {symbol}"
    says += f" at {names.price(symbol, entry.price)}"
    says += f", stop {names.price(symbol, entry.stop)}" if entry.stop else ", no stop at the venue yet"
    says += f", target {names.price(symbol, entry.target)}" if entry.target else ""
    return n.FILL, says + (f", {entry.latency / 1e6:.0f} ms after the decision" if entry.latency else "")


def _trade(entry: Any, names: Names) -> Told:
    price = names.price(entry.instrument, round(entry.exit_value / entry.exit_units))
    why = entry.reason.replace("_", " ")
    return n.TRADE, f"{entry.bot} left {entry.instrument} at {price}, {why}: {names.money(entry.pnl)}"


def _ended(entry: Any, names: Names) -> Told | None:
    """Tell of a refusal; an order that was cancelled or ran out is everyday."""
    if entry.status not in ("rejected", "never_received"):
        return None
    more = "" if entry.reason in entry.says or not entry.says else f" ({entry.says})"
    verb = "exit" if entry.is_exit else "entry"
    status = entry.status.replace("_", " ")
    return n.REJECTED, f"{_who(entry, names)} {_where(entry, names)}: {verb} {status}, {entry.reason}{more}"


def _denied(entry: Any, names: Names) -> Told:
    verb = "exit" if entry.is_exit else "entry"
    return n.DENIED, f"{_who(entry, names)} {_where(entry, names)}: {verb} was not sent: {entry.why}"


def _unknown(entry: Any, names: Names) -> Told:
    says = f"nobody knows what became of order {entry.order}: {entry.why}"
    return n.UNKNOWN, f"{_who(entry, names)} {_where(entry, names)}: {says}"


def _evidence(entry: Any, names: Names) -> Told:
    return n.KNOWN, f"order {entry.order}: {entry.says}"


def _stop_set(entry: Any, names: Names) -> Told | None:
    if not entry.refused:
        return None
    return n.STOP_REFUSED, f"{_who(entry, names)} {_where(entry, names)}: {entry.position}: {entry.refused}"


def _connection(entry: Any, names: Names) -> Told | None:
    if entry.why == STARTING:
        return None
    what = f"{entry.stream} {entry.instrument}".strip()
    return n.BACK if entry.live else n.LOST, f"{what}: {entry.why}"


def _tripped(entry: Any, names: Names) -> Told:
    if entry.switch == "kill":
        says = f"account {entry.account}: {entry.failures} failures; it stays so until somebody resumes"
        return n.KILL_SWITCH, says
    return n.BREAKER, f"{entry.instrument}: {entry.failures} failures in a row; it closes again by itself"


def _day_lost(entry: Any, names: Names) -> Told:
    reached = f"equity {names.money(entry.equity)}, floor {names.money(entry.floor)}".replace("+", "")
    return n.DAY_LOST, f"account {entry.account}: {reached}; no entries"


def _switched(entry: Any, names: Names) -> Told:
    on = "on" if entry.on else "off"
    of = "" if entry.scope == "house" else f" of {entry.scope} {entry.name}"
    says = f"{entry.switch}{of} {on} by {entry.actor}: {entry.reason or 'no reason given'}"
    return n.STOPPED if entry.on and entry.switch in STOPS else n.SWITCHED, says


def _command(entry: Any, names: Names) -> Told | None:
    """Tell of what was asked for and not done; what was done shows in what it did."""
    if entry.status not in ("FAILED", "REFUSED"):
        return None
    return n.COMMAND, f"{entry.verb} by {entry.actor}: {entry.status.lower()}, {entry.result}"


def _alarm(entry: Any, names: Names) -> Told:
    says = f"{entry.what.replace('_', ' ')}: {entry.says}"
    return n.ALARM if entry.level == "critical" else n.WARNING, says


def _failure(entry: Any, names: Names) -> Told:
    return n.FAILURE, f"{entry.where}: {entry.says}"


def _foreign(entry: Any, names: Names) -> Told | None:
    if entry.open_by == 0:
        return None
    what, goes = "order" if entry.is_order else "position", "is there" if entry.open_by > 0 else "is gone"
    return n.FOREIGN, f"{what} {entry.venue_id}, {entry.instrument} in account {entry.account}, {goes}"


def _reconciled(entry: Any, names: Names) -> Told | None:
    if not entry.differences:
        return None
    return n.DIFFERENCES, f"account {entry.account}: {'; '.join(entry.differences)}"


def _armed(entry: Any, names: Names) -> Told:
    return n.ARMED, f"account {entry.account} by {entry.actor}: {entry.limits}"


def _opened(entry: Any, names: Names) -> Told:
    bots = ", ".join(dict.fromkeys(lane.bot for lane in entry.lanes))
    return n.SESSION, f"{entry.session} opened at {entry.venue}, {entry.environment}: {bots}"


def _recovered(entry: Any, names: Names) -> Told:
    return n.SESSION, f"{entry.session} goes on after a restart"


def _closed(entry: Any, names: Names) -> Told:
    return n.SESSION, f"{entry.session} ended: {entry.reason}"


def _who(entry: Any, names: Names) -> str:
    return names.bot(entry.lane) or "no bot"


def _where(entry: Any, names: Names) -> str:
    return names.instrument(entry.lane) or "no instrument"


WRITERS: Mapping[type[j.Entry], Callable[[Any, Names], Told | None]] = {
    j.Filled: _filled,
    j.TradeBooked: _trade,
    j.Ended: _ended,
    j.Denied: _denied,
    j.Unknown: _unknown,
    j.Evidence: _evidence,
    j.StopSet: _stop_set,
    j.Connection: _connection,
    j.SwitchTripped: _tripped,
    j.DayLost: _day_lost,
    j.Switched: _switched,
    j.CommandEnded: _command,
    j.Alarm: _alarm,
    j.Failure: _failure,
    j.ForeignSeen: _foreign,
    j.Reconciled: _reconciled,
    j.Armed: _armed,
    j.SessionOpened: _opened,
    j.SessionRecovered: _recovered,
    j.SessionClosed: _closed,
}
"""How each kind of entry is told; of the others nobody is."""
