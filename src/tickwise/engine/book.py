"""Our orders and positions as the journal tells them: a fold over its entries, kept while the engine runs.

The engine applies each entry as it is written, a restart applies them all again: both give the same book.
The book says what is on its way, what nobody knows, what the venue calls our positions, and what it has told
us of already.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tickwise.engine.standing import turn, weigh
from tickwise.journal import entries as j

State: TypeAlias = Literal[
    "intended", "sent", "accepted", "partly_filled", "filled", "cancelled", "rejected", "expired", "denied",
    "never_received", "unknown",
]  # fmt: skip
"""The states of an order. `unknown` is not an end."""

Key: TypeAlias = tuple[str, int, str]
"""A change of an account: its kind, its mark, and what it concerns."""

OPEN_STATES = ("intended", "sent", "accepted", "partly_filled", "unknown")
"""States in which an order may still become something."""

CORE = "core"
"""Who turned a switch that nobody turned: counted failures."""

ENTRY_WAITS_NS_MAX = 60_000_000_000
"""The longest an entry may wait between its decision and its bytes: `last_hop.decision_age_s_max` at most."""

NO_LANE = -1
"""The lane of what belongs to none."""


@dataclass
class OrderState:
    """One order: an entry, or one that leaves a position."""

    id: str
    lane: int
    instrument: str
    account: str
    units: int
    position: str
    is_exit: bool
    decided_ts: int
    state: State = "intended"
    sent_ts: int = 0
    mark: int = 0
    """The venue's last change before the bytes left."""
    filled: int = 0
    """Signed units that were filled."""


@dataclass
class PositionState:
    """One position: `venue_position` is the venue's name of it, `stop` what rests there."""

    id: str
    lane: int
    instrument: str
    account: str
    venue_position: str
    units: int
    price: int
    stop: int
    target: int
    opened_ts: int
    leavings: int = 0
    """Orders to leave that were made for it."""
    leaving: str = ""
    """The last of them, while it has not ended."""
    leaving_for: str = ""
    """Why that one was decided."""
    unsent_for: str = ""
    """Why it was to be left by an order that was denied, so that nothing was sent."""
    is_ordered: bool = False
    """Whether somebody asked that it be left; that stands until it is."""
    is_stray: bool = False
    """Whether no lane holds it: it came when its lane had gone on to something else."""


@dataclass
class Foreign:
    """A position, or an order that works, at the venue and not ours."""

    venue_id: str
    account: str
    instrument: str
    units: int
    price: int


