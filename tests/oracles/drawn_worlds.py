"""Worlds drawn by a seed: each has some gates, exits, rules and costs on, with limits that bind at times."""

from __future__ import annotations

from typing import Any

import numpy as np

from oracles.worlds import (
    BAR_COIN,
    COIN,
    FAST_SCALP,
    AccountPlan,
    Command,
    Interval,
    LanePlan,
    MarketPlan,
    World,
    row,
)

SECOND = 1_000_000_000
MILLION = 1_000_000
ANY_GAIN = 2**62


class Dice:
    """Choices that follow from a seed."""

    def __init__(self, seed: int) -> None:
        self.draws = np.random.default_rng(seed)

    def chance(self, part: float) -> bool:
        """True in this part of the cases."""
        return bool(self.draws.random() < part)

    def one(self, *values: Any) -> Any:
        """One of these."""
        return values[int(self.draws.integers(len(values)))]

    def maybe(self, part: float, **settings: tuple[Any, ...]) -> dict[str, Any]:
        """In this part of the cases, one value for each setting; else nothing."""
        if not self.chance(part):
            return {}
        return {name: self.one(*values) for name, values in settings.items()}


def gates_drawn(dice: Dice) -> dict[str, Any]:
    """Draw limits of gates."""
    return {
        **dice.maybe(0.5, spread_ticks_max=(4, 6, 8)),
        **dice.maybe(0.2, spread_millionths_max=(30, 50, 70)),
        **dice.maybe(0.3, spread_monitor=(1,)),
        **dice.maybe(0.3, quote_age_max=(5_000_000, 20_000_000, 35_000_000)),
        **dice.maybe(0.15, underlying_age_max=(300_000_000, 2 * SECOND)),
        **dice.maybe(0.05, open_interest_min=(0, 100)),
        **dice.maybe(0.05, volume_min=(0, 100)),
        **dice.maybe(0.05, quote_units_min=(100, 10_000)),
        **dice.maybe(0.3, spacing=(2_500_000_000, 20 * SECOND, 90 * SECOND)),
        **dice.maybe(0.3, per_minute_max=(1, 2, 3)),
        **dice.maybe(0.25, per_hour_max=(5, 20)),
        **dice.maybe(0.25, per_day_max=(8, 30)),
        **dice.maybe(0.25, cool_down=(10 * SECOND, 100 * SECOND)),
        **dice.maybe(0.5, back_off=(SECOND,), back_off_factor=(1.0, 3.0), back_off_max=(SECOND, 30 * SECOND)),
        **dice.maybe(0.4, breaker_failures=(1, 2), breaker_rest=(60 * SECOND,)),
        **dice.maybe(0.25, interval_min=(SECOND, 5 * SECOND), interval_max=(5 * SECOND, 60 * SECOND)),
        **dice.maybe(0.1, repeats_max=(10, 30)),
        **dice.maybe(0.15, units_cap=(5_000, 12_000)),
        **dice.maybe(0.15, value_cap=(8_000 * MILLION, 15_000 * MILLION)),
        **dice.maybe(0.2, band_fraction=(0.0002, 0.001)),
        **dice.maybe(0.4, day_loss_fraction=(0.0003, 0.002, 0.01)),
        **dice.maybe(0.25, pocket_loss_fraction=(0.0005, 0.003)),
        **dice.maybe(0.1, balance_min=(99_990 * MILLION, 99_900 * MILLION)),
        **dice.maybe(0.2, margin_fraction_max=(0.005, 0.02)),
        **dice.maybe(0.3, score_min=(0.2, 0.7)),
        **dice.maybe(0.3, cost_ratio_min=(1.0, 3.0, 7.0)),
        **dice.maybe(0.2, open_bot_max=(1, 2)),
        **dice.maybe(0.2, open_instrument_max=(1, 2)),
        **dice.maybe(0.2, open_pocket_max=(1, 2)),
        **dice.maybe(0.2, open_account_max=(1, 2)),
        **dice.maybe(0.2, open_house_max=(1, 2)),
        **dice.maybe(0.2, group_fraction_max=(0.05, 0.2)),
    }


