"""The groups a report looks at one by one: all trades, those of each strategy, bot and instrument."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.research.backtest import Result
from tickwise.research.report.figures import figures_of
from tickwise.research.report.markup import Markup, element
from tickwise.research.report.measures import Measures
from tickwise.research.report.written import counted, signed

DRAWN_MOST = 24
"""Groups that are drawn beside the whole; of more, those with the most trades."""


class Group(NamedTuple):
    """Some trades of a result, and what they have in common."""

    name: str
    mine: NDArray[np.bool_]


def groups_of(result: Result) -> tuple[Group, ...]:
    """Give all trades, then those of each strategy that several bots share, each bot and each instrument."""
    raw = result.raw_trades
    found = [Group("All trades", np.ones(len(raw), np.bool_))]
    strategies = [bot.strategy for bot in result.bots]
    if 1 < len(set(strategies)) < len(strategies):
        found += [
            Group(f"Strategy {each}", np.array(strategies)[raw["bot"]] == each)
            for each in dict.fromkeys(strategies)
        ]
    if len(result.bots) > 1:
        found += [
            Group(f"Bot {bot.name} ({bot.strategy})", raw["bot"] == place)
            for place, bot in enumerate(result.bots)
        ]
    if len(result.tape.instruments) > 1:
        found += [
            Group(f"Instrument {each.symbol}", raw["instrument"] == place)
            for place, each in enumerate(result.tape.instruments)
        ]
    return tuple(group for group in found if group.mine.any())


def drawn_groups(groups: Sequence[Group], measures: Measures, currency: str) -> Markup:
    """Draw the first group open, and others folded away."""
    most = sorted(groups[1:], key=lambda group: -int(group.mine.sum()))[:DRAWN_MOST]
    kept = [group for group in groups[1:] if any(group is each for each in most)]
    left = len(groups) - 1 - len(kept)
    parts = [_drawn(group, measures, currency, not place) for place, group in enumerate([groups[0], *kept])]
    more = f"{left:,} more have fewer trades; the tables above name what they earned."
    return element("div", parts, element("p", more, class_="quiet") if left else "")


def _drawn(group: Group, measures: Measures, currency: str, is_first: bool) -> Markup:
    mine = measures.only(group.mine)
    says = f"{counted(len(mine.pnl), 'trade')}, {signed(float(mine.pnl.sum()))} {currency}"
    pictures = [figure.markup() for figure in figures_of(mine, currency)]
    summary = element("summary", f"{group.name}: {says}")
    return element("details", summary, element("div", pictures, class_="figures"), open=is_first)
