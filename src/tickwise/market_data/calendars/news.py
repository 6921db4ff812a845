"""Scheduled news: the minutes to stay out of around it, and how far a calendar can be trusted.

A calendar knows the weeks (Sunday 00:00 to Sunday 00:00 UTC, as the weekly files are cut) from its
first item's to its last item's. Outside them nothing is known, and what is not known is blocked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.clock_changes import DAY_NS, MINUTE_NS, clock_changes_between
from tickwise.market_data.calendars.intervals import FAR_FUTURE, FAR_PAST, Intervals
from tickwise.market_data.calendars.local_time import LONDON, NEW_YORK, SYDNEY, TOKYO
from tickwise.market_data.calendars.names import unknown_name

IMPACTS = ("high", "medium", "low", "holiday", "none")
"""How much a published item is expected to move prices; a holiday is a bank holiday of a currency."""

CATEGORIES = ("macro", "crypto")
"""Macro items touch their currency; crypto items touch every instrument that asks for crypto."""

EVERY_CURRENCY = "ALL"
"""The currency of an item that concerns all of them, like a meeting of OPEC."""

CRYPTO_CURRENCIES = frozenset(
    {"ADA", "BCH", "BNB", "BTC", "DOGE", "DOT", "ETH", "LTC", "SOL", "TRX", "USDC", "USDT", "XBT", "XRP"}
)
"""Codes that make an item's category crypto, whatever its title says."""

_CRYPTO_TITLE = re.compile(
    r"\b(bitcoin|btc|ethereum|ether|crypto\w*|stablecoins?|altcoins?|blockchain|halving|defi"
    r"|coinbase|binance|tether|digital assets?)\b",
    re.IGNORECASE,
)

HOME_ZONES: Mapping[str, str] = MappingProxyType(
    {
        "AUD": SYDNEY,
        "CAD": "America/Toronto",
        "CHF": "Europe/Zurich",
        "CNY": "Asia/Shanghai",
        "EUR": "Europe/Berlin",
        "GBP": LONDON,
        "HKD": "Asia/Hong_Kong",
        "JPY": TOKYO,
        "MXN": "America/Mexico_City",
        "NOK": "Europe/Oslo",
        "NZD": "Pacific/Auckland",
        "SEK": "Europe/Stockholm",
        "SGD": "Asia/Singapore",
        "USD": NEW_YORK,
        "ZAR": "Africa/Johannesburg",
    }
)
"""The clock by which a currency's bank holiday begins and ends; others go by UTC."""


class NewsItem(NamedTuple):
    """One scheduled item: nanoseconds UTC, currency code, impact and category from the lists here."""

    ts: int
    currency: str
    impact: str
    title: str
    category: str


def category_of(currency: str, title: str) -> str:
    """Sort an item into crypto or macro by its currency and the words of its title."""
    return "crypto" if currency in CRYPTO_CURRENCIES or _speaks_of_crypto(title) else "macro"


@lru_cache(maxsize=65_536)
def _speaks_of_crypto(title: str) -> bool:
    return _CRYPTO_TITLE.search(title) is not None


def categories_touching(currencies: Collection[str]) -> tuple[str, ...]:
    """Give the categories that matter to an instrument of these currencies: macro, and crypto for a coin."""
    return CATEGORIES if any(currency in CRYPTO_CURRENCIES for currency in currencies) else ("macro",)


def news_windows(
    items: Iterable[NewsItem],
    currencies: Collection[str] | None,
    impacts: Collection[str] = ("high",),
    before_min: int = 30,
    after_min: int = 30,
    categories: Collection[str] = CATEGORIES,
) -> Intervals:
    """Give the blocked minutes around the items that match: from before_min before to after_min after.

    None as currencies means every currency. An item of every currency matches any, and a crypto
    item matches whenever its category is asked for. Raises ConfigError for an unknown impact or
    category and for a negative number of minutes.
    """
    _check_windows(impacts, categories, before_min, after_min)
    wanted = None if currencies is None else {EVERY_CURRENCY, *currencies}
    at = np.array(
        [
            item.ts
            for item in items
            if item.impact in impacts
            and item.category in categories
            and (wanted is None or item.currency in wanted or item.category == "crypto")
        ],
        dtype=np.int64,
    )
    return Intervals.of(at - before_min * MINUTE_NS, at + after_min * MINUTE_NS)


def _check_windows(
    impacts: Collection[str], categories: Collection[str], before_min: int, after_min: int
) -> None:
    for impact in impacts:
        if impact not in IMPACTS:
            raise unknown_name("news impact", impact, IMPACTS)
    for category in categories:
        if category not in CATEGORIES:
            raise unknown_name("news category", category, CATEGORIES)
    if before_min < 0 or after_min < 0:
        raise ConfigError(
            f"a news window of {before_min} minutes before and {after_min} after: use zero or more"
        )


def week_end(ts: int) -> int:
    """Give the Sunday 00:00 UTC that ends the week (from Sunday) of an instant, in nanoseconds UTC."""
    day = ts // DAY_NS
    return (day - (day + 4) % 7 + 7) * DAY_NS  # day 0, 1970-01-01, is four days after its Sunday


def known_span(items: Sequence[NewsItem]) -> tuple[int, int]:
    """Give the [start, end) of the weeks a calendar knows, nanoseconds UTC; (0, 0) when it is empty."""
    if not items:
        return FAR_PAST, FAR_PAST
    first, last = min(item.ts for item in items), max(item.ts for item in items)
    return max(FAR_PAST, week_end(first) - 7 * DAY_NS), week_end(last)


def valid_until(items: Sequence[NewsItem]) -> int:
    """Give the instant from which a calendar is stale: the end of its last item's week, nanoseconds UTC."""
    return known_span(items)[1]


def news_unknown(items: Sequence[NewsItem]) -> Intervals:
    """Give the time a calendar says nothing about: before its first week, and from `valid_until` on.

    The last span has no end (FAR_FUTURE): a stale calendar fails closed until a fresh one is read.
    """
    start, end = known_span(items)
    return Intervals.of([FAR_PAST, end], [start, FAR_FUTURE])


def currency_holidays(items: Iterable[NewsItem], currencies: Collection[str]) -> Intervals:
    """Give the bank holidays of these currencies: whole local days of the items of impact holiday.

    The day is the date of the item on the currency's home clock. An item stamped 00:00 UTC is a
    date without a time, as some calendars print all-day items, and means that date.
    """
    by_currency: dict[str, list[int]] = {}
    for item in items:
        if item.impact == "holiday" and item.currency in currencies:
            by_currency.setdefault(item.currency, []).append(item.ts)
    days = [_local_days(HOME_ZONES.get(currency, "UTC"), at) for currency, at in by_currency.items()]
    return Intervals.none().union(*days)


def _local_days(zone: str, at: list[int]) -> Intervals:
    instants = np.array(at, dtype=np.int64)
    clock = clock_changes_between(zone, min(at), max(at))
    wall = np.where(instants % DAY_NS == 0, instants, clock.local(instants))
    midnights = wall // DAY_NS * DAY_NS
    return Intervals.of(clock.earliest_utc(midnights), clock.latest_utc(midnights + DAY_NS))
