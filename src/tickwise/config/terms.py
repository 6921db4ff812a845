"""The settings of an instrument: what a venue does otherwise than the catalogue says."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from tickwise.config.setting import Section, setting


def _as_text(value: Any) -> Any:
    """Write a number as plain decimal text; anything else is left to the type's own check."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return format(Decimal(repr(value)), "f")


def _above_zero(text: str) -> str:
    if Decimal(text) == 0:
        raise ValueError("not above 0")
    return text


DecimalText: TypeAlias = Annotated[
    str, BeforeValidator(_as_text), Field(pattern=r"^\d{1,9}(\.\d{1,12})?$"), AfterValidator(_above_zero)
]
"""A decimal number above zero, kept as text so that it stays exact."""


def exact(default: None, says: str, unit: str = "") -> Any:
    """Declare an exact decimal number; without it the catalogue's stands."""
    return setting(default, says, unit, shown="the catalogue's", looser="fixed")


class InstrumentTerms(Section):
    """One table for each instrument, [instrument.XAU_USD]; one the catalogue lacks is described here."""

    tick: DecimalText | None = exact(None, "Smallest price increment.", "quote currency")
    pip: DecimalText | None = exact(None, "The pip as a price.", "quote currency")
    unit_step: DecimalText | None = exact(None, "Smallest change of a quantity.", "units")
    units_min: DecimalText | None = exact(None, "Smallest order.", "units")
    units_default: DecimalText | None = exact(None, "Quantity of a bot that names none.", "units")
    multiplier: int | None = setting(
        None,
        "What one unit is worth at a price of 1.",
        "",
        shown="the catalogue's",
        looser="fixed",
        ge=1,
        le=10**6,
    )
    base: str | None = setting(
        None, "What is bought.", "", shown="the catalogue's", looser="fixed", pattern="^[A-Z0-9.]{1,12}$"
    )
    quote: str | None = setting(
        None, "Currency of the price.", "", shown="the catalogue's", looser="fixed", pattern="^[A-Z]{3,5}$"
    )
    asset_class: Literal["fx", "metal", "crypto", "equity", "index", "option"] | None = setting(
        None, "Kind of instrument.", "", shown="the catalogue's", looser="fixed"
    )
    market: Literal["fx", "metals", "crypto", "us_equity"] | None = setting(
        None, "Whose opening hours it keeps.", "", shown="the catalogue's", looser="fixed"
    )
    margin_rate: float | None = setting(
        None,
        "Margin as a part of the position's value.",
        "fraction",
        shown="the catalogue's",
        looser="fixed",
        gt=0,
        le=1,
    )
