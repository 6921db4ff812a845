"""Whatever is asked of the broker and whatever the market does, its books agree with each other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import oanda_laws
from asked_world import Answered, World
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from brokers.oanda.manners import Manners
from brokers.oanda.truth.orders import Forced

NAMES = ("EUR_USD", "USD_JPY", "SPX500_USD")
POINTS = {"EUR_USD": (110_000, 5), "USD_JPY": (150_000, 3), "SPX500_USD": (5_000, 1)}
AWAY = st.integers(-400, 400)
UNITS = st.integers(-9_000, 9_000).filter(bool)


class AnyDay(RuleBasedStateMachine):
    """A client, a market and a user that do anything."""

    @initialize(hedging=st.booleans(), fifo=st.booleans(), balance=st.sampled_from(("2000", "100000")))
    def begin(self, hedging: bool, fifo: bool, balance: str) -> None:
        self.world = World(
            Manners(compresses=False), hedging=hedging, fifo=fifo and not hedging, balance=balance
        )
        self.points = {name: points for name, (points, _) in POINTS.items()}
        for name in NAMES:
            self.prices(name, [0], 10, 0, 1_000_000)

    def text(self, name: str, points: int) -> str:
        return str(Decimal(points).scaleb(-POINTS[name][1]))

    def answered(self, answer: Answered, *allowed: int) -> None:
        assert answer.status in allowed, answer
        assert answer["lastTransactionID"] == str(self.world.account.state.last_id)

    @rule(
        name=st.sampled_from(NAMES),
        moves=st.lists(AWAY, min_size=1, max_size=6),
        spread=st.integers(0, 60),
        after_s=st.floats(0, 30_000),
        depth=st.sampled_from((0, 5_000, 1_000_000, 1_000_000)),
    )
    def prices(self, name: str, moves: list[int], spread: int, after_s: float, depth: int) -> None:
        for move in moves:
            self.points[name] = max(1000, self.points[name] + move)
            bid, ask = (self.text(name, self.points[name] + part) for part in (0, spread))
            self.world.price(bid, ask, name, after_s=after_s, bid_units=depth, ask_units=depth)

    @rule(name=st.sampled_from(NAMES))
    def halt(self, name: str) -> None:
        bid = self.text(name, self.points[name])
        self.world.price(bid, bid, name, tradeable=False)

    @rule(
        name=st.sampled_from(NAMES),
        kind=st.sampled_from(("MARKET", "MARKET", "MARKET", "LIMIT", "STOP", "MARKET_IF_TOUCHED")),
        units=UNITS,
        away=AWAY,
        stop=st.none() | st.integers(1, 300),
        goal=st.none() | AWAY,
        trailing=st.none() | st.integers(60, 500),
        tif=st.sampled_from((None, "GFD", "IOC")),
        action=st.sampled_from(("DEFAULT", "OPEN_ONLY", "REDUCE_FIRST", "REDUCE_ONLY")),
        fraction=st.none() | st.sampled_from(("0.3", "0.9")),
        client=st.none() | st.sampled_from("abc"),
        trigger=st.sampled_from(("DEFAULT", "INVERSE", "BID", "ASK", "MID")),
    )
    def order(self, **drawn: Any) -> None:
        name, away = drawn["name"], drawn["away"]
        told: dict[str, Any] = {
            "type": drawn["kind"],
            "instrument": name,
            "units": str(drawn["units"]),
            "positionFill": drawn["action"],
        }
        if drawn["kind"] != "MARKET":
            told |= {"price": self.text(name, self.points[name] + away), "triggerCondition": drawn["trigger"]}
        if drawn["tif"] == "IOC" or (drawn["tif"] and drawn["kind"] != "MARKET"):
            told["timeInForce"] = drawn["tif"]
        if drawn["stop"]:
            told["stopLossOnFill"] = {"distance": self.text(name, drawn["stop"])}
        if drawn["goal"] is not None:
            told["takeProfitOnFill"] = {"price": self.text(name, self.points[name] + drawn["goal"])}
        if drawn["trailing"]:
            told["trailingStopLossOnFill"] = {"distance": self.text(name, drawn["trailing"])}
        if drawn["client"]:
            told |= {key: {"id": drawn["client"]} for key in ("clientExtensions", "tradeClientExtensions")}
        forced = Forced(fill_fraction=Decimal(drawn["fraction"])) if drawn["fraction"] else Forced()
        before = self.world.account.state.last_id
        answer = self.world.ask("POST", "/orders", {"order": told}, forced=forced)
        self.answered(answer, 201, 400)
        written = [str(each) for each in range(before + 1, self.world.account.state.last_id + 1)]
        assert answer["relatedTransactionIDs"] == written

    @rule(data=st.data(), away=AWAY)
    def cancel_or_replace(self, data: st.DataObject, away: int) -> None:
        pending = self.world.account.state.pending
        if not pending:
            return
        number = data.draw(st.sampled_from([*pending, *pending, 999_999]))
        if number not in pending or data.draw(st.booleans()):
            self.answered(self.world.ask("PUT", f"/orders/{number}/cancel"), 200, 404)
            return
        order = pending[number]
        price = self.text(order.instrument, self.points[order.instrument] + away)
        told: dict[str, Any] = {"type": order.type, "tradeID": str(order.trade_id)}
        if not order.is_exit:
            told = {"type": order.type, "instrument": order.instrument, "units": "7"}
        told |= {"distance": "0.09"} if order.type == "TRAILING_STOP_LOSS" else {"price": price}
        self.answered(self.world.ask("PUT", f"/orders/{number}", {"order": told}), 201, 400)

    @rule(data=st.data(), part=st.none() | st.integers(1, 50_000))
    def close(self, data: st.DataObject, part: int | None) -> None:
        trades = self.world.account.state.open
        if not trades:
            return
        number = data.draw(st.sampled_from([*trades, *trades, 999_999]))
        body = {"units": "ALL" if part is None else str(part)}
        self.answered(self.world.ask("PUT", f"/trades/{number}/close", body), 200, 400, 404)

    @rule(data=st.data(), keys=st.sets(st.sampled_from(("takeProfit", "stopLoss", "trailingStopLoss"))))
    def exits(self, data: st.DataObject, keys: set[str]) -> None:
        trades = self.world.account.state.open
        if not trades:
            return
        trade = trades[data.draw(st.sampled_from([*trades]))]
        body: dict[str, Any] = {}
        for key in sorted(keys):
            level = self.text(trade.instrument, self.points[trade.instrument] + data.draw(AWAY))
            term = {"distance": "0.09"} if key == "trailingStopLoss" else {"price": level}
            body[key] = data.draw(st.sampled_from((None, term)))
        self.answered(self.world.ask("PUT", f"/trades/{trade.id}/orders", body), 200, 400)

    @rule(name=st.sampled_from(NAMES), side=st.sampled_from(("longUnits", "shortUnits")))
    def close_position(self, name: str, side: str) -> None:
        self.answered(self.world.ask("PUT", f"/positions/{name}/close", {side: "ALL"}), 200, 400, 404)

    @rule(amount=st.integers(-1000, 1000))
    def money(self, amount: int) -> None:
        self.world.broker.transfer(self.world.account, Decimal(amount), self.world.broker.now)

    @invariant()
    def the_books_agree(self) -> None:
        if hasattr(self, "world"):
            oanda_laws.check(self.world.broker, self.world.account)

    @invariant()
    def everything_can_be_read(self) -> None:
        if not hasattr(self, "world"):
            return
        whole = self.world.ask("GET", "")["account"]
        for field in ("trades", "orders", "positions"):
            assert isinstance(whole[field], list)
        assert Decimal(whole["NAV"]) == Decimal(whole["balance"]) + Decimal(whole["unrealizedPL"])
        changes = self.world.ask("GET", "/changes?sinceTransactionID=1")
        assert (
            changes["changes"]["transactions"]
            == self.world.ask("GET", "/transactions/sinceid?id=1")["transactions"]
        )


AnyDay.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestAnyDay = AnyDay.TestCase
