"""What a gate read and allows, in human units: `spread 0.6 pips above 0.35`.

A refusal is told by a function named in `REFUSALS`; a gate that is not there, in the words of the table of
outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tickwise.core.types import MILLION, MINUTE, STATES
from tickwise.demo.terms import Terms, lasting, until
from tickwise.market_data.calendars import NewsItem
from tickwise.session.session import GateReading

MILLISECOND = 1_000_000
"""Nanoseconds."""

SAYING = Callable[[GateReading, Terms, int], str]
"""Tells one gate's refusal: its reading, the lane's terms, the time in nanoseconds UTC."""


def refusal(reading: GateReading, terms: Terms, ts: int) -> str:
    """Say why a gate refuses, with what it read and what it allows; without numbers where it read none."""
    if reading.allows:
        return reading.says
    return REFUSALS.get(reading.name, _in_words)(reading, terms, ts)


def _in_words(reading: GateReading, terms: Terms, ts: int) -> str:
    return reading.says


def _shut(what: str) -> SAYING:
    def say(reading: GateReading, terms: Terms, ts: int) -> str:
        return what if reading.until is None else f"{what} until {until(reading.until, ts)}"

    return say


def _news(reading: GateReading, terms: Terms, ts: int) -> str:
    item = news_at(terms, ts)
    return _shut(f"news of {item.currency} {item.title}" if item else "news")(reading, terms, ts)


def _spread(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"spread {terms.pips(reading.value)} pips above {terms.bot.gates.spread_pips_max:g}"


def _spread_monitor(reading: GateReading, terms: Terms, ts: int) -> str:
    if reading.limit < 0:
        return "spread not known long enough to call it usual"
    ratio = terms.bot.market.spread_monitor_ratio_max
    limit = f"{terms.pips(reading.limit)}, {ratio:g} times its mean"
    return f"spread {terms.pips(reading.value)} pips above {limit}"


def _age(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"quote {reading.value / MILLISECOND:,.0f} ms old, {reading.limit / MILLISECOND:,.0f} at most"


def _count(what: str) -> SAYING:
    def say(reading: GateReading, terms: Terms, ts: int) -> str:
        return f"{reading.value:,.0f} {what}, {reading.limit:,.0f} at most"

    return say


def _money(what: str) -> SAYING:
    def say(reading: GateReading, terms: Terms, ts: int) -> str:
        return f"{what} {terms.money(reading.value)}, {terms.money(reading.limit)} at most"

    return say


def _too_soon(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"last entry {lasting(int(reading.value))} ago, {lasting(int(reading.limit))} at least"


def _rest(what: str) -> SAYING:
    def say(reading: GateReading, terms: Terms, ts: int) -> str:
        return f"{what}: rests {lasting(int(reading.value))} more"

    return say


def _unknown(reading: GateReading, terms: Terms, ts: int) -> str:
    orders = "an order" if reading.value == 1 else f"{reading.value:,.0f} orders"
    return f"nobody knows yet what became of {orders}"


def _balance(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"balance {terms.money(reading.value)}, {terms.money(reading.limit)} at least"


def _price_band(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"price {reading.value:.2%} from its mean of five minutes, {reading.limit:.2%} at most"


def _spread_fraction(reading: GateReading, terms: Terms, ts: int) -> str:
    value, limit = reading.value / int(MILLION), reading.limit / int(MILLION)
    return f"spread {value:.4%} of the price above {limit:.4%}"


def _state(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"market {STATES[int(reading.value)]}, trades in {', '.join(terms.bot.gates.states)}"


def _warming_up(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"still warming up, needs {reading.limit:,.0f} quotes or bars"


def _score(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"score {reading.value:.2f} below {reading.limit:g}"


def _cost(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"the target leaves {reading.value:.1f} times its cost, {reading.limit:g} at least"


def _size(reading: GateReading, terms: Terms, ts: int) -> str:
    return f"sizing allows {reading.value:,.0f} units, {reading.limit:,.0f} at least"


REFUSALS: Mapping[str, SAYING] = MappingProxyType(
    {
        "session": _shut("outside its trading session"),
        "time_of_day": _shut("quiet window of the day"),
        "rollover": _shut("rollover of the day"),
        "holiday": _shut("market closed"),
        "quote_age": _age,
        "underlying_age": _age,
        "spread_pips": _spread,
        "spread_fraction": _spread_fraction,
        "spread_monitor": _spread_monitor,
        "news": _news,
        "open_bot": _count("open of this bot"),
        "open_instrument": _count("open in this instrument"),
        "open_pocket": _count("open in this pocket"),
        "open_account": _count("open in this account"),
        "open_house": _count("open in all accounts"),
        "correlation": _money("in instruments that move together"),
        "spacing": _too_soon,
        "per_minute": _count("entries in a minute"),
        "per_hour": _count("entries in this hour"),
        "per_day": _count("entries in this day"),
        "cool_down": _rest("a trade lost"),
        "back_off": _rest("an order failed"),
        "breaker": _rest("orders failed in a row"),
        "unknown_order": _unknown,
        "adaptive_interval": _too_soon,
        "units_cap": _count("units in the order"),
        "value_cap": _money("order worth"),
        "price_band": _price_band,
        "repeat": _count("entries without a person's word"),
        "day_loss": _money("the day could cost"),
        "pocket_loss": _money("the pocket could lose"),
        "balance": _balance,
        "margin": _money("margin"),
        "market_state": _state,
        "warming_up": _warming_up,
        "score": _score,
        "cost": _cost,
        "denied_size": _size,
    }
)
"""How each gate's refusal is told."""


def news_at(terms: Terms, ts: int) -> NewsItem | None:
    """Find the item whose window holds this moment, the nearest where there are several."""
    rule = terms.bot.calendar
    before, after = rule.news_before_min * int(MINUTE), rule.news_after_min * int(MINUTE)
    currencies = rule.news_currencies or (terms.instrument.base, terms.instrument.quote)
    found = [
        item
        for item in terms.news
        if item.impact in rule.news_impacts
        and item.currency in currencies
        and item.ts - before <= ts <= item.ts + after
    ]
    return min(found, key=lambda item: abs(item.ts - ts), default=None)
