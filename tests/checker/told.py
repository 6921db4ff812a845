"""What the journal has told up to an entry: orders, positions, switches, streams. It believes every entry.

An order works from its intent to its end. `unknown` is no end; a fill that arrives after an end counts all
the same, and a position is what its fills say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checker.case import Case
from checker.world import Row
from tickwise.journal import entries as j

ENDED = ("filled", "closed_partial", "rejected", "cancelled", "expired", "denied", "never_received")


@dataclass(slots=True)
class Order:
    """An order so far."""

    id: str
    bot: str
    instrument: str
    account: str
    units: int
    is_exit: bool
    position: str
    decided_ts: int
    decided_seq: int
    stop: int = 0
    state: str = "intended"
    filled: int = 0
    sent_ts: int = 0
    sent_seq: int = 0
    mark: int = 0
    ended_ts: int = 0
    ends: list[str] = field(default_factory=list)

    @property
    def works(self) -> bool:
        """Tell whether it may still become something."""
        return self.state not in ENDED

    @property
    def left(self) -> int:
        """Give the units that may still be filled."""
        return self.units - self.filled if self.works else 0


@dataclass(slots=True)
class Position:
    """A position so far."""

    id: str
    venue_position: str
    bot: str
    instrument: str
    account: str
    units: int
    stop: int


@dataclass(slots=True)
class Told:
    """Everything so far."""

    orders: dict[str, Order] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    gone: dict[str, Position] = field(default_factory=dict)
    """Positions that were left, as they were opened."""
    foreign: dict[str, j.ForeignSeen] = field(default_factory=dict)
    switches: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    dead: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By stream: the instruments it is dead for, "" is all; a stream that was never named is not here."""
    lost_days: dict[str, int] = field(default_factory=dict)
    """Accounts whose day is lost, and since when."""
    commands: dict[str, j.CommandStarted] = field(default_factory=dict)
    """Commands that were started and have not ended."""
    lanes: tuple[j.LaneRow, ...] = ()
    configs: dict[str, j.ConfigText] = field(default_factory=dict)
    environment: str = ""

    def working(self) -> list[Order]:
        """Give orders to enter that left and may still be filled."""
        return [o for o in self.orders.values() if o.works and not o.is_exit and o.sent_seq]

    def is_dead(self, stream: str, instrument: str) -> bool:
        """Tell whether a stream does not live for an instrument."""
        dead = self.dead.get(stream, {})
        return bool(dead.get("") or dead.get(instrument))


def walked(case: Case) -> Iterator[tuple[Row, Told]]:
    """Give each entry with what had been told before it."""
    told = Told()
    for row in case.journal:
        yield row, told
        take(told, row)


def told_by(case: Case, ts: int | None = None) -> Told:
    """Give what the journal has told by a time, or by its end."""
    told = Told()
    for row in case.journal:
        if ts is not None and row.entry.ts > ts:
            break
        take(told, row)
    return told


def take(told: Told, row: Row) -> None:
    """Believe an entry."""
    match row.entry:
        case j.Intent() as e:
            told.orders[e.order] = Order(
                e.order, e.bot, e.instrument, e.account, e.units, False, e.order, e.ts, row.seq, e.stop
            )
        case j.ExitIntent() as e:
            told.orders[e.order] = Order(
                e.order, e.bot, e.instrument, e.account, e.units, True, e.position, e.ts, row.seq
            )
        case j.Sent() as e if e.verb in ("enter", "leave") and e.order in told.orders:
            order = told.orders[e.order]
            order.state, order.sent_ts, order.sent_seq, order.mark = "sent", e.ts, row.seq, e.mark
        case j.Accepted() as e if e.order in told.orders and told.orders[e.order].works:
            told.orders[e.order].state = "accepted"
        case j.Unknown() as e if e.order in told.orders:
            told.orders[e.order].state = "unknown"
        case j.Denied() as e:
            _ended(told, e.order, "denied", e.ts)
        case j.Ended() as e:
            _ended(told, e.order, e.status, e.ts)
        case j.Filled() as e:
            _filled(told, e)
        case j.Reduced() as e:
            _reduced(told, e)
        case j.StopSet() as e if e.position in told.positions and not e.refused:
            told.positions[e.position].stop = e.stop
        case _:
            _around(told, row)


def _ended(told: Told, order: str, how: str, ts: int) -> None:
    if order in told.orders:
        was = told.orders[order]
        was.state = "closed_partial" if was.filled and how != "denied" else how
        was.ends.append(how)
        was.ended_ts = ts


def _counted(told: Told, order: str, units: int, ts: int) -> None:
    was = told.orders.get(order)
    if was is None:
        return
    was.filled += units
    if abs(was.filled) >= abs(was.units):
        was.state, was.ended_ts = "filled", ts
        was.ends.append("filled")
    elif was.works:
        was.state = "partly_filled"


def _filled(told: Told, e: j.Filled) -> None:
    order = told.orders.get(e.order)
    _counted(told, e.order, e.units, e.ts)
    if e.position in told.positions:
        told.positions[e.position].units += e.units
        return
    instrument = e.instrument or (order.instrument if order else "")
    account = e.account or (order.account if order else "")
    bot = order.bot if order else ""
    held = Position(e.position, e.venue_position, bot, instrument, account, e.units, e.stop)
    told.positions[e.position] = held


def _reduced(told: Told, e: j.Reduced) -> None:
    if e.order in told.orders and told.orders[e.order].is_exit:
        _counted(told, e.order, -e.units, e.ts)
    position = told.positions.get(e.position)
    if position is not None:
        position.units -= e.units
        if position.units == 0:
            told.gone[e.position] = told.positions.pop(e.position)


def _around(told: Told, row: Row) -> None:
    """Believe an entry that is no order's."""
    match row.entry:
        case j.SessionOpened() as e:
            told.lanes, told.environment = e.lanes, e.environment
            told.configs = {each.bot: each for each in e.configs}
        case j.Reloaded() as e:
            told.lanes = e.lanes or told.lanes
            told.configs = {each.bot: each for each in e.configs} or told.configs
        case j.ForeignSeen() as e:
            told.foreign[e.venue_id] = e
            if e.units == 0:
                del told.foreign[e.venue_id]
        case j.Adopted() as e:
            told.foreign.pop(e.venue_id, None)
            lane = told.lanes[e.lane] if e.lane < len(told.lanes) else None
            told.positions[e.position] = Position(
                e.position,
                e.venue_id,
                lane.bot if lane else "",
                e.instrument or (lane.instrument if lane else ""),
                e.account or (lane.account if lane else ""),
                e.units,
                e.stop,
            )
        case j.Connection() as e:
            _connection(told.dead.setdefault(e.stream, {}), e)
        case j.Switched() as e:
            key = (e.switch, e.scope, e.name)
            told.switches[key] = row
            if not e.on:
                del told.switches[key]
                if e.switch == "day":
                    told.lost_days.pop(e.name, None)
        case j.SwitchTripped() as e if e.switch == "kill":
            told.switches["kill", "account", e.account] = row
        case j.DayLost() as e:
            told.lost_days.setdefault(e.account, e.ts)
        case j.CommandStarted() as e:
            told.commands[e.command] = e
        case j.CommandEnded() as e:
            told.commands.pop(e.command, None)


def _connection(dead: dict[str, bool], e: j.Connection) -> None:
    if e.live and not e.instrument:
        dead.clear()
    dead[e.instrument] = not e.live