def exits_drawn(dice: Dice) -> dict[str, Any]:
    """Draw exits."""
    return {
        **dice.maybe(0.6, target_ticks=(10, 20, 40), target_spread_added=(0, 1), target_spread_min=(0, 2, 6)),
        **dice.maybe(0.1, target_fraction=(0.0002,)),
        **dice.maybe(0.6, stop_ticks=(15, 40, 100)),
        **dice.maybe(0.1, stop_fraction=(0.0003,)),
        **dice.maybe(0.3, anchored_at_decision=(1,)),
        **dice.maybe(
            0.5, time_stop=(5 * SECOND, 30 * SECOND, 120 * SECOND), time_stop_gain=(4, -5, ANY_GAIN)
        ),
        **dice.maybe(0.35, soft_stop_ticks=(8, 20)),
        **dice.maybe(0.35, trail_ticks=(6, 15), trail_start=(0, 10), trail_step=(0, 3)),
        **dice.maybe(0.35, even_trigger=(6, 12), even_offset=(0, 2, 5)),
        **dice.maybe(0.35, partial_trigger=(5, 12), partial_fraction=(0.5, 0.3, 0.00001)),
        **dice.maybe(0.25, unrealised_fraction_max=(0.00001, 0.00003)),
        **dice.maybe(0.4, day_loss_flatten=(1,)),
    }


def sizing_drawn(dice: Dice) -> dict[str, Any]:
    """Draw rules of sizing."""
    return {
        **dice.maybe(0.3, units_fixed=(0, 1_000, 50_000)),
        **dice.maybe(0.4, risk_fraction=(0.00005, 0.001)),
        **dice.maybe(0.2, margin_share=(0.002, 0.05)),
        **dice.maybe(0.2, pocket_share=(0.002, 0.01)),
        **dice.maybe(0.3, units_max=(9_000, 30_000)),
        **dice.maybe(0.3, units_min=(1_000, 8_000)),
        **dice.maybe(0.2, ramp=(0.25, 0.9)),
    }


def fills_drawn(dice: Dice) -> dict[str, Any]:
    """Draw the venue and its costs."""
    table = [0] * 16
    table[:3] = [100_000_000, 400_000_000, 2 * SECOND]
    slips = [0] * 16
    slips[:4] = [0, 1, 1, 4]
    return {
        **dice.maybe(0.5, latency=(150_000_000, SECOND)),
        **dice.maybe(0.25, latency_rows=(3,), latencies=(table,)),
        **dice.maybe(0.5, slippage_ticks=(1, 3), slippage_mean=(1.0, 2.5)),
        **dice.maybe(0.25, slippage_rows=(4,), slippages=(slips,)),
        **dice.maybe(0.5, bound_ticks=(1, 3, 8)),
        **dice.maybe(0.3, reject_fraction=(0.1, 0.5)),
        **dice.maybe(0.3, partial_fills=(0.3, 1.0), partial_share_min=(0.1, 0.5)),
        **dice.maybe(0.4, commission_unit=(7.0, 35.0)),
        **dice.maybe(0.3, commission_fraction=(0.00002,)),
        **dice.maybe(0.5, financing_long=(-2.0,), financing_short=(-1.0, 0.5)),
    }


def settings_drawn(dice: Dice) -> dict[str, Any]:
    """Draw a row of settings."""
    return {**gates_drawn(dice), **exits_drawn(dice), **sizing_drawn(dice), **fills_drawn(dice)}


