"""Each order as it was decided, sent, answered and filled: what execution is judged by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection

from tickwise.core.instrument import instrument_named
from tickwise.errors import DataError
from tickwise.journal import entries as j
from tickwise.journal import readings
from tickwise.journal.folds.fills import FillRow
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.scope import Scope, entries_within, rows_within
from tickwise.research.quality.quotes import Quote, Quotes, Recordings

ENTRY = "entry"
"""Stands for the reason of an order that enters; others have the reason for which they leave."""

RESTING = ("stop", "target")
"""Reasons of an exit that the venue made by itself, at a price that rested there."""

NANOS_OF_MS = 1_000_000


class Counted(NamedTuple):
    """What prices and units of an instrument count."""

    pip_ticks: Fraction
    unit_step: Decimal


class Executed(NamedTuple):
    """One order, or one stop or target that the venue filled by itself. Prices in ticks, times as the engine
    saw them; what is not known is 0.
    """

    session: str
    order: str
    bot: str
    instrument: str
    reason: str
    """`entry`, or why the position was left."""
    status: str
    side: int
    """+1 where it buys, -1 where it sells."""
    units: Decimal
    decided_ts: int
    sent_ts: int
    answered_ts: int
    filled_ts: int
    bid: int
    ask: int
    wanted: int
    """The touch it was decided at; of a stop or target the price that rested."""
    met: int
    """The touch of the last quote that was seen when its last fill was."""
    price: Fraction
    """The mean price of its fills."""
    share: Fraction
    """The part of it that was filled."""
    commission: int
    was_unknown: bool
    says: str
    pip_ticks: Fraction

    @property
    def is_entry(self) -> bool:
        """Whether it enters."""
        return self.reason == ENTRY

    @property
    def is_resting(self) -> bool:
        """Whether nothing was sent: the venue filled what rested there."""
        return self.status == "rested"

    @property
    def touch_pips(self) -> float | None:
        """Slippage from the decision's touch in pips, above zero is worse; None without a fill or a touch."""
        return self._worse_than(Fraction(self.wanted)) if self.wanted else None

    @property
    def mid_pips(self) -> float | None:
        """Slippage from the mid of the decision in pips; half the spread is in it."""
        if not self.bid or self.is_resting:
            return None
        return self._worse_than(Fraction(self.bid + self.ask, 2))

    @property
    def met_pips(self) -> float | None:
        """Slippage in pips from the touch when the fill was seen: what the wait did not cause."""
        return self._worse_than(Fraction(self.met)) if self.met else None

    def _worse_than(self, price: Fraction) -> float | None:
        return float(self.side * (self.price - price) / self.pip_ticks) if self.share else None

    @property
    def spread_pips(self) -> float | None:
        """The spread of the decision's quote in pips; None where the quote is not known."""
        return float((self.ask - self.bid) / self.pip_ticks) if self.bid else None

    @property
    def to_sent_ms(self) -> float | None:
        """Milliseconds from the decision until the bytes left."""
        return (self.sent_ts - self.decided_ts) / NANOS_OF_MS if self.sent_ts else None

    @property
    def to_answer_ms(self) -> float | None:
        """Milliseconds from the sending to the first answer; None where that answer was lost."""
        if not self.sent_ts or not self.answered_ts or self.was_unknown:
            return None
        return (self.answered_ts - self.sent_ts) / NANOS_OF_MS

    @property
    def to_fill_ms(self) -> float | None:
        """Milliseconds from the decision to the fill; None where its answer was lost, or nothing was sent."""
        if not self.filled_ts or self.was_unknown or self.is_resting:
            return None
        return (self.filled_ts - self.decided_ts) / NANOS_OF_MS


def executed_in(
    connection: Connection, scope: Scope, recordings: Recordings, since_ts: int = 0
) -> list[Executed]:
    """Give the orders of a scope decided from a time on, oldest first; with the sessions' recordings.

    Raises DataError for an instrument whose pip nobody knows.
    """
    counted = {name: _counted(connection, name) for name in scope.sessions}
    told = _told(connection, scope)
    rows = rows_within(connection, OrderRow, scope, since_ts=since_ts, time="decided_ts")
    orders = [_of_order(row, told, counted[row.session], recordings.get(row.session)) for row in rows]
    fills = rows_within(connection, FillRow, scope, since_ts=since_ts, is_exit=True, decided_price=0)
    rested = [
        _of_resting(row, told, counted[row.session], recordings.get(row.session))
        for row in fills
        if row.reason in RESTING
    ]
    return sorted([*orders, *rested], key=lambda each: (each.decided_ts, each.order))


def _counted(connection: Connection, session: str) -> dict[str, Counted]:
    """Read what prices and units of a session's instruments count."""
    said: dict[str, str] = {}
    for config in readings.configs(connection, session):
        terms = tomllib.loads(config.text).get("instrument", {})
        said |= {symbol: each["pip"] for symbol, each in terms.items() if each.get("pip")}
    return {
        row.instrument: Counted(
            Fraction(_pip(row.instrument, said)) / Fraction(row.tick), Decimal(row.unit_step)
        )
        for row in readings.instruments(connection, session)
    }


