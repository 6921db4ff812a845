"""Worlds made by hand, each for something that drawn worlds seldom meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracles.drawn_worlds import ANY_GAIN, MILLION, SECOND, world_drawn
from oracles.tapes import chunk_of
from oracles.worlds import (
    BAR_COIN,
    FAST_SCALP,
    AccountPlan,
    Command,
    LanePlan,
    MarketPlan,
    Row,
    World,
    row,
)
from tickwise.market_data.chunks import QuoteChunk

Made = tuple[World, QuoteChunk]

BUSY = {"seed": 1, "one_in": 15}
TABLE_LATENCY = {"latency_rows": 3, "latencies": [50_000_000, 400_000_000, 2 * SECOND] + [0] * 13}


def lane(settings: Row, **fixed: Any) -> LanePlan:
    return LanePlan(settings=settings, **{"params": BUSY, **fixed})


def middle(chunk: QuoteChunk, part: float) -> int:
    """A whole second so far into a tape."""
    first, last = int(chunk.ts[0]), int(chunk.ts[-1])
    return int(first + part * (last - first)) // SECOND * SECOND


def nothing_refuses() -> Made:
    return World([lane(row())]), chunk_of(1, 3_000)


def one_bot_on_two_accounts() -> Made:
    settings = row(stop_ticks=30, target_ticks=15, day_loss_fraction=0.002, **TABLE_LATENCY)
    accounts = [AccountPlan(day_loss_fraction=0.002), AccountPlan(balance=50_000 * MILLION)]
    lanes = [lane(settings, account=which) for which in range(2)]
    return World(lanes, accounts=accounts), chunk_of(2, 4_000)


def one_bot_on_two_instruments() -> Made:
    settings = row(open_bot_max=1, stop_ticks=30, target_ticks=15)
    lanes = [lane(settings, instrument=which) for which in range(2)]
    return World(lanes, [MarketPlan("A"), MarketPlan("B")]), chunk_of(3, 5_000, instruments=2)


def a_lost_day_flattens_everything() -> Made:
    settings = row(
        stop_ticks=300, time_stop=600 * SECOND, time_stop_gain=ANY_GAIN, day_loss_flatten=1, latency=SECOND,
        units_fixed=100_000,
    )  # fmt: skip
    lanes = [lane(settings, bot=at, instrument=at // 2, params={"seed": at, "one_in": 9}) for at in range(4)]
    chunk = chunk_of(4, 6_000, instruments=2, move=8)
    accounts = [AccountPlan(day_loss_fraction=0.002)]
    rolls = (middle(chunk, 0.4), middle(chunk, 0.7))
    return World(lanes, [MarketPlan("A"), MarketPlan("B")], accounts, rolls, grid=SECOND), chunk


def a_lost_day_that_only_a_command_ends() -> Made:
    settings = row(stop_ticks=60, day_loss_fraction=0.001, units_fixed=100_000)
    chunk = chunk_of(5, 5_000, move=8)
    accounts = [AccountPlan(day_loss_fraction=0.001, resume_by_command=1)]
    return World([lane(settings)], accounts=accounts, rolls=(middle(chunk, 0.6),)), chunk


def no_limit_of_the_day_and_a_turn() -> Made:
    settings = row(stop_ticks=60, day_loss_flatten=1, financing_long=-2.0, financing_short=-2.0)
    chunk = chunk_of(6, 4_000)
    return World([lane(settings)], rolls=(middle(chunk, 0.3), middle(chunk, 0.8)), grid=SECOND), chunk


def an_open_loss_measured_by_a_day_that_turns() -> Made:
    """The limit is a part of the day's start, and the start of the second day is a third lower."""
    settings = row(stop_ticks=2_000, unrealised_fraction_max=0.1, units_fixed=50_000)
    chunk = chunk_of(9, 6_000, move=12)
    lanes = [lane(settings, bot=at, params={"seed": at, "one_in": 5}) for at in range(3)]
    turns = tuple(middle(chunk, part / 10) for part in range(1, 10))
    return World(lanes, accounts=[AccountPlan(balance=900 * MILLION)], rolls=turns), chunk


def an_open_loss_on_the_grid() -> Made:
    world, chunk = an_open_loss_measured_by_a_day_that_turns()
    world.grid = SECOND
    return world, chunk


