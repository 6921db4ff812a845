"""What a contract is worth at a moment: its implied volatility from a price, or a price from a volatility."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from tickwise.core.options.black import black_scholes
from tickwise.core.options.greeks import Greeks, black_scholes_greeks
from tickwise.core.options.implied import IMPLIED, REFUSALS, black_scholes_implied
from tickwise.errors import DataError
from tickwise.market_data.options.contract import OptionContract


class Conditions(NamedTuple):
    """What a price depends on beside the contract and its volatility."""

    ts: int
    """The moment, nanoseconds since 1970 UTC."""
    underlying_price: float
    rate: float = 0.0
    """Yearly interest, continuously compounded, as a fraction: 0.05 is 5 %."""
    dividend: float = 0.0
    """Yearly dividend yield, the same way."""


class Worth(NamedTuple):
    """A contract's price, volatility and greeks, for one unit of the underlying."""

    contract: OptionContract
    conditions: Conditions
    years: float
    price: float
    intrinsic: float
    """What exercise now would bring."""
    volatility: float | None
    """None where the price implies none; `refusal` says why."""
    greeks: Greeks | None
    refusal: str


def worth_at_price(contract: OptionContract, conditions: Conditions, price: float) -> Worth:
    """Find what a price implies. Raises DataError where a number cannot be meant or the contract is over."""
    years = _checked(contract, conditions, price, "price")
    spot, strike = float(conditions.underlying_price), contract.strike_thousandths / 1000
    rate, dividend = float(conditions.rate), float(conditions.dividend)
    found = black_scholes_implied(contract.right, float(price), spot, strike, years, rate, dividend)
    intrinsic = max(contract.right * (spot - strike), 0.0)
    if found.refusal != IMPLIED:
        said = REFUSALS[found.refusal]
        return Worth(contract, conditions, years, float(price), intrinsic, None, None, said)
    greeks = black_scholes_greeks(contract.right, spot, strike, years, rate, dividend, found.volatility)
    return Worth(contract, conditions, years, float(price), intrinsic, found.volatility, greeks, "")


def worth_at_volatility(contract: OptionContract, conditions: Conditions, volatility: float) -> Worth:
    """Price a contract at a volatility (0.2 is 20 %). Raises DataError as `worth_at_price` does."""
    years = _checked(contract, conditions, volatility, "volatility")
    spot, strike = float(conditions.underlying_price), contract.strike_thousandths / 1000
    terms = (contract.right, spot, strike, years, float(conditions.rate), float(conditions.dividend))
    intrinsic = max(contract.right * (spot - strike), 0.0)
    price = black_scholes(*terms, float(volatility))
    greeks = black_scholes_greeks(*terms, float(volatility))
    return Worth(contract, conditions, years, price, intrinsic, float(volatility), greeks, "")


def _checked(contract: OptionContract, conditions: Conditions, given: float, name: str) -> float:
    """Give the years that are left; raise DataError where something cannot be meant."""
    shown = contract.symbol.compact
    for what, number in ((name, given), ("price of the underlying", conditions.underlying_price)):
        if not (isfinite(number) and number > 0):
            raise DataError(f"{shown}: the {what} is {number:g}: give a positive number")
    for what, number in (("rate", conditions.rate), ("dividend yield", conditions.dividend)):
        if not -1.0 < number < 1.0:
            raise DataError(f"{shown}: the {what} is {number:g}: give a fraction, 0.05 for 5 %")
    years = contract.years_left(conditions.ts)
    if years <= 0.0:
        raise DataError(f"{shown}: it expired on {contract.expiry}: give an earlier moment")
    return years
