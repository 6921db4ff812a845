"""Paper behind the same interface: the core's exchange answers, on the prices of the local OANDA's stream."""

from __future__ import annotations

import random
from typing import Any

from engine.order_world import ACCOUNT, OrderWorld, assert_replays
from tickwise.engine.paper_session import PaperManner, PaperSession
from tickwise.journal.folds.order_states import ENDED
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import PositionRow
from tickwise.venues.oanda.client import Reader, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.prices import OandaPrices


class PaperWorld(OrderWorld):
    """A market, and an engine on it that sends nothing anywhere."""

    environment: Any = "paper"
    answering: Any = "exchange"

    async def _reach(self) -> None:
        rest, stream = (f"http://127.0.0.1:{port}" for port in self.ports)
        hosts = hosts_of("practice", rest, stream)
        reader = Reader(hosts, Token("local-token"), random.Random(1).random, timeouts=self.timeouts)
        self.venue: Any = OandaPrices(reader, ACCOUNT)
        await self.venue.open(self.symbols)

    async def _carry(self) -> None:
        """Begin with the config's own balance."""

    def _session(self) -> PaperSession:
        manner = PaperManner(limits=self.manner.limits)
        return PaperSession(self.engine, self.venue, manner, random.Random(2), told=self._was_told)

    async def rest(self) -> None:
        """End every fault, and wait until the exchange has answered everything."""
        self.faults.clear()
        self.is_quoting = True
        await self.passes(1.0)
        await self.until(lambda: not self.book.open_orders())
        await self.passes(3.0)

    def check(self) -> None:
        """Hold core, book and tables against each other: nothing has left, and the session replays."""
        assert self.server.failures == []
        assert [each.method for each in self.server.exchanges if each.method != "GET"] == []
        assert (self.trades(), self.account.state.last_id) == ({}, 3)
        held = {each.id: each.units for each in self.book.positions.values()}
        assert {row.position: row.units for row in self.journal.all(PositionRow) if row.is_open} == held
        for at in range(len(self.lanes)):
            units = int(self.lanes[at]["position"]["units"]) if self.lanes[at]["side"] else 0
            assert units == sum(each.units for each in self.book.positions.values() if each.lane == at)
        rows = {each.order: each.status for each in self.journal.all(OrderRow)}
        assert {order: status for order, status in rows.items() if status not in ENDED} == {}
        assert_replays(self)