def _pip(symbol: str, said: Mapping[str, str]) -> str:
    """Give an instrument's pip as a price: what a config says, else the catalogue."""
    known = instrument_named(symbol)
    if symbol not in said and known is None:
        raise DataError(f"{symbol}: neither the session's configs nor the catalogue say what a pip of it is")
    return said[symbol] if symbol in said or known is None else str(known.pip)


class Told(NamedTuple):
    """What the entries say and the tables keep no longer once an order or a position has ended."""

    reasons: Mapping[str, str]
    """Why each order to leave was decided."""
    resting: Mapping[tuple[int, str], int]
    """The stop and the target that rested before each fill that left a position, by the fill's entry."""


def _told(connection: Connection, scope: Scope) -> Told:
    """Read it out of a scope's entries."""
    prices: dict[str, tuple[int, int]] = {}
    reasons: dict[str, str] = {}
    resting: dict[tuple[int, str], int] = {}
    kinds = ("exit_intent", "filled", "adopted", "stop_set", "reduced")
    for seq, entry in entries_within(connection, scope, kinds=kinds):
        if isinstance(entry, j.ExitIntent):
            reasons[entry.order] = entry.reason
        elif isinstance(entry, j.Reduced):
            was = prices.get(entry.position, (0, 0))
            resting |= {(seq, reason): price for reason, price in zip(RESTING, was, strict=True)}
        elif isinstance(entry, j.Filled):
            stop, target = prices.get(entry.position, (0, 0))
            prices[entry.position] = (entry.stop or stop, entry.target or target)
        elif isinstance(entry, j.Adopted) or (isinstance(entry, j.StopSet) and not entry.refused):
            prices[entry.position] = (entry.stop, entry.target)
    return Told(reasons, resting)


def _of_order(row: OrderRow, told: Told, counted: Mapping[str, Counted], quotes: Quotes | None) -> Executed:
    """Judge an order of ours; where it leaves, the recording says the quote it was decided on."""
    terms, side = counted[row.instrument], 1 if row.units > 0 else -1
    quote = _decided_on(row, side, quotes) if row.is_exit else Quote(row.decided_ts, row.bid, row.ask)
    return Executed(
        session=row.session,
        order=row.order,
        bot=row.bot,
        instrument=row.instrument,
        reason=told.reasons.get(row.order, ENTRY),
        status=row.status,
        side=side,
        units=abs(row.units) * terms.unit_step,
        decided_ts=row.decided_ts,
        sent_ts=row.sent_ts,
        answered_ts=_answered_ts(row),
        filled_ts=row.filled_ts,
        bid=quote.bid,
        ask=quote.ask,
        wanted=row.price if row.is_exit else quote.touch(side),
        met=_met(quotes, row.instrument, row.filled_ts, side),
        price=Fraction(row.fill_value, row.filled) if row.filled else Fraction(0),
        share=abs(Fraction(row.filled, row.units)),
        commission=row.commission,
        was_unknown=row.unknown_ts > 0,
        says=row.reason if row.status in ("rejected", "cancelled", "expired", "denied") else "",
        pip_ticks=terms.pip_ticks,
    )


def _decided_on(row: OrderRow, side: int, quotes: Quotes | None) -> Quote:
    """Give the quote an exit was decided on: the recording's, where it is the one whose touch was decided."""
    found = quotes.at(row.instrument, row.decided_ts) if quotes is not None else None
    if found is None or found.touch(side) != row.price:
        return Quote(row.decided_ts, 0, 0)
    return found


def _met(quotes: Quotes | None, instrument: str, ts: int, side: int) -> int:
    """Give the touch of the last quote at a time; 0 where none is known."""
    found = quotes.at(instrument, ts) if quotes is not None and ts else None
    return found.touch(side) if found is not None else 0


def _answered_ts(row: OrderRow) -> int:
    """Give when the venue first said anything of an order; 0 where it has not."""
    ended = row.ended_ts if row.status in ("rejected", "cancelled", "expired") else 0
    return min((ts for ts in (row.accepted_ts, row.filled_ts, ended) if ts), default=0)


def _of_resting(row: FillRow, told: Told, counted: Mapping[str, Counted], quotes: Quotes | None) -> Executed:
    """Judge a stop or target that the venue filled by itself against the price that rested there."""
    terms, side = counted[row.instrument], 1 if row.units > 0 else -1
    quote = quotes.at(row.instrument, row.ts) if quotes is not None else None
    return Executed(
        session=row.session,
        order=row.execution,
        bot=row.bot,
        instrument=row.instrument,
        reason=row.reason,
        status="rested",
        side=side,
        units=abs(row.units) * terms.unit_step,
        decided_ts=row.ts,
        sent_ts=0,
        answered_ts=0,
        filled_ts=row.ts,
        bid=quote.bid if quote is not None else 0,
        ask=quote.ask if quote is not None else 0,
        wanted=told.resting.get((row.seq, row.reason), 0),
        met=_met(quotes, row.instrument, row.ts, side),
        price=Fraction(row.price),
        share=Fraction(1),
        commission=row.commission,
        was_unknown=False,
        says="",
        pip_ticks=terms.pip_ticks,
    )
