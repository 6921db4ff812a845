"""The settings of fills: the simulated venue, its costs, and the price bound of every entry."""

from __future__ import annotations

from tickwise.config.setting import Numbers, Section, count, fraction, pips, setting
from tickwise.core.params import TABLE_ROWS


class Fills(Section):
    """What a backtest and the paper venue assume; the bound holds with real money too."""

    latency_ms: float = setting(
        150.0,
        "From the decision to the venue's book; an order fills at the first quote after it.",
        "ms",
        ge=0,
        le=60_000,
    )
    latency_ms_table: Numbers = setting(
        (),
        f"Equally likely latencies to draw from, {TABLE_ROWS} at most, instead of latency_ms.",
        "ms",
        max_length=TABLE_ROWS,
    )
    slippage_pips: float = pips(0.1, "How much worse than the quote a market order or a stop fills.")
    slippage_pips_table: Numbers = setting(
        (),
        f"Equally likely slippages to draw from, {TABLE_ROWS} at most, instead of slippage_pips.",
        "pips",
        max_length=TABLE_ROWS,
    )
    slippage_pips_max: float = pips(
        1.0,
        "Price bound of an entry: how much worse than the quote of its decision it may fill; 0 is none.",
        looser="up",
    )
    bar_spread_pips: float = pips(
        1.2, "Spread of bars that bring none; 1.2 is OANDA's median for EUR/USD in May 2014."
    )
    reject_fraction: float = fraction(0.0, "Part of the entries that the venue rejects.")
    partial_fill_fraction: float = fraction(0.0, "Part of the entries that fill only partly.")
    partial_share_min: float = fraction(0.25, "Least part of an entry that a partial fill fills.", gt=0)
    commission_per_unit: float = setting(
        0.0, "Commission of each fill for each unit.", "account currency", ge=0, le=10**6
    )
    commission_fraction: float = fraction(0.0, "Commission of each fill as a part of its value.", le=0.1)
    financing_long: float = setting(
        0.0,
        "Yearly rate earned on the value of a long position at each roll of the day; below zero it is paid.",
        "fraction",
        ge=-2,
        le=2,
    )
    financing_short: float = setting(
        0.0,
        "Yearly rate earned on the value of a short position at each roll of the day; below zero it is paid.",
        "fraction",
        ge=-2,
        le=2,
    )
    seed: int = count(1, "Seed of all that is drawn: two runs of one seed draw alike.", looser="fixed")
