"""In which steps OANDA counts the prices and units of an instrument, and what else it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.exact import Malformed, nearest_steps, steps_of
from tickwise.venues.venue import InstrumentTerms

DECIMALS_MAX = 12


class Scale(NamedTuple):
    """Decimals of an instrument's prices and units: ticks and unit steps are counted by them."""

    price: int
    units: int


Scales = Mapping[str, Scale]
"""By instrument: every one that the account may trade, ours or not."""


def scale_of(said: wire.InstrumentOfAccount) -> Scale:
    """Read the steps of an instrument."""
    scale = Scale(said.display_precision, said.trade_units_precision)
    if not all(0 <= decimals <= DECIMALS_MAX for decimals in scale):
        raise Malformed(f"decimals {scale.price} of prices, {scale.units} of units", said.name)
    return scale


def scale_named(scales: Scales, instrument: str | None, where: str) -> Scale:
    """Find an instrument's steps; Malformed where the venue's own list lacks the instrument."""
    scale = scales.get(instrument or "")
    if scale is None:
        raise Malformed(f"instrument {instrument!r} is not in the account's list", where)
    return scale


def terms_of(said: wire.InstrumentOfAccount) -> InstrumentTerms:
    """Say what the venue says of an instrument in our words."""
    scale = scale_of(said)
    return InstrumentTerms(
        symbol=said.name,
        tick=_step(-scale.price),
        pip=_step(said.pip_location),
        unit_step=_step(-scale.units),
        units_min=steps_of(said.minimum_trade_size, scale.units, f"{said.name} minimumTradeSize"),
        units_max=nearest_steps(said.maximum_order_units, scale.units, f"{said.name} maximumOrderUnits"),
        margin_rate=f"{Decimal(said.margin_rate)}",
    )


def _step(exponent: int) -> str:
    """Write a power of ten as text: -5 is 0.00001."""
    return f"{Decimal(1).scaleb(exponent):f}"
