"""What a file's name says about its instrument, and what the market's custom says about its prices."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

CURRENCIES = frozenset(
    {"AUD", "BRL", "CAD", "CHF", "CNH", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY"}
    | {"KRW", "MXN", "NOK", "NZD", "PLN", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "ZAR"}
)
METALS = frozenset({"XAG", "XAU", "XPD", "XPT"})
COINS = frozenset({"ADA", "BCH", "BNB", "BTC", "DOGE", "DOT", "ETH", "LTC", "SOL", "XRP"})
COIN_QUOTES = frozenset({"BUSD", "PERP", "USDC", "USDT"})
QUOTED_IN_HUNDREDTHS = frozenset({"HUF", "JPY", "THB"})
"""Currencies of which one unit is worth about a cent: their pairs have a pip of 0.01."""

_KNOWN = CURRENCIES | METALS | COINS | COIN_QUOTES


class Increments(NamedTuple):
    """The smallest price increment of an instrument and its pip, decimal numbers as text."""

    tick: str
    pip: str


def symbol_of(name: str) -> str:
    """Guess the instrument a file is about from its name: `eurusd_2019` and `EUR-USD` are EUR_USD.

    The first pair of known currencies, metals or coins; else the first word in capitals.
    """
    words = [word.upper() for word in re.findall(r"[A-Za-z]+", name)]
    for word in words:
        for at in range(3, len(word) - 2):
            if word[:at] in _KNOWN and word[at:] in _KNOWN:
                return f"{word[:at]}_{word[at:]}"
    for base, quoted in pairwise(words):
        if base in _KNOWN and quoted in _KNOWN:
            return f"{base}_{quoted}"
    first = re.search(r"[A-Za-z0-9]+", name)
    return first[0].upper() if first else name


def increments_of(symbol: str) -> Increments | None:
    """Give the tick and the pip by custom; None where there is none.

    Spot currencies, metals and coins as OANDA counts them (`displayPrecision` and `pipLocation` of its
    instruments; coins in cents, which every venue's prices of bitcoin and ether fall on).
    """
    base, _, quoted = symbol.partition("_")
    if base in METALS and quoted in CURRENCIES:
        return Increments("0.00001", "0.0001") if base == "XAG" else Increments("0.001", "0.01")
    if base in CURRENCIES and quoted in CURRENCIES:
        if quoted in QUOTED_IN_HUNDREDTHS:
            return Increments("0.001", "0.01")
        return Increments("0.00001", "0.0001")
    if base in ("BTC", "ETH") and quoted in CURRENCIES | {"BUSD", "USDC", "USDT"}:
        return Increments("0.01", "1")
    return None
