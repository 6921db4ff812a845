"""What can be traded, and the rules of each: precision, sizes, margin, financing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from brokers.oanda.text import fixed, whole


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument's rules. Distances are in price units, sizes in units, rates in parts of one."""

    name: str
    pip_location: int
    display_precision: int
    type: str = "CURRENCY"
    units_precision: int = 0
    minimum_units: Decimal = Decimal(1)
    maximum_order_units: Decimal = Decimal(100_000_000)
    maximum_position_units: Decimal = Decimal(0)
    margin_rate: Decimal = Decimal("0.0333")
    trailing_pips_min: int = 5
    trailing_pips_max: int = 10_000
    long_rate: Decimal = Decimal("-0.0118")
    short_rate: Decimal = Decimal("0.0035")
    days_charged: tuple[int, ...] = (1, 1, 1, 1, 1, 0, 0)
    """Days of financing charged at the close of Monday to Sunday."""

    @property
    def base(self) -> str:
        return self.name.split("_")[0]

    @property
    def quote(self) -> str:
        return self.name.split("_")[1]

    @property
    def places(self) -> int:
        """Decimals of a number of steps times a number of points."""
        return self.display_precision + self.units_precision

    @property
    def pip_points(self) -> int:
        return int(10 ** (self.display_precision + self.pip_location))

    def points(self, price: Decimal) -> int:
        """Give a price in points; raise ValueError where it has too many decimals."""
        return whole(price, self.display_precision)

    def price(self, points: int) -> str:
        return fixed(points, self.display_precision)

    def steps(self, units: Decimal) -> int:
        """Give units in steps; raise ValueError where they have too many decimals."""
        return whole(units, self.units_precision)

    def units(self, steps: int) -> str:
        return fixed(steps, self.units_precision)

    def to_wire(self) -> dict[str, Any]:
        """Write the instrument as the list of instruments shows it."""
        pip = Decimal(1).scaleb(self.pip_location)
        days = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
        return {
            "name": self.name,
            "type": self.type,
            "displayName": self.name.replace("_", "/"),
            "pipLocation": self.pip_location,
            "displayPrecision": self.display_precision,
            "tradeUnitsPrecision": self.units_precision,
            "minimumTradeSize": str(self.minimum_units),
            "maximumTrailingStopDistance": self.price(self.points(pip * self.trailing_pips_max)),
            "minimumTrailingStopDistance": self.price(self.points(pip * self.trailing_pips_min)),
            "maximumPositionSize": str(self.maximum_position_units),
            "maximumOrderUnits": str(self.maximum_order_units),
            "marginRate": str(self.margin_rate),
            "guaranteedStopLossOrderMode": "DISABLED",
            "tags": [{"type": "ASSET_CLASS", "name": self.type}],
            "financing": {
                "longRate": str(self.long_rate),
                "shortRate": str(self.short_rate),
                "financingDaysOfWeek": [
                    {"dayOfWeek": day, "daysCharged": charged}
                    for day, charged in zip(days, self.days_charged, strict=True)
                ],
            },
        }


def _yen(name: str) -> Instrument:
    return Instrument(name, -2, 3, margin_rate=Decimal("0.04"), long_rate=Decimal("0.0081"))


INSTRUMENTS = tuple(
    sorted(
        [
            *(Instrument(f"{base}_USD", -4, 5) for base in ("AUD", "EUR", "GBP", "NZD")),
            *(Instrument(f"USD_{quote}", -4, 5) for quote in ("CAD", "CHF")),
            *(Instrument(f"EUR_{quote}", -4, 5) for quote in ("CHF", "GBP")),
            *(_yen(f"{base}_JPY") for base in ("AUD", "EUR", "GBP", "USD")),
            Instrument("XAU_USD", -2, 3, "METAL", margin_rate=Decimal("0.05"), trailing_pips_max=100_000),
            Instrument("XAG_USD", -4, 5, "METAL", margin_rate=Decimal("0.1")),
            Instrument(
                "SPX500_USD",
                0,
                1,
                "CFD",
                units_precision=1,
                minimum_units=Decimal("0.1"),
                margin_rate=Decimal("0.05"),
            ),
        ],
        key=lambda instrument: instrument.name,
    )
)
"""Made after the vendor's examples: the majors, some crosses, two metals and an index in tenths of a unit."""