@dataclass
class Book:
    """Orders, positions, foreign ones, switches and dead streams of a session."""

    orders: dict[str, OrderState] = field(default_factory=dict)
    working: dict[str, OrderState] = field(default_factory=dict)
    """Those that may still become something: of all orders of a long session, the few that are looked at."""
    positions: dict[str, PositionState] = field(default_factory=dict)
    at_venue: dict[tuple[str, str], str] = field(default_factory=dict)
    """Our name of each position by account and the venue's name, ended ones too."""
    lane_position: dict[int, str] = field(default_factory=dict)
    last_position: dict[int, str] = field(default_factory=dict)
    """The position that each lane had last, open or not."""
    awaited: dict[int, str] = field(default_factory=dict)
    """The entry that each lane waits for."""
    strays: dict[str, None] = field(default_factory=dict)
    """Positions that no lane held, ended ones too."""
    foreign: dict[str, Foreign] = field(default_factory=dict)
    foreign_orders: dict[str, Foreign] = field(default_factory=dict)
    dead: dict[str, set[str]] = field(default_factory=dict)
    """Instruments by the streams that do not live for them; "" is every instrument."""
    switches: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Switches that are on, by (switch, scope, name): their reason."""
    tripped: dict[tuple[str, str, str], None] = field(default_factory=dict)
    """Those that the core tripped by counted failures: they open nothing, and leave nothing."""
    weights: dict[str, float] = field(default_factory=dict)
    """The share of its size that each bot opens with, where one was given; "" is every other bot."""
    resumed: dict[str, int] = field(default_factory=dict)
    """When each bot was let go on last, nanoseconds UTC."""
    marks: dict[str, int] = field(default_factory=dict)
    """The venue's change up to which every one was taken in, by account."""
    ahead: dict[str, dict[Key, None]] = field(default_factory=dict)
    """Changes that were taken in after that mark, by account."""
    highest: dict[str, int] = field(default_factory=dict)
    """The highest mark of a change that was taken in, by account."""
    newest: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By account: the highest mark whose balance the venue told, and that balance."""
    sends: int = 0

    def apply(self, entry: j.Entry) -> None:
        """Take an entry of the journal."""
        handler = _HANDLERS.get(type(entry))
        if handler is not None:
            handler(self, entry)
        if isinstance(entry, j.Filled | j.Reduced | j.BalanceSeen) and entry.balance:
            mark, _ = self.newest.get(entry.account, (0, 0))
            if not entry.mark or entry.mark >= mark:
                self.newest[entry.account] = max(entry.mark, mark), entry.balance

    def balance_after(self, entry: j.Filled | j.Reduced | j.BalanceSeen) -> int:
        """Give the balance after an entry: a change that is told late takes back none; 0 is none."""
        return self.newest[entry.account][1] if entry.balance else 0

    def unknown_on(self, instrument: str) -> int:
        """Count the orders of an instrument of which nobody knows what became of them."""
        return sum(o.state == "unknown" and o.instrument == instrument for o in self.working.values())

    def dead_streams(self, instrument: str) -> int:
        """Count the streams that do not live for an instrument."""
        return sum(bool(dead & {"", instrument}) for dead in self.dead.values())

    def move_lanes(self, places: Mapping[int, int]) -> None:
        """Follow lanes to their new places; what belongs to none that goes on keeps no lane."""
        for order in self.orders.values():
            order.lane = places.get(order.lane, -1)
        for position in self.positions.values():
            position.lane = places.get(position.lane, -1)
        for held in (self.lane_position, self.last_position, self.awaited):
            moved = {places[at]: name for at, name in held.items() if at in places}
            held.clear()
            held.update(moved)

    def open_orders(self) -> list[OrderState]:
        """Give the orders that may still become something, in the order they were made."""
        return sorted(self.working.values(), key=lambda order: order.decided_ts)

    def entered_since(self, ts: int, lanes: Container[int], resumed: int) -> int:
        """Count the entries of some lanes that left after a time, and after they were let go on."""
        count = 0
        for order in reversed(self.orders.values()):
            if order.decided_ts < ts - ENTRY_WAITS_NS_MAX:
                break
            count += not order.is_exit and order.lane in lanes and order.sent_ts > max(ts, resumed)
        return count

    def position_at(self, account: str, venue_position: str) -> PositionState | None:
        """Give our open position that the venue calls so."""
        return self.positions.get(self.at_venue.get((account, venue_position), ""))

    def is_free(self, lane: int) -> bool:
        """Tell whether a lane has neither a position nor an order that it waits for."""
        return lane != NO_LANE and lane not in self.lane_position and lane not in self.awaited

    # What was taken in.

    def known_mark(self, account: str) -> int:
        """Give the mark of the venue's newest change that was taken in."""
        return max(self.marks.get(account, 0), self.highest.get(account, 0))

    def has_taken(self, account: str, key: Key) -> bool:
        """Tell whether a change was taken in."""
        return key[1] <= self.marks.get(account, 0) or key in self.ahead.get(account, {})

    def took(self, account: str, key: Key) -> None:
        """Remember a change."""
        self.highest[account] = max(self.highest.get(account, 0), key[1])
        if key[1] > self.marks.get(account, 0):
            self.ahead.setdefault(account, {})[key] = None

    def swept(self, account: str, mark: int) -> None:
        """Every change up to a mark was taken in."""
        self.marks[account] = mark = max(mark, self.marks.get(account, 0))
        self.ahead[account] = {key: None for key in self.ahead.get(account, {}) if key[1] > mark}

    def is_exposed(self, instrument: str) -> bool:
        """Tell whether an instrument has a position or an order that may still become one."""
        held = any(position.instrument == instrument for position in self.positions.values())
        return held or any(order.instrument == instrument for order in self.working.values())


