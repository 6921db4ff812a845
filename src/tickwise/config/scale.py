"""From what a person writes to what the core counts: ticks, nanoseconds, millionths.

Rounding never widens a limit: a maximum is rounded down, a minimum and a cost up, a distance to the nearest
tick (halves away from the entry). All of it is decimal arithmetic on the numbers as they were written. A
setting that is on and would round to zero, which the core reads as off, is an error.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from tickwise.config.setting import NANOS_PER_S, written
from tickwise.core.instrument import Instrument
from tickwise.errors import ConfigError

NANOS_PER_MS = NANOS_PER_S // 1000
MILLION = 1_000_000


def exactly(value: float) -> Decimal:
    """Give the decimal number that a person wrote for a float: 0.35, and not the binary number next to it."""
    return Decimal(repr(value))


def millionths(money: float, rounding: str = ROUND_HALF_UP) -> int:
    """Give money in millionths."""
    return int((exactly(money) * MILLION).to_integral_value(rounding))


def nanos_of_s(seconds: float) -> int:
    """Give seconds in nanoseconds, rounded down."""
    return int(exactly(seconds) * NANOS_PER_S)


def nanos_of_ms(milliseconds: float) -> int:
    """Give milliseconds in nanoseconds, rounded down."""
    return int(exactly(milliseconds) * NANOS_PER_MS)


class Scale(NamedTuple):
    """Turns pips and units of one section into ticks and steps of one instrument."""

    instrument: Instrument
    section: str

    def limit(self, pips: float) -> int:
        """Round a maximum in pips down to ticks."""
        return self._ticks(pips, ROUND_FLOOR)

    def cost(self, pips: float) -> int:
        """Round a cost or a minimum in pips up to ticks."""
        return self._ticks(pips, ROUND_CEILING)

    def distance(self, name: str, pips: float) -> int:
        """Round a distance in pips to the nearest tick; one that is on must not vanish."""
        return self._kept(name, pips, self._ticks(pips, ROUND_HALF_UP))

    def bound(self, name: str, pips: float) -> int:
        """Round a maximum for which zero means off down to ticks; one that is on must not vanish."""
        return self._kept(name, pips, self._ticks(pips, ROUND_FLOOR))

    def steps(self, name: str, units: float, rounding: str) -> int:
        """Turn units into whole unit steps; a quantity that is on must not vanish."""
        counted = (exactly(units) / Decimal(self.instrument.unit_step)).to_integral_value(rounding)
        if units > 0 and counted == 0:
            raise ConfigError(
                f"{self.section}.{name} = {written(units)}: below the unit step of "
                f"{self.instrument.symbol}, {self.instrument.unit_step}"
            )
        return int(counted)

    def _ticks(self, pips: float, rounding: str) -> int:
        return int((exactly(pips) * self.instrument.pip_ticks).to_integral_value(rounding))

    def _kept(self, name: str, pips: float, ticks: int) -> int:
        if pips > 0 and ticks == 0:
            raise ConfigError(
                f"{self.section}.{name} = {written(pips)}: less than a tick of {self.instrument.symbol}, "
                f"which is {1 / self.instrument.pip_ticks:g} pips"
            )
        return ticks
