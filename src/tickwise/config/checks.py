"""What settings say against each other, found before anything runs; both are named."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.exits import Exits
from tickwise.config.gates import Gates
from tickwise.config.records import unit_limits
from tickwise.config.scale import exactly
from tickwise.config.setting import written
from tickwise.config.sizing import Sizing
from tickwise.core.instrument import Instrument

CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EITHER = "raise the one or lower the other"


def contradictions(bot: BotConfig, instruments: tuple[Instrument, ...]) -> Iterator[str]:
    """Give, in a fixed order, each thing about a bot that cannot be meant."""
    for state in (None, *bot.states):
        under = f"in states.{state}: " if state else ""
        _, gates, exits, sizing = bot.in_state(state)
        for instrument in instruments:
            yield from (under + each for each in _of_sizing(sizing, gates, instrument))
        yield from (under + each for each in (*_of_gates(gates), *_of_exits(exits)))
    yield from _of_states(bot)
    yield from _of_market(bot)
    yield from _of_calendar(bot)


class Quantity(NamedTuple):
    """A setting in unit steps, and as it is shown."""

    name: str
    steps: int
    shown: str


def _of_sizing(sizing: Sizing, gates: Gates, instrument: Instrument) -> Iterator[str]:
    units = unit_limits(sizing, instrument)
    least = _quantity("sizing.units_min", sizing.units_min, units.least, instrument)
    fixed = _quantity("sizing.units_fixed", sizing.units_fixed or None, units.fixed, instrument)
    most = _quantity("sizing.units_max", sizing.units_max, units.most, instrument)
    cap_steps = int(exactly(gates.units_cap) // Decimal(instrument.unit_step))
    cap = _quantity("gates.units_cap", gates.units_cap, cap_steps, instrument)
    for low, high in ((least, most), (least, fixed), (fixed, most), (least, cap)):
        if 0 < high.steps < low.steps:
            yield f"{high.name} = {high.shown} is below {low.name} = {low.shown}: {EITHER}"
    for each in (most, fixed):
        if int(each.steps * sizing.ramp) < least.steps <= each.steps:
            yield (
                f"sizing.ramp = {sizing.ramp:g} leaves of {each.name} = {each.shown} fewer than "
                f"{least.name} = {least.shown}: every order would be denied"
            )


def _quantity(name: str, said: float | None, steps: int, instrument: Instrument) -> Quantity:
    """Show a number of units, and that nobody said it where that is so."""
    if said is not None:
        return Quantity(name, steps, written(said).removesuffix(".0"))
    units = float(steps * Decimal(instrument.unit_step))
    return Quantity(name, steps, f"{written(units).removesuffix('.0')} (the default for {instrument.symbol})")


def _of_gates(gates: Gates) -> Iterator[str]:
    for low, high in (("interval_s_min", "interval_s_max"), ("back_off_s", "back_off_s_max")):
        least, most = getattr(gates, low), getattr(gates, high)
        if least > most:
            yield f"gates.{high} = {written(most)} is below gates.{low} = {written(least)}: {EITHER}"
    if gates.group_fraction_max > 0 and not gates.group:
        limit = written(gates.group_fraction_max)
        yield f"gates.group_fraction_max = {limit} is nothing without gates.group: set both"


def _of_exits(exits: Exits) -> Iterator[str]:
    shown = {f"exits.{name}": written(value) for name, value in exits.model_dump().items()}
    for name in ("target", "stop"):
        if getattr(exits, f"{name}_pips") > 0 and getattr(exits, f"{name}_fraction") > 0:
            yield (
                f"exits.{name}_pips = {shown[f'exits.{name}_pips']} and exits.{name}_fraction = "
                f"{shown[f'exits.{name}_fraction']} both set the {name}: leave one at 0"
            )
    if 0 < exits.stop_pips <= exits.soft_stop_pips:
        yield (
            f"exits.soft_stop_pips = {shown['exits.soft_stop_pips']} is not below exits.stop_pips = "
            f"{shown['exits.stop_pips']}: it could never act"
        )
    if exits.break_even_offset_pips >= exits.break_even_trigger_pips > 0:
        yield (
            f"exits.break_even_offset_pips = {shown['exits.break_even_offset_pips']} is not below "
            f"exits.break_even_trigger_pips = {shown['exits.break_even_trigger_pips']}: "
            "the stop would stand at the price"
        )
    for name, needed in (
        ("trail_start_pips", "trail_pips"),
        ("trail_step_pips", "trail_pips"),
        ("break_even_offset_pips", "break_even_trigger_pips"),
    ):
        if getattr(exits, name) > 0 and getattr(exits, needed) == 0:
            yield f"exits.{name} = {shown[f'exits.{name}']} is nothing without exits.{needed}: set both"


def _of_states(bot: BotConfig) -> Iterator[str]:
    off = "with market.classifier_frame off it"
    if bot.market.classifier_frame != "off":
        return
    if "unknown" not in bot.gates.states:
        yield f"gates.states leaves out unknown, and {off} is the only state there is"
    for state in bot.states:
        yield f"states.{state} is set, and {off} never comes"


def _of_market(bot: BotConfig) -> Iterator[str]:
    for low, high in (("range_adx", "trend_adx"), ("dead_ratio", "volatile_ratio")):
        least, most = getattr(bot.market, f"classifier_{low}"), getattr(bot.market, f"classifier_{high}")
        if least > most:
            yield (
                f"market.classifier_{high} = {written(most)} is below "
                f"market.classifier_{low} = {written(least)}: {EITHER}"
            )


def _of_calendar(bot: BotConfig) -> Iterator[str]:
    calendar = bot.calendar
    for name in calendar.sessions:
        if name in calendar.sessions_disabled:
            yield f"calendar.sessions and calendar.sessions_disabled both name {name}: leave it in one"
    for line in calendar.quiet_windows:
        if not _is_window(line):
            yield (
                f"calendar.quiet_windows: {written(line)} is not a daily window: write it as "
                f'"03:00-05:30 Asia/Tokyo", with weekdays after it if not every day ({" ".join(WEEKDAYS)})'
            )
    clock, _, zone = calendar.day_roll.partition(" ")
    if not (CLOCK.fullmatch(clock) and _is_zone(zone)):
        yield (
            f"calendar.day_roll = {written(calendar.day_roll)} is not a time of day: "
            'write it as "17:00 America/New_York"'
        )


def _is_window(line: str) -> bool:
    """Tell whether a line is a daily window: two times, a zone, and weekdays if not all."""
    hours, zone, *days = [*line.split(), "", ""]
    start, _, end = hours.partition("-")
    ends = end == "24:00" or CLOCK.fullmatch(end) is not None
    named = all(day.lower() in WEEKDAYS for day in days if day)
    return CLOCK.fullmatch(start) is not None and ends and start != end and named and _is_zone(zone)


def _is_zone(name: str) -> bool:
    """Tell whether a zone is in the IANA database."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