def _made(book: Book, order: OrderState) -> None:
    """Begin an order."""
    book.orders[order.id] = book.working[order.id] = order


def _become(book: Book, order: OrderState, state: State) -> None:
    """Bring an order to a state; one that had ended may work again."""
    order.state = state
    if state in OPEN_STATES:
        book.working[order.id] = order
    else:
        book.working.pop(order.id, None)


def _intent(book: Book, e: j.Intent) -> None:
    _made(book, OrderState(e.order, e.lane, e.instrument, e.account, e.units, e.order, False, e.ts))
    book.awaited[e.lane] = e.order


def _exit_intent(book: Book, e: j.ExitIntent) -> None:
    _made(book, OrderState(e.order, e.lane, e.instrument, e.account, e.units, e.position, True, e.ts))
    if e.position in book.positions:
        held = book.positions[e.position]
        held.leavings += 1
        held.leaving, held.leaving_for, held.unsent_for = e.order, e.reason, ""


def _sent(book: Book, e: j.Sent) -> None:
    book.sends = max(book.sends, e.number)
    order = book.orders.get(e.order)
    if order is not None and e.verb in ("enter", "leave"):
        order.sent_ts, order.mark = e.ts, e.mark
        _become(book, order, "sent")


def _accepted(book: Book, e: j.Accepted) -> None:
    order = book.orders.get(e.order)
    if order is None:
        return
    book.took(order.account, ("accepted", e.mark, e.venue_order))
    if order.state in ("intended", "sent", "unknown", "never_received"):
        _become(book, order, "accepted")


def _filled(book: Book, e: j.Filled) -> None:
    """Open a position or add to it: with a lane where it waited for the order or is free, else with none."""
    order = book.orders.get(e.order)
    lane = order.lane if order else e.lane
    is_awaited = book.awaited.get(lane) == e.order
    if order is not None:
        _count(book, order, e.units, e.by)
    if is_awaited:
        del book.awaited[lane]
    book.took(e.account, ("filled", e.mark, e.venue_position))
    if e.added and e.position in book.positions:
        book.positions[e.position].units += e.units
        return
    held = PositionState(
        e.position, lane, e.instrument, e.account, e.venue_position, e.units, e.price, e.stop, e.target, e.ts
    )
    held.is_stray = not is_awaited and not book.is_free(lane)
    _opened(book, held)


def _opened(book: Book, held: PositionState) -> None:
    """Begin a position."""
    book.positions[held.id] = held
    book.at_venue[held.account, held.venue_position] = held.id
    if held.is_stray:
        book.strays[held.id] = None
    else:
        book.lane_position[held.lane] = book.last_position[held.lane] = held.id


def _count(book: Book, order: OrderState, units: int, by: j.By) -> None:
    """Count units of a fill; an order that has ended stays so, but for one that is filled after all.

    The core's own exchange fills a part and cancels the rest at once.
    """
    order.filled += units
    if abs(order.filled) >= abs(order.units):
        _become(book, order, "filled")
    elif order.state in OPEN_STATES or order.state == "never_received":
        _become(book, order, "cancelled" if by == "core" else "partly_filled")


def _reduced(book: Book, e: j.Reduced) -> None:
    book.took(e.account, ("reduced", e.mark, e.venue_position))
    position, order = book.positions.get(e.position), book.orders.get(e.order)
    if order is not None and order.is_exit:
        _count(book, order, -e.units, e.by)
        if order.state == "filled":
            _stopped_leaving(book, e.order)
    if position is None:
        return
    position.units -= e.units
    if position.units == 0:
        del book.positions[e.position]
        if book.lane_position.get(position.lane) == e.position:
            del book.lane_position[position.lane]


def _ended(book: Book, e: j.Ended) -> None:
    book.took(e.account, ("ended", e.mark, e.order))
    _over(book, e.order, e.status)


def _denied(book: Book, e: j.Denied) -> None:
    order = book.orders.get(e.order)
    held = book.positions.get(order.position) if order is not None and order.is_exit else None
    if held is not None and held.leaving == e.order:
        held.unsent_for = held.leaving_for
    _over(book, e.order, "denied")