def partial_trailing_and_break_even_with_latency() -> Made:
    settings = row(
        stop_ticks=30, trail_ticks=8, trail_start=6, even_trigger=10, even_offset=3, partial_trigger=7,
        partial_fraction=0.4, partial_fills=0.5, commission_unit=7.0, **TABLE_LATENCY,
    )  # fmt: skip
    return World([lane(settings)], grid=200_000_000), chunk_of(7, 6_000, move=5)


def closing_before_the_session_ends() -> Made:
    chunk = chunk_of(8, 5_000)
    ends = tuple(middle(chunk, part / 8) for part in range(1, 8))
    settings = row(stop_ticks=200, latency=2 * SECOND)
    breaks = tuple((end + 30 * SECOND, end + 60 * SECOND) for end in ends)
    calendars = (breaks, *((),) * 6)
    return World([lane(settings, flats=ends, calendars=calendars)], grid=SECOND), chunk


def levels_from_the_mid_of_the_decision() -> Made:
    settings = row(anchored_at_decision=1, slippage_ticks=2, latency=300_000_000)
    params = {"seed": 3, "one_in": 10, "stop": 7.3, "target": 5.7}
    return World([lane(settings, params=params)]), chunk_of(10, 4_000)


def paid_in_another_currency() -> Made:
    """The second instrument is paid in a currency whose rate the first one gives, either way round."""
    settings = row(
        risk_fraction=0.001, units_fixed=0, stop_ticks=25, target_ticks=15, commission_fraction=1e-5
    )
    lanes = [
        lane(settings, instrument=1, bot=0, rate_market=0),
        lane(settings, instrument=1, bot=1, rate_market=0, rate_inverted=1, params={"seed": 5, "one_in": 15}),
    ]
    markets = [MarketPlan("RATE"), MarketPlan("B")]
    return World(lanes, markets), chunk_of(11, 5_000, instruments=2)


def bars_of_five_and_fifteen_minutes() -> Made:
    settings = row(latency=150_000_000, time_stop=900 * SECOND, time_stop_gain=ANY_GAIN)
    lanes = [
        lane(
            settings,
            strategy=BAR_COIN,
            frame=frame,
            bot=frame,
            params={"seed": frame, "one_in": 1},
            warm_up=2,
        )
        for frame in range(4)
    ]
    return World(lanes, [MarketPlan(widest=3)], grid=SECOND), chunk_of(12, 6_000, step_ms=6_000)


def every_state_of_the_market() -> Made:
    states = {state: row(stop_ticks=10 * state, target_ticks=8 + state) for state in range(1, 5)}
    lanes = [
        lane(row(stop_ticks=90), states=states, params_in={2: {"one_in": 3}, 4: {"one_in": 4}}),
        lane(row(states_refused=0b10100, stop_ticks=20), bot=1),
    ]
    market = MarketPlan(frame=0, trend_adx=22.0, range_adx=18.0, volatile_ratio=1.15, dead_ratio=0.88)
    return World(lanes, [market]), chunk_of(13, 9_000, step_ms=1_000)


def momentum_with_the_costs_of_a_venue() -> Made:
    settings = row(
        spread_ticks_max=6, target_ticks=10, target_spread_added=1, target_spread_min=2, stop_ticks=300,
        soft_stop_ticks=50, time_stop=60 * SECOND, time_stop_gain=4, spacing=2_500_000_000, per_minute_max=24,
        latency=150_000_000, slippage_ticks=1, slippage_mean=1.0, bound_ticks=4, cost_ratio_min=0.5,
        day_loss_fraction=0.03, pocket_loss_fraction=0.02, risk_fraction=0.005, units_fixed=0,
    )  # fmt: skip
    plan = lane(settings, strategy=FAST_SCALP, params={"threshold_pips": 0.3}, warm_up=32)
    return World([plan], accounts=[AccountPlan(day_loss_fraction=0.03)], grid=SECOND), chunk_of(14, 8_000)


def a_gate_that_binds(**settings: Any) -> Callable[[], Made]:
    """One gate, and all others off; two bots in one account, pocket and group."""

    def made() -> Made:
        limits = row(**{"stop_ticks": 40, "target_ticks": 20, **settings})
        lanes = [lane(limits, bot=at, params={"seed": 1 + at, "one_in": 12}) for at in range(2)]
        return World(lanes), chunk_of(20, 4_000, move=4)

    return made


