"""The market of the demo: two synthetic instruments before New York opens, and their news."""

from __future__ import annotations

from dataclasses import dataclass

from tickwise.core.types import DAY, MINUTE, SECOND
from tickwise.errors import ConfigError
from tickwise.market_data.calendars import NewsItem
from tickwise.market_data.chunks import joined
from tickwise.market_data.synth import synthesise, synthetic_news, tape_instruments
from tickwise.market_data.tape import QuoteTape, tape_of

INSTRUMENTS = ("EUR_USD", "XAU_USD")

BEGIN_TS = 1_763_038_680_000_000_000
"""Thursday 2025-11-13, 07:58 in New York, two minutes before its desks open; nanoseconds UTC.

London is at work, an item of high impact comes after 17 and another after 32 minutes, the rollover after nine
hours.
"""

HISTORY_NS = 150 * int(MINUTE)
"""What the bots see before the demo begins: a hundred minutes fill the slowest average, the rest its tail."""

USUAL_S = 33 * 3600.0
"""How much of the market is made unless more is asked for, in seconds: to the close of the week on Friday."""

LONGEST_S = 7 * 86_400.0


@dataclass(frozen=True)
class DemoMarket:
    """A tape of quotes, the news that moves it, and the time at which the demo begins, nanoseconds UTC."""

    seed: int
    tape: QuoteTape
    news: tuple[NewsItem, ...]
    begin_ts: int


def market_of(seed: int, until_s: float | None) -> DemoMarket:
    """Make the market of a seed, long enough for `until_s` seconds of it.

    Raises ConfigError where the seed is negative or the time is not between zero and a week.
    """
    if until_s is not None and not 0 < until_s <= LONGEST_S:
        raise ConfigError(
            f"the demo until {until_s:g} s of its market: give more than zero and at most seven days"
        )
    if seed < 0:
        raise ConfigError(f"the seed {seed} of the demo is negative: give 0 or more")
    since_ts = BEGIN_TS - HISTORY_NS
    until_ts = BEGIN_TS + int(max(USUAL_S, until_s or 0.0)) * int(SECOND)
    news = synthetic_news(since_ts - int(DAY), until_ts + int(DAY), seed)
    quotes = joined(synthesise(INSTRUMENTS, since_ts, until_ts, seed, news=news))
    tape = tape_of(quotes, tape_instruments(INSTRUMENTS), source=f"synthetic market, seed {seed}")
    return DemoMarket(seed, tape, news, BEGIN_TS)
