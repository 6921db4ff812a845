"""What the trades had to be to pay: the win rate to break even against the real one, cost against target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tickwise.config.break_even import break_even_win_rate
from tickwise.research.backtest import Result
from tickwise.research.report.groups import Group
from tickwise.research.report.markup import Child, Markup, element
from tickwise.research.report.measures import Floats, Measures
from tickwise.research.report.svg import strip
from tickwise.research.report.tables import table
from tickwise.research.report.written import number, percent

Z95 = 1.959964
"""Standard normal quantile of a two-sided interval of 95 %."""


def wilson(wins: int, trades: int) -> tuple[float, float]:
    """Give the range in which the true win rate lies with 95 % (Wilson's score interval)."""
    share, z2 = wins / trades, Z95**2
    middle = (share + z2 / (2 * trades)) / (1 + z2 / trades)
    half = Z95 / (1 + z2 / trades) * (share * (1 - share) / trades + z2 / (4 * trades**2)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def needed(pnl: Floats) -> float | None:
    """Give the win rate at which wins and losses of the size they had cancel out; None without both."""
    wins, losses = pnl[pnl > 0], pnl[pnl <= 0]
    if not len(wins) or not losses.sum():
        return None
    win, loss = float(wins.mean()), float(-losses.mean())
    return loss / (win + loss)


def win_rates(result: Result, groups: Sequence[Group], measures: Measures) -> Markup:
    """Hold each bot's win rate against those it needs: by its settings, and by the trades it had."""
    rows: list[Sequence[Child]] = []
    raw = result.raw_trades
    for place, bot in enumerate(result.bots):
        pnl = measures.pnl[raw["bot"] == place]
        asked = [
            (f"{each.against} of {each.distance}", each.low, each.high) for each in break_even_win_rate(bot)
        ]
        own = needed(pnl)
        asked += [("its own wins and losses", own, own)] if own is not None else []
        rows += [_rate(bot.name, against, low, high, pnl) for against, low, high in asked]
    for group in groups[1:]:
        own = needed(measures.pnl[group.mine])
        if own is not None and group.name.startswith("Instrument "):
            rows.append(_rate(group.name, "its own wins and losses", own, own, measures.pnl[group.mine]))
    if not rows:
        return element(
            "p", "Target and stop come with each signal, and there are no trades to judge by.", class_="quiet"
        )
    headings = ("", "to break even against", "it must win", "it won", "95 % range", "")
    says = (
        "The block is the win rate at which nothing is lost. The thin mark is the one it had, within the "
        "range in which its true one lies: left of the block it loses."
    )
    shown = table(headings, rows, "Win rate to break even and the real one", left=(0, 1))
    return element("div", element("p", says, class_="quiet"), shown, class_="needs")


def _rate(name: str, against: str, low: float, high: float, pnl: Floats) -> Sequence[Child]:
    must = percent(high) if round(low, 3) == round(high, 3) else f"{100 * low:.1f} to {percent(high)}"
    marks = [(low, high, "need")]
    if not len(pnl):
        return name, against, must, "\u2013", "\u2013", strip(*marks)
    won = float(np.mean(pnl > 0))
    least, most = wilson(int(np.sum(pnl > 0)), len(pnl))
    marks = [(least, most, "range"), *marks, (min(won, 0.996), won, "gain" if won >= high else "loss")]
    return name, against, must, percent(won), f"{100 * least:.1f} to {percent(most)}", strip(*marks)


def costs(groups: Sequence[Group], measures: Measures) -> Markup:
    """Hold what trades cost against what they were to earn, in pips, on average."""
    headings = (
        "", "spread", "slippage of the entry", "commission", "cost", "target", "cost of target", "gained",
    )  # fmt: skip
    rows: list[Sequence[Child]] = [
        (
            group.name,
            *(
                number(_mean(column[group.mine]), 3)
                for column in (
                    measures.spread_pips,
                    measures.slipped_pips,
                    measures.commission_pips,
                    measures.cost_pips,
                    measures.target_pips,
                )
            ),
            percent(_mean(measures.cost_of_target[group.mine])),
            number(_mean(measures.gained_pips[group.mine]), 3),
        )
        for group in groups
    ]
    names = "What a trade cost, and what it was to earn: pips, on average"
    return element("div", element("h3", names), table(headings, rows, names))


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