def _over(book: Book, name: str, state: State) -> None:
    """End an order: nobody waits for it any more."""
    order = book.orders.get(name)
    if order is None:
        return
    _become(book, order, state)
    if book.awaited.get(order.lane) == name:
        del book.awaited[order.lane]
    _stopped_leaving(book, name)


def _stopped_leaving(book: Book, order: str) -> None:
    """An order to leave is not on its way any more: the position may be left by another."""
    known = book.orders.get(order)
    position = book.positions.get(known.position) if known and known.is_exit else None
    if position is not None and position.leaving == order:
        position.leaving = ""


def _unknown(book: Book, e: j.Unknown) -> None:
    """An order that was never seen to leave may have left until now."""
    order = book.orders.get(e.order)
    if order is None:
        return
    if order.sent_ts == 0:
        order.sent_ts, order.mark = e.ts, book.marks.get(order.account, 0)
    _become(book, order, "unknown")
    if e.again:
        _stopped_leaving(book, e.order)


def _stop_set(book: Book, e: j.StopSet) -> None:
    position = book.positions.get(e.position)
    if position is None:
        return
    if e.mark:
        book.took(position.account, ("protection", e.mark, position.venue_position))
    if not e.refused:
        position.stop, position.target = e.stop, e.target


def _money(book: Book, e: j.BalanceSeen) -> None:
    if e.why != "opening":
        book.took(e.account, ("money", e.mark, ""))


def _foreign(book: Book, e: j.ForeignSeen) -> None:
    there = book.foreign_orders if e.is_order else book.foreign
    if e.mark:
        kind = "filled" if e.open_by > 0 else "reduced"
        book.took(e.account, (kind, e.mark, e.venue_id))
    if e.units == 0:
        there.pop(e.venue_id, None)
    else:
        there[e.venue_id] = Foreign(e.venue_id, e.account, e.instrument, e.units, e.price)


def _adopted(book: Book, e: j.Adopted) -> None:
    book.foreign.pop(e.venue_id, None)
    held = PositionState(
        e.position, e.lane, e.instrument, e.account, e.venue_id, e.units, e.price, e.stop, e.target, e.ts
    )
    held.is_stray = not book.is_free(e.lane)
    _opened(book, held)


def _ordered(book: Book, e: j.Ordered) -> None:
    position = book.positions.get(e.position or book.lane_position.get(e.lane, ""))
    if position is not None:
        position.is_ordered = True


def _connection(book: Book, e: j.Connection) -> None:
    dead = book.dead.setdefault(e.stream, set())
    if not e.live:
        dead.add(e.instrument)
    elif e.instrument:
        dead.discard(e.instrument)
    else:
        dead.clear()


def _switched(book: Book, e: j.Switched) -> None:
    if e.scope == "bot" and not e.on:
        book.resumed[e.name] = e.ts
    key, reason = (e.switch, e.scope, e.name), e.reason if e.on else None
    turn(book.switches, book.tripped, key, reason, by_core=e.actor == CORE)


def _tripped(book: Book, e: j.SwitchTripped) -> None:
    if e.switch == "kill":
        key = ("kill", "account", e.account)
        turn(book.switches, book.tripped, key, f"{e.failures} failures", by_core=True)


_HANDLERS: dict[type[j.Entry], Any] = {
    j.Intent: _intent,
    j.ExitIntent: _exit_intent,
    j.Sent: _sent,
    j.Accepted: _accepted,
    j.Unknown: _unknown,
    j.Denied: _denied,
    j.Filled: _filled,
    j.Reduced: _reduced,
    j.Ended: _ended,
    j.StopSet: _stop_set,
    j.Reconciled: lambda book, e: book.swept(e.account, e.mark),
    j.BalanceSeen: _money,
    j.Ordered: _ordered,
    j.ForeignSeen: _foreign,
    j.Adopted: _adopted,
    j.Connection: _connection,
    j.Switched: _switched,
    j.SwitchTripped: _tripped,
    j.Fact: lambda book, e: weigh(book.weights, e),
}
"""What each kind of entry does to the book; the others do nothing."""