def intervals_drawn(dice: Dice, first: int, last: int) -> tuple[Interval, ...]:
    """Draw blocked intervals, sorted and apart, on whole seconds."""
    cuts = np.unique(dice.draws.integers(first // SECOND, last // SECOND, 2 * int(dice.one(1, 2, 4))))
    pairs = zip(cuts[::2].tolist(), cuts[1::2].tolist(), strict=False)
    return tuple((start * SECOND, start * SECOND + (end - start) * SECOND // 4 + 1) for start, end in pairs)


def lane_drawn(dice: Dice, first: int, last: int, instruments: int, **fixed: Any) -> LanePlan:
    """Draw a lane between two times."""
    settings = row(**settings_drawn(dice))
    states = {}
    if dice.chance(0.3):
        states = {state: row(**settings_drawn(dice)) for state in (1, 2, 3)}
    refused = dice.one(0, 0, 0b00100, 0b01010)
    settings = {**settings, "states_refused": refused}
    strategy = dice.one(COIN, COIN, COIN, FAST_SCALP, BAR_COIN)
    params: dict[int, dict[str, Any]] = {
        COIN: {"seed": dice.one(1, 2, 3), "one_in": dice.one(10, 30, 80), "wild": dice.chance(0.3)},
        FAST_SCALP: {"threshold_pips": dice.one(0.2, 0.5)},
        BAR_COIN: {"seed": dice.one(1, 2), "one_in": dice.one(1, 2)},
    }
    calendars = tuple(intervals_drawn(dice, first, last) if dice.chance(0.12) else () for _ in range(7))
    flats = tuple(
        sorted({each * SECOND for each in dice.draws.integers(first // SECOND, last // SECOND, 3).tolist()})
    )
    return LanePlan(
        settings=settings,
        states=states,
        strategy=strategy,
        params=params[strategy],
        params_in={2: {"one_in": 7}} if strategy == COIN and dice.chance(0.5) else {},
        frame=dice.one(0, 0, 1) if strategy == BAR_COIN else -1,
        calendars=calendars,
        flats=flats if dice.chance(0.3) else (),
        rate_market=dice.one(0, 1) if instruments > 1 and dice.chance(0.4) else -1,
        rate_inverted=int(dice.chance(0.5)),
        auto_trade=int(not dice.chance(0.05)),
        exit_only=int(dice.chance(0.03)),
        warm_up={COIN: dice.one(0, 50), FAST_SCALP: 32, BAR_COIN: dice.one(0, 3)}[strategy],
        **fixed,
    )


def commands_drawn(dice: Dice) -> tuple[Command, ...]:
    """Draw two commands that come one after the other, and take the first back with the third."""
    of, name = dice.one(
        ("house", "paused"),
        ("market", "paused"),
        ("market", "disconnected"),
        ("market", "unknown_orders"),
        ("account", "halted"),
        ("account", "killed"),
        ("pace", "repeats"),
    )
    places = sorted(dice.draws.integers(100, 3000, 2).tolist())
    return tuple(Command(place, of, 0, name, value) for place, value in zip(places, (1, 0), strict=True))


def world_drawn(seed: int, first: int, last: int, instruments: int = 1) -> World:
    """Draw a world between two times: one to three lanes for each instrument, in one or two accounts."""
    dice = Dice(seed)
    accounts = [
        AccountPlan(
            balance=dice.one(100_000, 100_000, 1_000) * MILLION,
            day_loss_fraction=dice.one(0.0, 0.0, 0.0004, 0.002),
            resume_by_command=int(dice.chance(0.3)),
            kill_failures=dice.one(0, 0, 2, 5),
            kill_window=300 * SECOND,
        )
        for _ in range(dice.one(1, 1, 2))
    ]
    lanes = [
        lane_drawn(
            dice,
            first,
            last,
            instruments,
            instrument=which,
            bot=10 * which + at,
            account=int(dice.draws.integers(len(accounts))),
            pocket=dice.one("a", "b"),
            group=dice.one("a", "b"),
        )
        for which in range(instruments)
        for at in range(dice.one(1, 2, 3))
    ]
    markets = [
        MarketPlan(
            symbol=f"M{which}",
            band_fraction=dice.one(0.0, 0.3),
            open_interest=dice.one(-1, 50, 500),
            volume=dice.one(-1, 50, 500),
            bid_units=dice.one(0, 5_000),
            ask_units=5_000,
            underlying=dice.one(-1, 0, instruments - 1),
            spread_ratio_max=dice.one(1.2, 2.0),
            widest=2,
            frame=dice.one(-1, 0, 0, 1),
            trend_adx=dice.one(20.0, 25.0),
            range_adx=15.0,
            volatile_ratio=dice.one(1.05, 2.0),
            dead_ratio=dice.one(0.4, 0.9),
        )
        for which in range(instruments)
    ]
    turns = sorted(
        {int(each) for each in dice.draws.integers(first // SECOND, last // SECOND, dice.one(0, 1, 3))}
    )
    commands = commands_drawn(dice) if dice.chance(0.5) else ()
    return World(
        lanes,
        markets,
        accounts,
        tuple(each * SECOND for each in turns),
        grid=dice.one(0, SECOND, 200_000_000),
        seed=seed,
        commands=tuple(sorted(commands, key=lambda each: each.place)),
    )


def bar_world_drawn(seed: int, first: int, last: int) -> World:
    """Draw a world whose bots are asked at each closed bar of one, five or fifteen minutes."""
    world = world_drawn(seed, first, last)
    world.grid, world.commands = 0, ()
    for at, lane in enumerate(world.lanes):
        lane.strategy, lane.params, lane.params_in = BAR_COIN, {"seed": at, "one_in": 1 + seed % 2}, {}
        lane.frame, lane.warm_up = (0, 0, 1, 2)[(seed + at) % 4], 3 * (seed % 2)
    return world
