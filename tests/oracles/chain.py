"""The plain chain: the step written slowly, as the oracle of the compiled one.

Every gate is asked on every quote, every exit on every quote of an open position, every sum is added up anew
where it is wanted. Nothing stands, nothing is remembered until a time, there is no corridor. What is shared
with the core are its words and numbers (types, outcomes, reasons), and the draws of `core.mix`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

import numpy as np

from oracles.chain_gates import BEFORE_A_SIGNAL, OF_AN_ORDER, Asked, refusals
from oracles.chain_market import Bar, Market
from oracles.worlds import (
    COIN,
    FAST_SCALP,
    AccountPlan,
    Command,
    LanePlan,
    Row,
    World,
    levels_of,
    scopes_of,
)
from tickwise.core import decision as acts
from tickwise.core import types as t
from tickwise.core.compiled import called
from tickwise.core.mix import draw, mixed

drawn = called(draw)
tossed = called(mixed)

FOR_LATENCY, FOR_SLIPPAGE, FOR_REJECT, FOR_PARTIAL, FOR_SHARE = 1, 2, 3, 4, 5
YEAR_DAYS = 365

Quote = tuple[int, int, int, int, int]
"""Time seen, instrument, bid, ask, time at the source."""

Ohlc = tuple[int, int, int, int]
BarRow = tuple[int, Ohlc, Ohlc]
"""The time a bar opens, and open, high, low and close of bid and ask."""

NO_WISH = (0, 0.0, 0.0, 0.0)


def money(amount: float, each: float) -> int:
    """Whole millionths, rounded once, halves up."""
    return floor(amount * each + 0.5)


def whole(distance: float) -> int:
    """Whole ticks, halves away from the entry."""
    return floor(distance + 0.5)


@dataclass
class Account:
    """One account."""

    plan: AccountPlan
    balance: int = 0
    day_start: int = 0
    floor: int | None = None
    day_lost: bool = False
    peak: int = 0
    drawdown: int = 0
    financing: int = 0
    commission: int = 0
    halted: int = 0
    killed: int = 0
    failures: list[int] = field(default_factory=list)

    def begin(self) -> None:
        """Begin with the plan's balance."""
        self.balance = self.day_start = self.peak = self.plan.balance
        self.halted, self.killed = self.plan.halted, self.plan.killed
        if self.plan.day_loss_fraction > 0:
            self.floor = self.balance - round(self.plan.day_loss_fraction * self.balance)


@dataclass
class Order:
    """An entry that was decided."""

    id: int
    units: int
    decided_ts: int
    due: int
    mid2: int
    stop: float
    target: float
    spread: int
    score: float
    state: int
    bound: int
    risk: int
    value: int
    margin: int
    latency: int


@dataclass
class Closing:
    """An order to leave that is on its way."""

    reason: int
    units: int
    due: int


@dataclass
class Position:
    """Signed units at a whole cost."""

    order: Order
    units: int
    opened: int
    cost: int
    entry: int
    entry_ts: int
    stop: int
    first_stop: int
    target: int
    best: int
    worst: int
    risk: int
    value: int
    margin: int
    commission: int
    gross: int = 0
    financing: int = 0
    mark: int = 0
    moved: int = 0
    reduced: bool = False
    ambiguous: int = 0
    exit_value: int = 0
    exit_units: int = 0
    closing: Closing | None = None

    @property
    def side(self) -> int:
        """Bought or sold."""
        return 1 if self.opened > 0 else -1

    def earned_at(self, price: int) -> int:
        """Open profit in ticks times units."""
        return self.units * price - self.cost

    def gain(self, price: int) -> int:
        """Ticks from the entry."""
        return self.side * (price - self.entry)


@dataclass
class LaneState:
    """One bot on one instrument in one account."""

    plan: LanePlan
    place: int
    market: Market
    account: Account
    row: Row
    counts: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    order: Order | None = None
    position: Position | None = None
    last_signal: int | None = None
    entries: list[tuple[int, int]] = field(default_factory=list)
    repeats: int = 0
    cool_until: int = 0
    back_off_until: int = 0
    failures: int = 0
    interval: int = 0
    rejects: int = 0
    tick_money: float = 0.0
    flat_at: int | None = None


@dataclass
class Score:
    """Realised money of one scope: its sum, its peak, the part of this day, and wins of ended trades."""

    money: int = 0
    peak: int = 0
    day: int = 0
    ended: int = 0
    wins: int = 0


