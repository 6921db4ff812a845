"""The synthetic market: a seeded stand-in for real quotes, for the demo, for tests and for trying things out.

It has what a scalper must survive: sessions by the clocks of Tokyo, London and New York, the wide and thin
minutes around 17:00 in New York, news with jumps and spreads that blow out, volatility that clusters,
weekends with a gap, and short runs of which half is given back. It is no model of any real market: what earns
here need not earn there.
"""

from __future__ import annotations

from tickwise.market_data.synth.characters import PROFILES, Character, characters_of
from tickwise.market_data.synth.market import synthesise, synthetic_bars, tape_instruments
from tickwise.market_data.synth.schedule import news_csv, synthetic_news

__all__ = [
    "PROFILES",
    "Character",
    "characters_of",
    "news_csv",
    "synthesise",
    "synthetic_bars",
    "synthetic_news",
    "tape_instruments",
]
