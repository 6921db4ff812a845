"""Reconciliation: our book is held against the venue's, at the start, after every doubt, and again and again.

A sweep asks for every change since the mark up to which all is known, and weighs what is unknown by it. A
look reads positions, stops, orders and the balance of one moment, and holds them against ours of the same
moment. The venue is right.
"""

from __future__ import annotations

from tickwise.engine.answers import ENTRY, NOTED, Intake, second_program
from tickwise.engine.book import Foreign, PositionState
from tickwise.engine.engine import Engine
from tickwise.engine.evidence import Evidence, Patience
from tickwise.journal import entries as j
from tickwise.venues.venue import AccountView, Venue, VenueError, VenuePosition

TRIES = 5
"""How often an account is read until it stands still for as long as that takes."""


class Reconciler:
    """Holds the book of one account against the venue's."""

    def __init__(
        self, engine: Engine, venue: Venue, intake: Intake, account: str, patience: Patience
    ) -> None:
        """Serve an engine for one account."""
        self._engine, self._venue, self._intake, self.account = engine, venue, intake, account
        self._evidence = Evidence(engine, patience, leaves_once=venue.leaves_once)

    async def sweep(self) -> int:
        """Take in every change since the mark; give how many were new. Raises VenueError: nothing is known.

        The list may be older than the moment it was asked for by the venue's own lag, which counts as time
        that has not passed yet.
        """
        book, asked = self._engine.book, self._engine.time.now_ns()
        changes, mark = await self._venue.changes_since(self.account, book.marks.get(self.account, 0))
        new = sum([self._intake.take(change) for change in changes])
        book.swept(self.account, mark)
        self._evidence.weigh(self.account, asked, mark)
        return new

    async def look(self) -> tuple[str, ...]:
        """Read the account whole and take the venue's word for it; give what differed.

        Raises VenueError: then nothing is known, which is not the same as nothing there.
        """
        for _ in range(TRIES):
            view = await self._venue.account(self.account)
            if view.mark > self._engine.book.marks.get(self.account, 0):
                await self.sweep()
            if self._is_of_one_moment(view):
                return self._compare(view)
        raise VenueError(f"account {self.account} changed each time it was read")

    def _is_of_one_moment(self, view: AccountView) -> bool:
        """Tell whether the book knows every change up to the view, and none that came after it."""
        book = self._engine.book
        return view.mark == book.marks.get(self.account, 0) == book.known_mark(self.account)

    def _compare(self, view: AccountView) -> tuple[str, ...]:
        """Hold our book against a view of the same moment."""
        differences = (
            *self._positions(view),
            *self._foreign(view),
            *self._orders(view),
            *self._balance(view),
        )
        self._engine.note(
            j.Reconciled(**ENTRY, account=self.account, mark=view.mark, differences=differences)
        )
        return differences

    # Positions that are ours.

    def _positions(self, view: AccountView) -> list[str]:
        """Hold our positions against those of a view that no change is missing from."""
        there = {each.venue_position: each for each in view.positions}
        found = []
        for position in list(self._engine.book.positions.values()):
            if position.account != self.account:
                continue
            seen = there.get(position.venue_position)
            if seen is None or seen.units != position.units:
                found.append(self._other_size(position, seen))
            elif (seen.stop, seen.target) != (position.stop, position.target):
                self._other_stop(position, seen)
        return found

    def _other_size(self, position: PositionState, seen: VenuePosition | None) -> str:
        """Book what the venue has of a position, though no change told of it.

        No position turns to the other side: ours ends then, and what the venue has instead is foreign.
        """
        units = seen.units if seen else 0
        says = f"{position.id}: {position.units} units here, {units} at the venue, and no change says why"
        self._engine.note(j.Alarm(**ENTRY, level="critical", what="position_differs", says=says))
        more = units - position.units
        if units * position.units <= 0:
            self._smaller(position, position.units)
        elif more * position.units < 0:
            self._smaller(position, -more)
        elif seen is not None:
            self._larger(position, seen, more)
        return says

    def _smaller(self, position: PositionState, units: int) -> None:
        """Take units off a position that the venue has no more; the balance is read besides."""
        market = self._engine.live.session.records.markets[self._engine.names.market(position.instrument)]
        price = int(market["bid"] if position.units > 0 else market["ask"]) or position.price
        self._engine.take(
            j.Reduced(
                **ENTRY,
                by="venue",
                order="",
                position=position.id,
                execution=self._execution("missing"),
                lane=position.lane,
                units=units,
                price=price,
                reason="at_venue",
                gross=0,
                commission=0,
                left=position.units - units,
                instrument=position.instrument,
                account=position.account,
                venue_position=position.venue_position,
            )
        )

    def _larger(self, position: PositionState, seen: VenuePosition, units: int) -> None:
        """Add units that the venue has besides."""
        self._engine.take(
            j.Filled(
                **ENTRY,
                by="venue",
                order="",
                position=position.id,
                execution=self._execution("besides"),
                lane=position.lane,
                units=units,
                price=seen.price,
                stop=0,
                target=0,
                commission=0,
                added=True,
                instrument=position.instrument,
                account=position.account,
                venue_position=position.venue_position,
            )
        )

    def _execution(self, what: str) -> str:
        """Name what no change told of, and nothing else ever: by the event that it will be."""
        return f"{what}-{self._engine.names.session}-{self._engine.event + 1}"

    def _other_stop(self, position: PositionState, seen: VenuePosition) -> None:
        """Take the stop and target that really rest there."""
        self._engine.take(
            j.StopSet(**ENTRY, position=position.id, lane=position.lane, stop=seen.stop, target=seen.target)
        )

    # What is not ours.

    def _foreign(self, view: AccountView) -> list[str]:
        """Count positions that are not ours, and stop counting those that are gone."""
        book, found = self._engine.book, []
        held = {
            each.venue_position: each
            for each in view.positions
            if book.position_at(self.account, each.venue_position) is None
        }
        for seen in held.values():
            known = book.foreign.get(seen.venue_position)
            if known is None or known.units != seen.units:
                found.append(f"{seen.venue_position}: {seen.units} units of {seen.instrument} are not ours")
                self._seen(
                    Foreign(seen.venue_position, self.account, seen.instrument, seen.units, seen.price),
                    open_by=int(known is None),
                )
                self._check_mark(seen.order)
        for known in [each for each in book.foreign.values() if each.account == self.account]:
            if known.venue_id not in held:
                found.append(f"{known.venue_id}: gone, was not ours")
                self._gone(known)
        return found

    def _orders(self, view: AccountView) -> list[str]:
        """Count orders that work there and are not ours."""
        book, found = self._engine.book, []
        working = {each.venue_order: each for each in view.orders if each.order not in book.orders}
        for seen in working.values():
            if seen.venue_order not in book.foreign_orders:
                found.append(f"{seen.venue_order}: an order on {seen.instrument} is not ours")
                order = Foreign(seen.venue_order, self.account, seen.instrument, seen.units, 0)
                self._seen(order, open_by=1, is_order=True)
                self._check_mark(seen.order)
        for known in [each for each in book.foreign_orders.values() if each.account == self.account]:
            if known.venue_id not in working:
                self._gone(known, is_order=True)
        return found

    def _check_mark(self, order: str) -> None:
        """Halt where something bears our mark and is not in this journal."""
        if order in self._engine.book.orders:
            return
        for entry in second_program(order, self.account, self._engine.book, self._engine.names):
            if isinstance(entry, NOTED):
                self._engine.note(entry)
            else:
                self._engine.take(entry)

    def _gone(self, known: Foreign, *, is_order: bool = False) -> None:
        gone = Foreign(known.venue_id, known.account, known.instrument, 0, known.price)
        self._seen(gone, open_by=-1, is_order=is_order)

    def _seen(self, what: Foreign, *, open_by: int, is_order: bool = False) -> None:
        self._engine.take(
            j.ForeignSeen(
                **ENTRY,
                venue_id=what.venue_id,
                account=what.account,
                instrument=what.instrument,
                units=what.units,
                price=what.price,
                open_by=open_by,
                is_order=is_order,
            )
        )

    # Money.

    def _balance(self, view: AccountView) -> list[str]:
        """Take the venue's balance where ours is another one."""
        records = self._engine.live.session.records
        ours = int(records.accounts[self._engine.names.account(self.account)]["balance"])
        if ours == view.balance:
            return []
        self._engine.take(
            j.BalanceSeen(
                **ENTRY,
                account=self.account,
                balance=view.balance,
                flow=view.balance - ours,
                why="correction",
                mark=view.mark,
            )
        )
        return [f"balance {ours / 1e6:.2f} here, {view.balance / 1e6:.2f} at the venue"]
