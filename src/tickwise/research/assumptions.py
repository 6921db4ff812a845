"""What a result took for granted, one short line each: a label, then what was assumed and with which numbers.

docs/assumptions.md has every label, says why it is assumed and how far it may be from the truth.
"""

from __future__ import annotations

from collections.abc import Sequence

from tickwise.config.bot import BotConfig
from tickwise.config.fills import Fills
from tickwise.market_data.tape import Tape


def assumptions_of(bots: Sequence[BotConfig], tape: Tape) -> list[str]:
    """Name every assumption of a run on the simulated exchange; where bots differ, each is named."""
    lines: list[str] = []
    for each in zip(*(_of_fills(bot.fills, tape.kind == "bars") for bot in bots), strict=True):
        same = len(set(each)) == 1
        lines += each[:1] if same else [f"{line} ({bot.name})" for line, bot in zip(each, bots, strict=True)]
    grid = bots[0].market.grid_ms
    lines += [
        "spread: the tape's; buys at the ask, sells at the bid",
        "resting orders: target and stop wait at the venue from the fill on and need no latency",
        "gaps: a stop fills at the first price at or beyond it; a target at its own price",
        "liquidity: the whole order fills at one price; our orders do not move the market",
        "order of bots: on one event each is asked in the order given, on the account the one before left",
        f"timers: every {grid} ms of event time" if grid else "timers: off; time passes with quotes",
        "open at the end: a position the tape's end leaves open is not counted",
    ]
    if tape.kind == "bars":
        lines.append("inside a bar: the stop came first where both were in reach; entries fill at the open")
    if not any(bot.calendar.news_file for bot in bots):
        lines.append("news: no calendar is configured, so the news gates are off")
    return lines + [f"tape: {note}" for note in tape.notes]


def _of_fills(fills: Fills, on_bars: bool) -> list[str]:
    """Name what one bot's settings assume of the venue."""
    latency = _table(fills.latency_ms_table) or f"{fills.latency_ms:g} ms"
    slippage = _table(fills.slippage_pips_table) or f"{fills.slippage_pips:g} pips"
    bound = f"{fills.slippage_pips_max:g} pips worse than the quote it was decided on is rejected"
    lines = [
        f"latency: {latency} from decision to fill, at the first quote after it",
        f"slippage: {slippage} worse on every market order and stop",
        f"price bound: an entry more than {bound}" if fills.slippage_pips_max else "price bound: none",
        f"rejects: {fills.reject_fraction:.2%} of entries",
        f"partial fills: {fills.partial_fill_fraction:.2%} of entries",
        f"commission: {fills.commission_per_unit:g} a unit and {fills.commission_fraction:.4%} of value, "
        "each side",
        f"financing: {fills.financing_long:.2%} long and {fills.financing_short:.2%} short a year, "
        "at the day's turn",
    ]
    if on_bars:
        lines.append(f"bars without an ask: a spread of {fills.bar_spread_pips:g} pips is added")
    return lines


def _table(values: Sequence[float]) -> str:
    """Say that a number is drawn, or nothing where there is no table to draw from."""
    return f"drawn from a table of {len(values)}" if values else ""