class Chain:
    """A world and everything that has happened in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.paused = world.paused
        self.markets = [Market(plan, place) for place, plan in enumerate(world.markets)]
        self.accounts = [Account(plan) for plan in world.accounts]
        for account in self.accounts:
            account.begin()
        self.lanes = [
            LaneState(plan, k, self.markets[plan.instrument], self.accounts[plan.account], plan.settings)
            for k, plan in enumerate(world.lanes)
        ]
        self.levels = [levels_of(plan) for plan in world.lanes]
        listed, self.scopes = scopes_of(world)
        self.results = [Score() for _ in listed]
        self.day = 0
        self.rolls = list(world.rolls)
        self.orders = 0
        self.trades: list[dict[str, Any]] = []
        self.decisions: list[dict[str, int]] = []
        self.last_ts = 0

    # What is open, and how much is at stake, in a scope of a lane.

    def scope(self, name: str, lane: LaneState) -> int:
        """Place of a lane's own scope of this name."""
        return self.scopes[lane.place][name]

    def _within(self, name: str, lane: LaneState) -> list[Order | Position]:
        mine = self.scope(name, lane)
        inside = [other for other in self.lanes if self.scopes[other.place][name] == mine]
        return [each for other in inside if (each := other.position or other.order) is not None]

    def open_in(self, name: str, lane: LaneState) -> int:
        """Positions, and orders on their way."""
        return len(self._within(name, lane))

    def risk_in(self, name: str, lane: LaneState) -> int:
        """What their stops could lose."""
        return sum(each.risk for each in self._within(name, lane))

    def value_in(self, name: str, lane: LaneState) -> int:
        """Their signed value."""
        return sum(each.value for each in self._within(name, lane))

    def margin_used(self, account: Account) -> int:
        """Margin of every position, and of orders on their way."""
        mine = [lane.position or lane.order for lane in self.lanes if lane.account is account]
        return sum(each.margin for each in mine if each is not None)

    def open_pnl(self, account: Account) -> int:
        """Open profit as last marked."""
        mine = [lane.position for lane in self.lanes if lane.account is account]
        return sum(position.mark for position in mine if position is not None)

    def equity(self, account: Account) -> int:
        """Balance and open profit."""
        return account.balance + self.open_pnl(account)

    # The journey of a quote.

    def run(self, quotes: list[Quote]) -> Chain:
        """Take every quote in order, with the world's commands before those they name."""
        for place, (ts, instrument, bid, ask, ts_event) in enumerate(quotes):
            for command in self.world.commands:
                if command.place == place:
                    self.obey(command)
            self.let_time_pass(ts)
            self.last_ts = ts
            market = self.markets[instrument]
            why = market.why_refused(ts_event, bid, ask)
            if why:
                market.refused[why] += 1
                continue
            market.see(ts, ts_event, bid, ask)
            for lane in self.lanes:
                if lane.market is market:
                    self.take(lane, ts)
        return self

    def run_bars(self, bars: list[BarRow], span: int) -> Chain:
        """Take closed bars in order. The world has no timers; what waits is done at the next open."""
        for ts, bid, ask in bars:
            market = self.markets[0]
            why = market.why_bar_refused(ts, bid, ask)
            if why:
                market.refused[why] += 1
                continue
            self.timer(ts)
            market.quote_at(ts, bid[0], ask[0])
            for lane in self.lanes:
                self.through(lane, bid, ask, ts, ts + span)
            market.quote_at(ts + span, bid[3], ask[3])
            market.take_bar(ts, ts + span, bid, ask)
            for lane in self.lanes:
                if market.fresh[lane.plan.frame]:
                    self.evaluate_or_count(lane, ts + span)
            market.fresh = [False] * 4
        return self

    def through(self, lane: LaneState, bid: Ohlc, ask: Ohlc, opened: int, closed: int) -> None:
        """One lane through one bar: what waited happens at the open; then the stop, then the target, then the
        close.
        """
        if lane.order is not None:
            self.fill(lane, opened)
        elif lane.position is not None and lane.position.closing is not None:
            lane.position.closing.due = opened
            self.try_closing(lane, opened)
        position = lane.position
        if position is None:
            return
        side = position.side
        prices = bid if side > 0 else ask
        best, worst = (prices[1], prices[2]) if side > 0 else (prices[2], prices[1])
        position.best = side * max(side * position.best, side * best)
        position.worst = side * min(side * position.worst, side * worst)
        reached = position.target > 0 and side * (best - position.target) >= 0
        if side * (worst - position.stop) <= 0:
            price = side * min(side * prices[0], side * position.stop)
            position.ambiguous = int(reached)
            self.close(lane, position.units, price - side * self.exit_slip(lane, t.STOP), t.STOP, closed)
        elif reached:
            price = side * max(side * prices[0], side * position.target)
            self.close(lane, position.units, price, t.TARGET, closed)
        else:
            self.mark(lane, worst)
            lane.market.quote_at(closed, bid[3], ask[3])
            self.follow(lane, closed)
            lane.market.quote_at(opened, bid[0], ask[0])

    def obey(self, command: Command) -> None:
        """Set what a command sets."""
        if command.of == "house":
            self.paused = command.value
        elif command.of == "account":
            setattr(self.accounts[command.which], command.name, command.value)
        elif command.of == "market":
            setattr(self.markets[command.which].plan, command.name, command.value)
        else:
            setattr(self.lanes[command.which], command.name, command.value)

    def let_time_pass(self, ts: int) -> None:
        """Every timer since the last quote, each at its own moment; with the grid off, all of them now."""
        grid = self.world.grid
        if grid == 0:
            self.timer(ts)
            return
        moment = (self.last_ts // grid + 1) * grid if self.last_ts else ts - ts % grid
        while moment <= ts:
            self.timer(moment)
            moment += grid

    def timer(self, now: int) -> None:
        """Bars close, the day turns, exits come due, strategies of bars are asked."""
        for market in self.markets:
            market.close_bars(now)
        while self.rolls and self.rolls[0] <= now:
            self.turn_day()
        for lane in self.lanes:
            if self.world.grid and lane.position and lane.position.closing is None:
                self.time_exit(lane, now)
            if lane.plan.frame >= 0 and lane.market.fresh[lane.plan.frame]:
                self.evaluate_or_count(lane, now)
        for market in self.markets:
            market.fresh = [False] * 4

    def turn_day(self) -> None:
        """Financing of open positions; then each account's day begins with what it is worth."""
        self.rolls.pop(0)
        self.day += 1
        for lane in self.lanes:
            if lane.position is not None:
                rate = lane.row["financing_long" if lane.position.side > 0 else "financing_short"]
                paid = money(abs(lane.position.value) * rate * (1 / YEAR_DAYS), 1.0)
                lane.position.financing += paid
                lane.account.financing += paid
                lane.account.balance += paid
        for account in self.accounts:
            account.day_start = self.equity(account)
            if account.day_lost and account.plan.resume_by_command == 0:
                account.day_lost = False
            if not account.day_lost and account.plan.day_loss_fraction > 0:
                lost = money(account.plan.day_loss_fraction * account.day_start, 1.0)
                account.floor = account.day_start - lost
        for result in self.results:
            result.day = 0

    def take(self, lane: LaneState, ts: int) -> None:
        """One lane at one quote of its instrument."""
        order, held = lane.order, lane.position is not None
        if lane.plan.frame < 0:
            self.evaluate_or_count(lane, ts)
        if order is not None:
            if ts >= order.due:
                self.fill(lane, ts)
        elif held:
            self.follow(lane, ts)

    # What the strategies want.

    def wish_of(self, lane: LaneState, ts: int) -> tuple[bool, tuple[int, float, float, float]]:
        """Tell whether the cheap test passes, and give side, score, stop and target of the signal."""
        market = lane.market
        levels = self.levels[lane.place][market.state]
        if lane.plan.strategy == COIN:
            wish = _coin(levels, len(market.mids))
            return wish[0] != 0, wish
        if lane.plan.strategy == FAST_SCALP:
            return _fast_scalp(levels, market)
        wish = _bar_coin(levels, market.closed[lane.plan.frame][-1])
        return wish[0] != 0, wish

    def evaluate_or_count(self, lane: LaneState, ts: int) -> None:
        """Every evaluation ends in exactly one outcome."""
        if lane.order is not None:
            lane.counts["pending"] += 1
        elif lane.position is not None:
            lane.counts["in_position"] += 1
        else:
            lane.counts[self.evaluate(lane, ts)] += 1

    def evaluate(self, lane: LaneState, ts: int) -> str:
        """Ask every gate in order, then the strategy, then sizing, then the gates of an order."""
        lane.row = lane.plan.row_in(lane.market.state)
        lane.flat_at = next((moment for moment in lane.plan.flats if moment > ts), None)
        wants, wish = self.wish_of(lane, ts)
        for name in refusals(BEFORE_A_SIGNAL, Asked(self, lane, ts)):
            lane.missed[name] += wants
            return name
        if wish[0] == 0:
            return "no_signal"
        made = self.order_of(lane, wish, ts)
        if isinstance(made, str):
            return made
        fees = 2.0 * self.fee(lane, abs(made.units), self.touch(lane, wish[0]))
        cost = made.spread + 2.0 * lane.row["slippage_mean"] + fees / (abs(made.units) * lane.tick_money)
        asked = Asked(
            self, lane, ts, abs(made.units), made.risk, made.value, made.margin, made.score, made.target, cost
        )
        for name in refusals(OF_AN_ORDER, asked):
            return name
        self.enter(lane, made, ts)
        return "intent"

    def touch(self, lane: LaneState, side: int) -> int:
        """The price at which an entry of this side fills."""
        return lane.market.ask if side > 0 else lane.market.bid

    def order_of(self, lane: LaneState, wish: tuple[int, float, float, float], ts: int) -> Order | str:
        """Make the order, or name why it is denied."""
        side, score, stop, target = wish
        row, market, price = lane.row, lane.market, self.touch(lane, side)
        spread = market.ask - market.bid
        if row["target_ticks"] > 0:
            added = max(spread, row["target_spread_min"]) if row["target_spread_added"] else 0
            target = float(row["target_ticks"] + added)
        elif row["target_fraction"] > 0:
            target = row["target_fraction"] * price
        if row["stop_ticks"] > 0:
            stop = float(row["stop_ticks"])
        elif row["stop_fraction"] > 0:
            stop = row["stop_fraction"] * price
        if not (stop > 0 and target >= 0):
            return "denied_stop"
        lane.tick_money = self.tick_money(lane)
        units = self.units(lane, price, stop)
        if units == 0:
            return "denied_size"
        slips = 2.0 * row["slippage_mean"]
        risk = money(units * (stop + slips), lane.tick_money) + 2 * self.fee(lane, units, price)
        value = money(side * units * price, lane.tick_money)
        bound = price + side * row["bound_ticks"] if row["bound_ticks"] > 0 else 0
        margin = money(abs(value), row["margin_rate"])
        return Order(
            0, side * units, ts, 0, market.bid + market.ask, stop, target, spread, score, market.state,
            bound, risk, value, margin, 0,
        )  # fmt: skip

    def tick_money(self, lane: LaneState) -> float:
        """Millionths of the account's currency for one tick of one unit, at the last mid of the rate."""
        each = lane.market.plan.tick_money
        if lane.plan.rate_market < 0:
            return each
        rate = self.markets[lane.plan.rate_market]
        if not rate.mids:
            return 0.0
        return each / rate.mid if lane.plan.rate_inverted else each * rate.mid

    def units(self, lane: LaneState, price: int, stop: float) -> int:
        """The smallest number that a rule gives, ramped; 0 below the minimum or where no rule is on."""
        row, equity = lane.row, self.equity(lane.account)
        if lane.tick_money <= 0 or equity <= 0:
            return 0
        unit_margin = price * lane.tick_money * row["margin_rate"]
        held = abs(self.value_in("pocket", lane)) * row["margin_rate"]
        free = equity - self.margin_used(lane.account)
        rules = [
            (row["units_max"] > 0, lambda: float(row["units_max"])),
            (row["units_fixed"] > 0, lambda: float(row["units_fixed"])),
            (row["risk_fraction"] > 0, lambda: row["risk_fraction"] * equity / (stop * lane.tick_money)),
            (row["margin_share"] > 0 and unit_margin > 0, lambda: row["margin_share"] * free / unit_margin),
            (
                row["pocket_share"] > 0 and unit_margin > 0,
                lambda: (row["pocket_share"] * equity - held) / unit_margin,
            ),
        ]
        found = [rule() for on, rule in rules if on]
        if not found or min(found) <= 0:
            return 0
        units = floor(min(found) * row["ramp"])
        return units if units >= max(1, row["units_min"]) else 0

    def fee(self, lane: LaneState, units: int, price: int) -> int:
        """Commission of one fill."""
        row = lane.row
        by_unit = money(units, row["commission_unit"])
        return by_unit + money(units * price * lane.tick_money, row["commission_fraction"])

    def enter(self, lane: LaneState, order: Order, ts: int) -> None:
        """Decide to enter; with no latency the exchange answers at once, on the quote that decided."""
        lane.last_signal = ts
        if lane.plan.auto_trade == 0:
            self.note(lane, ts, acts.SIGNAL_ONLY, 0, order.units, 0, 0, 0, 0, 0)
            return
        self.orders += 1
        order.id = self.orders
        order.latency = self.latency(lane, order.id)
        order.due = ts + order.latency
        lane.order = order
        lane.entries.append((ts, self.day))
        lane.repeats += 1
        price = self.touch(lane, order.units)
        self.note(
            lane, ts, acts.ENTER, 0, order.units, price, whole(order.stop), whole(order.target), order.bound,
            order.id,
        )  # fmt: skip
        if lane.plan.frame < 0 and order.due <= ts:
            self.fill(lane, ts)

    # The simulated exchange.

    def latency(self, lane: LaneState, number: int) -> int:
        """Nanoseconds an order is on its way."""
        return self._table(lane, "latency", "latencies", number, FOR_LATENCY)

    def slippage(self, lane: LaneState, number: int) -> int:
        """Ticks an order fills worse."""
        return self._table(lane, "slippage_ticks", "slippages", number, FOR_SLIPPAGE)

    def _table(self, lane: LaneState, fixed: str, table: str, number: int, purpose: int) -> int:
        count = lane.row["latency_rows" if purpose == FOR_LATENCY else "slippage_rows"]
        if count == 0:
            return int(lane.row[fixed])
        return int(lane.row[table][int(self.draw(number, purpose) * count)])

    def draw(self, number: int, purpose: int) -> float:
        """A number in [0, 1) of an order and a purpose."""
        return float(drawn(self.world.seed, number, purpose))

    def fill(self, lane: LaneState, ts: int) -> None:
        """The exchange answers an entry: rejects it, or fills it, whole or in part."""
        order, row = lane.order, lane.row
        assert order is not None
        side = 1 if order.units > 0 else -1
        price = self.touch(lane, side) + side * self.slippage(lane, order.id)
        leaving = self.touch(lane, -side)
        if row["reject_fraction"] > 0 and self.draw(order.id, FOR_REJECT) < row["reject_fraction"]:
            self.reject(lane, t.REJECTED_VENUE, ts)
        elif order.bound > 0 and side * (price - order.bound) > 0:
            self.reject(lane, t.REJECTED_BOUND, ts)
        elif not row["anchored_at_decision"] and side * (price - leaving) >= order.stop:
            self.reject(lane, t.REJECTED_STOP, ts)
        else:
            self.open(lane, side * self._filled(lane, order), price, ts)

    def _filled(self, lane: LaneState, order: Order) -> int:
        row, units = lane.row, abs(order.units)
        if row["partial_fills"] == 0 or self.draw(order.id, FOR_PARTIAL) >= row["partial_fills"]:
            return units
        least = row["partial_share_min"]
        return max(1, floor(units * (least + (1.0 - least) * self.draw(order.id, FOR_SHARE))))

    def reject(self, lane: LaneState, reason: int, ts: int) -> None:
        """An entry ended without a fill: wait, longer after each in a row; enough open the breaker."""
        order, row = lane.order, lane.row
        assert order is not None
        lane.order = None
        lane.rejects += 1
        wait = float(row["back_off"])
        for _ in range(lane.failures):
            wait *= row["back_off_factor"]
        lane.failures += 1
        lane.back_off_until = ts + int(min(wait, float(row["back_off_max"])))
        self.note(lane, ts, acts.REJECTED, reason, order.units, 0, 0, 0, order.bound, order.id)
        market, account = lane.market, lane.account
        market.breaker_failures += 1
        if 0 < row["breaker_failures"] <= market.breaker_failures:
            market.breaker_until = ts + row["breaker_rest"]
            market.breaker_failures = 0
            self.note(lane, ts, acts.TRIPPED, t.BREAKER_TRIPPED, 0, 0, 0, 0, 0, 0)
        if reason == t.REJECTED_VENUE:
            account.failures.append(ts)
            limit = account.plan.kill_failures
            recent = [at for at in account.failures[-limit:] if ts - at <= account.plan.kill_window]
            if limit and not account.killed and len(recent) == limit:
                account.killed = 1
                self.note(lane, ts, acts.TRIPPED, t.KILL_TRIPPED, 0, 0, 0, 0, 0, 0)

    def open(self, lane: LaneState, units: int, price: int, ts: int) -> None:
        """An entry was filled: stop and target stand from now on."""
        order, row = lane.order, lane.row
        assert order is not None
        side = 1 if units > 0 else -1
        lane.tick_money = self.tick_money(lane)
        if row["anchored_at_decision"]:
            middle = 0.5 * order.mid2
            stop = floor(middle - order.stop) if side > 0 else ceil(middle + order.stop)
            goal = ceil(middle + order.target) if side > 0 else floor(middle - order.target)
        else:
            stop, goal = price - side * whole(order.stop), price + side * whole(order.target)
        commission = self.fee(lane, abs(units), price)
        cost = units * price
        value = money(cost, lane.tick_money)
        lane.order = None
        lane.position = Position(
            order, units, units, cost, price, ts, stop, stop, goal if order.target > 0 else 0, price, price,
            max(0, -money(units * stop - cost, lane.tick_money)), value,
            money(abs(value), row["margin_rate"]), commission,
        )  # fmt: skip
        lane.account.balance -= commission
        lane.account.commission += commission
        self.realise(lane, -commission)
        lane.failures = lane.market.breaker_failures = 0
        position = lane.position
        self.note(lane, ts, acts.FILLED, 0, units, price, stop, position.target, 0, order.id)
        self.decisions[-1]["commission"] = commission

    def realise(self, lane: LaneState, amount: int) -> None:
        """Money that is no longer open, in every scope of the lane."""
        for place in self.scopes[lane.place].values():
            result = self.results[place]
            result.money += amount
            result.day += amount
            result.peak = max(result.peak, result.money)

    # Exits, all of them on every quote.

    def follow(self, lane: LaneState, ts: int) -> None:
        """Mark the position, notice a lost day, then ask the exits in their order."""
        position, account = lane.position, lane.account
        assert position is not None
        side = position.side
        price = self.touch(lane, -side)
        self.mark(lane, price)
        position.best = side * max(side * position.best, side * price)
        position.worst = side * min(side * position.worst, side * price)
        if account.floor is not None and self.equity(account) <= account.floor:
            account.day_lost, account.floor = True, None
            self.note(lane, ts, acts.DAY_LOST, 0, 0, 0, 0, 0, 0, 0)
        if position.target > 0 and side * (price - position.target) >= 0:
            self.close(lane, position.units, position.target, t.TARGET, ts)
        elif side * (price - position.stop) <= 0:
            self.close(lane, position.units, price - side * self.exit_slip(lane, t.STOP), t.STOP, ts)
        elif position.closing is not None:
            self.try_closing(lane, ts)
        else:
            reason = self.own_exit(lane, price, ts)
            if reason:
                self.leave(lane, position.units, reason, ts)
                self.try_closing(lane, ts)
            else:
                self.improve(lane, price, ts)

    def mark(self, lane: LaneState, price: int | None) -> None:
        """Value a position at a price, or at nothing once it has ended; follow peak and drawdown."""
        account, position = lane.account, lane.position
        if position is not None and price is not None:
            position.mark = money(position.earned_at(price), lane.tick_money)
        equity = self.equity(account)
        account.peak = max(account.peak, equity)
        account.drawdown = max(account.drawdown, account.peak - equity)

    def own_exit(self, lane: LaneState, price: int, ts: int) -> int:
        """The first of the engine's own exits that is due."""
        position, row, account = lane.position, lane.row, lane.account
        assert position is not None
        gain = position.gain(price)
        if account.day_lost and row["day_loss_flatten"]:
            return int(t.DAY_LOSS_FLATTEN)
        if 0 < row["soft_stop_ticks"] <= -gain:
            return int(t.SOFT_STOP)
        if row["unrealised_fraction_max"] > 0:
            each = abs(position.units) * lane.tick_money
            if -gain >= max(1, floor(row["unrealised_fraction_max"] * account.day_start / each)):
                return int(t.UNREALISED_LOSS)
        if 0 < row["time_stop"] <= ts - position.entry_ts and gain < row["time_stop_gain"]:
            return int(t.TIME)
        if lane.flat_at is not None and ts >= lane.flat_at:
            return int(t.SESSION_END)
        return 0

    def time_exit(self, lane: LaneState, now: int) -> None:
        """At a timer: an exit whose time has come since the last quote is decided."""
        position, row, market = lane.position, lane.row, lane.market
        assert position is not None
        end = position.entry_ts + row["time_stop"]
        in_time = 0 < row["time_stop"] and market.ts < end <= now
        at_end = lane.flat_at is not None and lane.flat_at <= now
        lost = bool(lane.account.day_lost and row["day_loss_flatten"])
        if in_time or at_end or lost:
            reason = self.own_exit(lane, self.touch(lane, -position.side), now)
            if reason:
                self.leave(lane, position.units, reason, now)

    def leave(self, lane: LaneState, units: int, reason: int, ts: int) -> None:
        """Send an order to leave; it is on its way until its latency has passed."""
        position = lane.position
        assert position is not None
        due = ts + self.latency(lane, self.exit_number(lane, reason))
        position.closing = Closing(reason, units, due)
        price = self.touch(lane, -position.side)
        self.note(lane, ts, acts.LEAVE, reason, -units, price, 0, 0, 0, position.order.id)

    def exit_number(self, lane: LaneState, reason: int) -> int:
        """What an exit's draws follow from: the order that opened the position, and the reason it is left."""
        assert lane.position is not None
        return -(16 * lane.position.order.id + reason)

    def exit_slip(self, lane: LaneState, reason: int) -> int:
        """Slippage of an exit."""
        return self.slippage(lane, self.exit_number(lane, reason))

    def try_closing(self, lane: LaneState, ts: int) -> None:
        """Fill the order to leave if it has arrived."""
        position = lane.position
        assert position is not None
        closing = position.closing
        if closing is not None and ts >= closing.due:
            slip = self.exit_slip(lane, closing.reason)
            price = self.touch(lane, -position.side) - position.side * slip
            self.close(lane, closing.units, price, closing.reason, ts)

    def improve(self, lane: LaneState, price: int, ts: int) -> None:
        """Close a part at its gain; then let break-even and trailing move the stop."""
        position, row = lane.position, lane.row
        assert position is not None
        gain = position.gain(price)
        if 0 < row["partial_trigger"] <= gain and not position.reduced:
            part = whole(abs(position.units) * row["partial_fraction"])
            position.reduced = True
            if 0 < part < abs(position.units):
                self.leave(lane, position.side * part, t.PARTIAL, ts)
                self.try_closing(lane, ts)
        self.move_stop(lane, price, gain, ts)

    def move_stop(self, lane: LaneState, price: int, gain: int, ts: int) -> None:
        """Move the stop to the better of what break-even and trailing ask for, if it is not yet there."""
        position, row = lane.position, lane.row
        assert position is not None
        stands = position.gain(position.stop)
        asked: list[tuple[int, int]] = []
        if 0 < row["even_trigger"] <= gain:
            asked.append((row["even_offset"], int(t.BREAK_EVEN)))
        trail = row["trail_ticks"]
        if trail > 0 and gain >= max(row["trail_start"], stands + trail + max(1, row["trail_step"])):
            asked.append((gain - trail, int(t.TRAILING)))
        if not asked:
            return
        wanted, by = max(asked, key=lambda each: each[0])
        if wanted <= stands:
            return
        position.moved = by
        position.stop = position.entry + position.side * wanted
        position.risk = max(0, -money(position.earned_at(position.stop), lane.tick_money))
        self.note(lane, ts, acts.MOVE_STOP, by, position.units, price, position.stop, 0, 0, position.order.id)

    def close(self, lane: LaneState, units: int, price: int, reason: int, ts: int) -> None:
        """An exit was filled, in whole or in part."""
        position, account = lane.position, lane.account
        assert position is not None
        lane.tick_money = self.tick_money(lane)
        share = position.cost if units == position.units else position.cost * units // position.units
        earned = money(units * price - share, lane.tick_money)
        commission = self.fee(lane, abs(units), price)
        position.units -= units
        position.cost -= share
        position.gross += earned
        position.commission += commission
        position.exit_value += units * price
        position.exit_units += units
        position.closing = None
        account.balance += earned - commission
        account.commission += commission
        self.realise(lane, earned - commission)
        if position.units == 0:
            self.end(lane, reason, ts)
        else:
            position.reduced = True
            position.value = money(position.cost, lane.tick_money)
            position.margin = money(abs(position.value), lane.row["margin_rate"])
            position.risk = max(0, -money(position.earned_at(position.stop), lane.tick_money))
            self.mark(lane, price)
        self.note(lane, ts, acts.CLOSED, reason, -units, price, 0, 0, 0, position.order.id)
        self.decisions[-1].update(earned=earned, commission=commission)

    def end(self, lane: LaneState, reason: int, ts: int) -> None:
        """The lane is flat: write the trade, and how fast the lane may go on."""
        position, row = lane.position, lane.row
        assert position is not None
        lane.position = None
        self.mark(lane, None)
        pnl = position.gross - position.commission + position.financing
        by_bot = self.results[self.scope("bot", lane)]
        by_bot.ended += 1
        by_bot.wins += pnl > 0
        if pnl <= 0 and row["cool_down"] > 0:
            lane.cool_until = ts + row["cool_down"]
        if row["interval_max"] > 0:
            share = min(1.0, max(0.0, (0.6 - by_bot.wins / by_bot.ended) / 0.3))
            lane.interval = int(row["interval_min"] + share * (row["interval_max"] - row["interval_min"]))
        order = position.order
        self.trades.append(
            {
                "lane": lane.place,
                "bot": lane.plan.bot,
                "instrument": lane.plan.instrument,
                "account": lane.plan.account,
                "side": position.side,
                "units": abs(position.opened),
                "decided_ts": order.decided_ts,
                "entry_ts": position.entry_ts,
                "entry_price": float(position.entry),
                "exit_ts": ts,
                "exit_price": position.exit_value / position.exit_units,
                "reason": position.moved if reason == t.STOP and position.moved else int(reason),
                "pnl": pnl,
                "gross": position.gross,
                "commission": position.commission,
                "financing": position.financing,
                "risk": order.risk,
                "stop": position.first_stop,
                "target": position.target,
                "best": position.best,
                "worst": position.worst,
                "spread": order.spread,
                "score": order.score,
                "state": order.state,
                "ambiguous": position.ambiguous,
                "latency": order.latency,
                "order": order.id,
            }
        )

    def note(
        self,
        lane: LaneState,
        ts: int,
        act: int,
        reason: int,
        units: int,
        price: int,
        stop: int,
        target: int,
        bound: int,
        order: int,
    ) -> None:
        """Write a decision down."""
        self.decisions.append(
            {
                "ts": ts,
                "lane": lane.place,
                "act": int(act),
                "reason": int(reason),
                "side": 1 if units > 0 else -1,
                "units": units,
                "price": price,
                "stop": stop,
                "target": target,
                "bound": bound,
                "id": order,
                "earned": 0,
                "commission": 0,
            }
        )


def _coin(levels: Any, count: int) -> tuple[int, float, float, float]:
    toss = int(tossed(levels.seed * 1_000_003 + count))
    if toss % levels.one_in:
        return NO_WISH
    side = levels.only_side or (1 if (toss >> 40) % 2 else -1)
    stop = 0.0 if levels.wild and (toss >> 30) % 8 == 0 else levels.stop
    return side, ((toss >> 20) % 100) / 100, stop, levels.target


def _bar_coin(levels: Any, bar: Bar) -> tuple[int, float, float, float]:
    toss = int(tossed(levels.seed * 1_000_003 + bar.close + 7 * bar.high + len(bar.spreads)))
    if toss % levels.one_in:
        return NO_WISH
    reach = levels.ranges * (0.5 * bar.high - 0.5 * bar.low + bar.spread)
    return (1 if bar.close >= bar.open else -1), 1.0, reach, 0.5 * reach


def _fast_scalp(levels: Any, market: Market) -> tuple[bool, tuple[int, float, float, float]]:
    count = levels.mean_quotes
    momentum = count * market.mids[-1] - sum(market.mids[-count:])
    if abs(momentum) < levels.threshold:
        return False, NO_WISH
    window = market.mids[-levels.range_quotes :]
    if len(window) < levels.range_quotes:
        window = [*window, 0]
    if max(window) - min(window) < levels.floor:
        return True, NO_WISH
    return True, (1 if momentum > 0 else -1, abs(momentum) / levels.threshold, 0.0, 0.0)


def quotes_of(chunk: Any) -> list[Quote]:
    """Give the quotes of a chunk as the chain takes them."""
    count = len(chunk.ts)
    places = chunk.instrument.tolist() if len(chunk.instrument) else [0] * count
    events = chunk.ts_event.tolist() if len(chunk.ts_event) else chunk.ts.tolist()
    return list(zip(chunk.ts.tolist(), places, chunk.bid.tolist(), chunk.ask.tolist(), events, strict=True))


def bars_of(chunk: Any) -> list[BarRow]:
    """Give the bars of a chunk as the chain takes them."""
    sides = []
    for side in ("bid", "ask"):
        columns = (getattr(chunk, f"{side}_{price}").tolist() for price in ("open", "high", "low", "close"))
        sides.append(list(zip(*columns, strict=True)))
    return list(zip(chunk.ts.tolist(), *sides, strict=True))


def trades_of(session: Any) -> list[dict[str, Any]]:
    """Give the core's trades in the chain's words."""
    parts = session.trades
    if not parts:
        return []
    table = np.concatenate(parts)
    return [dict(zip(table.dtype.names, each.tolist(), strict=True)) for each in table]


def decisions_of(session: Any) -> list[dict[str, int]]:
    """Give the core's decisions in the chain's words."""
    parts = session.decisions
    if not parts:
        return []
    table = np.concatenate(parts)
    return [dict(zip(table.dtype.names, each.tolist(), strict=True)) for each in table]