def an_underlying_that_is_quiet() -> Made:
    settings = row(underlying_age_max=700_000_000, stop_ticks=40, target_ticks=20)
    markets = [MarketPlan("A"), MarketPlan("OPTION", underlying=0)]
    return World([lane(settings, instrument=1)], markets), chunk_of(21, 4_000, instruments=2)


def commands_that_stop_and_let_go() -> Made:
    fields = (
        ("house", "paused"),
        ("market", "paused"),
        ("market", "disconnected"),
        ("market", "unknown_orders"),
        ("account", "halted"),
        ("account", "killed"),
    )
    commands = []
    for at, (of, name) in enumerate(fields):
        commands += [Command(400 + 600 * at, of, 0, name, 1), Command(700 + 600 * at, of, 0, name, 0)]
    return World([lane(row(stop_ticks=40, target_ticks=20))], commands=tuple(commands)), chunk_of(22, 4_000)


def every_calendar() -> Made:
    chunk = chunk_of(23, 4_000)
    calendars = tuple(
        ((middle(chunk, (1 + which) / 9), middle(chunk, (1.6 + which) / 9)),) for which in range(7)
    )
    return World([lane(row(stop_ticks=40, target_ticks=20), calendars=calendars)], grid=SECOND), chunk


def real_world(seed: int, chunk: QuoteChunk) -> World:
    """A drawn world for real quotes."""
    return world_drawn(10_000 + seed, int(chunk.ts[0]), int(chunk.ts[-1]))


BINDING: dict[str, dict[str, Any]] = {
    "quote_age": {"quote_age_max": 20_000_000},
    "spread_pips": {"spread_ticks_max": 4},
    "spread_fraction": {"spread_millionths_max": 35},
    "spread_monitor": {"spread_monitor": 1},
    "open_interest": {"open_interest_min": 1},
    "volume": {"volume_min": 1},
    "quote_size": {"quote_units_min": 1},
    "open_instrument": {"open_instrument_max": 1},
    "open_pocket": {"open_pocket_max": 1},
    "open_account": {"open_account_max": 1},
    "open_house": {"open_house_max": 1},
    "correlation": {"group_fraction_max": 0.1},
    "spacing": {"spacing": 30 * SECOND},
    "per_minute": {"per_minute_max": 2},
    "per_hour": {"per_hour_max": 6},
    "per_day": {"per_day_max": 6},
    "cool_down": {"cool_down": 40 * SECOND},
    "back_off": {
        "reject_fraction": 0.6,
        "back_off": SECOND,
        "back_off_factor": 3.0,
        "back_off_max": 20 * SECOND,
    },
    "breaker": {"reject_fraction": 0.6, "breaker_failures": 2, "breaker_rest": 60 * SECOND},
    "bound": {"latency": SECOND, "bound_ticks": 1},
    "stop_reached": {"stop_ticks": 6},
    "adaptive_interval": {"interval_min": SECOND, "interval_max": 60 * SECOND},
    "repeat": {"repeats_max": 5},
    "units_cap": {"units_cap": 9_000},
    "value_cap": {"value_cap": 10_000 * MILLION},
    "price_band": {"band_fraction": 0.0001},
    "day_loss": {"day_loss_fraction": 0.0003},
    "pocket_loss": {"pocket_loss_fraction": 0.0003},
    "balance": {"balance_min": 99_995 * MILLION},
    "margin": {"margin_fraction_max": 0.008},
    "score": {"score_min": 0.5},
    "cost": {"cost_ratio_min": 4.0},
    "denied_size": {"risk_fraction": 0.0000001, "units_min": 1_000},
}
"""One gate each, by the outcome it brings."""

MADE: dict[str, Callable[[], Made]] = {
    made.__name__: made
    for made in (
        nothing_refuses,
        one_bot_on_two_accounts,
        one_bot_on_two_instruments,
        a_lost_day_flattens_everything,
        a_lost_day_that_only_a_command_ends,
        no_limit_of_the_day_and_a_turn,
        an_open_loss_measured_by_a_day_that_turns,
        an_open_loss_on_the_grid,
        partial_trailing_and_break_even_with_latency,
        closing_before_the_session_ends,
        levels_from_the_mid_of_the_decision,
        paid_in_another_currency,
        bars_of_five_and_fifteen_minutes,
        every_state_of_the_market,
        momentum_with_the_costs_of_a_venue,
        an_underlying_that_is_quiet,
        commands_that_stop_and_let_go,
        every_calendar,
    )
} | {f"only_{name}": a_gate_that_binds(**settings) for name, settings in BINDING.items()}
