"""What an account is worth at the last prices, and how much of that its positions bind."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from brokers.oanda.text import ZERO, money
from brokers.oanda.truth.account import Account, State
from brokers.oanda.truth.records import Trade

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker


@dataclass(frozen=True, slots=True)
class Worth:
    """An account at the last prices, in its own currency."""

    unrealized: Decimal
    nav: Decimal
    margin_used: Decimal
    position_value: Decimal

    @property
    def margin_available(self) -> Decimal:
        return max(ZERO, self.nav - self.margin_used)

    def call_fraction(self) -> Decimal:
        """Give the margin as a part of the net asset value; from one on it is called."""
        if self.nav <= 0:
            return Decimal(10 if self.margin_used else 0)
        return (self.margin_used / self.nav).quantize(Decimal("0.00001"))

    def closeout_fraction(self, share: Decimal) -> Decimal:
        """Give the part of the closeout level that is used; from one on everything is closed."""
        return (self.call_fraction() * share).quantize(Decimal("0.00001"))


def profit(broker: Broker, account: Account, trade: Trade, exit_price: int, units: int) -> Decimal:
    """Give what closing signed units of a trade at a price brings, in the account's currency."""
    instrument = broker.instruments[trade.instrument]
    quoted = Decimal((exit_price - trade.price) * units).scaleb(-instrument.places)
    factor = broker.prices.factor(instrument.quote, account.currency, gain=quoted >= 0)
    return money(quoted * factor)


def unrealized(broker: Broker, account: Account, trade: Trade) -> Decimal:
    """Give what a trade would bring if it were closed at the best price."""
    quote = broker.prices.quotes[trade.instrument]
    return profit(broker, account, trade, quote.side(-trade.side), trade.units)


def value(broker: Broker, account: Account, instrument_name: str, steps: int) -> Decimal:
    """Give the value of steps of an instrument at the middle price, in the account's currency."""
    instrument = broker.instruments[instrument_name]
    quote = broker.prices.quotes[instrument_name]
    quoted = Decimal(abs(steps) * (quote.bid + quote.ask)).scaleb(-instrument.places) / 2
    return money(quoted * broker.prices.middle(instrument.quote, account.currency))


def margin_rate(broker: Broker, state: State, instrument_name: str) -> Decimal:
    """Give the larger of the account's and the instrument's rate."""
    return max(state.margin_rate, broker.instruments[instrument_name].margin_rate)


def margin_of(broker: Broker, account: Account, state: State, instrument: str, steps: int) -> Decimal:
    """Give the margin that steps of an instrument bind."""
    rate = margin_rate(broker, state, instrument)
    return money(value(broker, account, instrument, steps) * rate)


def binding_steps(account: Account, trades: list[Trade]) -> dict[str, int]:
    """Give the steps of each instrument that bind margin: of both sides held, the larger."""
    sides: dict[str, list[int]] = {}
    for trade in trades:
        held = sides.setdefault(trade.instrument, [0, 0])
        held[trade.side > 0] += abs(trade.units)
    return {instrument: max(held) for instrument, held in sides.items()}


def worth(broker: Broker, account: Account, state: State | None = None) -> Worth:
    """Value an account at the last prices."""
    state = state or account.state
    trades = list(state.open.values())
    floating = sum((unrealized(broker, account, trade) for trade in trades), ZERO)
    bound = binding_steps(account, trades)
    used = sum((margin_of(broker, account, state, name, steps) for name, steps in bound.items()), ZERO)
    held = sum((value(broker, account, name, steps) for name, steps in bound.items()), ZERO)
    return Worth(floating, state.balance + floating, used, held)


def nearly_called(broker: Broker, account: Account) -> bool:
    """Tell by quick arithmetic whether the exact one is worth its time: it runs on every price."""
    state = account.state
    floating = used = 0.0
    for trade in state.open.values():
        instrument = broker.instruments[trade.instrument]
        quote = broker.prices.quotes[trade.instrument]
        factor = broker.prices.rough(instrument.quote, account.currency) * 10.0**-instrument.places
        rate = factor * float(margin_rate(broker, state, trade.instrument))
        units = trade.units
        if units > 0:
            floating += (quote.bid - trade.price) * units * factor
            used += units * quote.ask * rate
        else:
            floating += (quote.ask - trade.price) * units * factor
            used -= units * quote.ask * rate
    return used >= 0.95 * (float(state.balance) + floating)
