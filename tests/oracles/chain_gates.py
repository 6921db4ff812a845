"""Every gate of the chain, spelled out and asked anew each time, in the order of core/outcome.py.

Each is a sentence over facts that gives True where it allows. Nothing is remembered between two questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from tickwise.core.types import HOUR, MILLION, MINUTE

if TYPE_CHECKING:
    from oracles.chain import Chain, LaneState

BEFORE_A_SIGNAL = (
    "paused", "halted", "connection", "session", "time_of_day", "rollover", "holiday", "expiry", "quote_age",
    "underlying_age", "spread_pips", "spread_fraction", "spread_monitor", "open_interest", "volume",
    "quote_size", "news", "calendar_stale", "open_bot", "open_instrument", "open_pocket", "open_account",
    "open_house", "correlation", "spacing", "per_minute", "per_hour", "per_day", "cool_down", "back_off",
    "breaker", "unknown_order", "adaptive_interval", "repeat", "day_loss", "pocket_loss", "kill_switch",
    "balance", "market_state", "warming_up",
)  # fmt: skip
"""Gates that need no order; the others are asked when there is one to judge."""

OF_AN_ORDER = (
    "units_cap",
    "value_cap",
    "price_band",
    "day_loss",
    "pocket_loss",
    "margin",
    "score",
    "cost",
)

CALENDARS = ("session", "time_of_day", "rollover", "holiday", "expiry", "news", "calendar_stale")


class Asked(NamedTuple):
    """What a gate is asked about: a lane at a time, and the order there is to judge."""

    chain: Chain
    lane: LaneState
    ts: int
    units: int = 0
    risk: int = 0
    value: int = 0
    margin: int = 0
    score: float = 0.0
    target: float = 0.0
    cost: float = 0.0


def refusals(names: tuple[str, ...], asked: Asked) -> Iterator[str]:
    """Name every gate that refuses, in order."""
    for name in names:
        allows = in_calendar(name) if name in CALENDARS else GATES[name]
        if not allows(asked):
            yield name


def in_calendar(name: str) -> Callable[[Asked], bool]:
    which = CALENDARS.index(name)

    def allows(a: Asked) -> bool:
        return not any(start <= a.ts < end for start, end in a.lane.plan.calendars[which])

    return allows


def paused(a: Asked) -> bool:
    return a.chain.paused + a.lane.market.plan.paused + a.lane.plan.exit_only == 0


def halted(a: Asked) -> bool:
    return a.lane.account.halted == 0


def connection(a: Asked) -> bool:
    return a.lane.market.plan.disconnected == 0


def quote_age(a: Asked) -> bool:
    most = a.lane.row["quote_age_max"]
    return most == 0 or a.ts - a.lane.market.ts_event <= most


def underlying_age(a: Asked) -> bool:
    most = a.lane.row["underlying_age_max"]
    return most == 0 or a.ts - a.chain.markets[a.lane.market.underlying].ts <= most


def spread_pips(a: Asked) -> bool:
    most = a.lane.row["spread_ticks_max"]
    return most < 0 or a.lane.market.ask - a.lane.market.bid <= most


def spread_fraction(a: Asked) -> bool:
    most, market = a.lane.row["spread_millionths_max"], a.lane.market
    return most == 0 or (market.ask - market.bid) * 2 * MILLION <= most * (market.ask + market.bid)


def spread_monitor(a: Asked) -> bool:
    market = a.lane.market
    return a.lane.row["spread_monitor"] == 0 or market.ask - market.bid <= market.spread_cap


def open_interest(a: Asked) -> bool:
    return a.lane.market.plan.open_interest >= a.lane.row["open_interest_min"]


def volume(a: Asked) -> bool:
    return a.lane.market.plan.volume >= a.lane.row["volume_min"]


def quote_size(a: Asked) -> bool:
    least, plan = a.lane.row["quote_units_min"], a.lane.market.plan
    return least == 0 or min(plan.bid_units, plan.ask_units) >= least


def at_most(setting: str, scope: str) -> Callable[[Asked], bool]:
    def allows(a: Asked) -> bool:
        most = a.lane.row[setting]
        return most == 0 or a.chain.open_in(scope, a.lane) < most

    return allows


def correlation(a: Asked) -> bool:
    most = a.lane.row["group_fraction_max"]
    return most == 0 or abs(a.chain.value_in("group", a.lane)) < most * a.lane.account.day_start


def spacing(a: Asked) -> bool:
    least, last = a.lane.row["spacing"], a.lane.last_signal
    return least == 0 or last is None or a.ts - last >= least


def per_minute(a: Asked) -> bool:
    most = a.lane.row["per_minute_max"]
    return most == 0 or sum(a.ts - ts < MINUTE for ts, _ in a.lane.entries) < most


def per_hour(a: Asked) -> bool:
    most = a.lane.row["per_hour_max"]
    return most == 0 or sum(ts // HOUR == a.ts // HOUR for ts, _ in a.lane.entries) < most


def per_day(a: Asked) -> bool:
    most = a.lane.row["per_day_max"]
    return most == 0 or sum(day == a.chain.day for _, day in a.lane.entries) < most


def cool_down(a: Asked) -> bool:
    return a.ts >= a.lane.cool_until


def back_off(a: Asked) -> bool:
    return a.ts >= a.lane.back_off_until


def unknown_order(a: Asked) -> bool:
    return a.lane.market.plan.unknown_orders == 0


def breaker(a: Asked) -> bool:
    return a.ts >= a.lane.market.breaker_until


def adaptive_interval(a: Asked) -> bool:
    if a.lane.row["interval_max"] == 0 or not a.lane.entries:
        return True
    return a.lane.last_signal is None or a.ts - a.lane.last_signal >= a.lane.interval


def repeat(a: Asked) -> bool:
    most = a.lane.row["repeats_max"]
    return most == 0 or a.lane.repeats < most


def day_loss(a: Asked) -> bool:
    most, account = a.lane.row["day_loss_fraction"], a.lane.account
    could = account.day_start - account.balance + a.chain.risk_in("account", a.lane) + a.risk
    return not account.day_lost and (most == 0 or could < most * account.day_start)


def pocket_loss(a: Asked) -> bool:
    most, pocket = a.lane.row["pocket_loss_fraction"], a.chain.results[a.chain.scope("pocket", a.lane)]
    could = pocket.peak - pocket.money + a.chain.risk_in("pocket", a.lane) + a.risk
    return most == 0 or could < most * a.lane.account.day_start


def kill_switch(a: Asked) -> bool:
    return a.lane.account.killed == 0


def balance(a: Asked) -> bool:
    return a.lane.account.balance >= max(1, a.lane.row["balance_min"])


def market_state(a: Asked) -> bool:
    return not a.lane.row["states_refused"] & (1 << a.lane.market.state)


def warming_up(a: Asked) -> bool:
    market, frame = a.lane.market, a.lane.plan.frame
    return (len(market.mids) if frame < 0 else len(market.closed[frame])) >= a.lane.plan.warm_up


def units_cap(a: Asked) -> bool:
    most = a.lane.row["units_cap"]
    return most == 0 or a.units <= most


def value_cap(a: Asked) -> bool:
    most = a.lane.row["value_cap"]
    return most == 0 or abs(a.value) <= most


def price_band(a: Asked) -> bool:
    most, closed = a.lane.row["band_fraction"], a.lane.market.closed[0]
    if most == 0:
        return True
    if len(closed) < 5:
        return False
    return abs(5.0 * a.lane.market.mids[-1] / sum(bar.close for bar in closed[-5:]) - 1.0) <= most


def margin(a: Asked) -> bool:
    most, account = a.lane.row["margin_fraction_max"], a.lane.account
    return most == 0 or a.chain.margin_used(account) + a.margin <= most * a.chain.equity(account)


def score(a: Asked) -> bool:
    return a.score >= a.lane.row["score_min"]


def cost(a: Asked) -> bool:
    least = a.lane.row["cost_ratio_min"]
    return least == 0 or a.cost <= 0 or (a.target - a.cost) / a.cost >= least


GATES: dict[str, Callable[[Asked], bool]] = {
    each.__name__: each
    for each in (
        paused, halted, connection, quote_age, underlying_age, spread_pips, spread_fraction, spread_monitor,
        open_interest, volume, quote_size, correlation, spacing, per_minute, per_hour, per_day, cool_down,
        back_off, breaker, unknown_order, adaptive_interval, repeat, day_loss, pocket_loss, kill_switch,
        balance, market_state, warming_up, units_cap, value_cap, price_band, margin, score, cost,
    )
}  # fmt: skip
GATES.update(
    {f"open_{name}": at_most(f"open_{name}_max", name) for name in ("bot", "instrument", "pocket", "account")}
)
GATES["open_house"] = at_most("open_house_max", "house")
