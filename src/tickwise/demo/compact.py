"""Draw a frame for a small terminal: 80 by 24, one line for each thing that matters."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from tickwise.demo.frame import Bot, Frame, Market
from tickwise.demo.ink import (
    KEYS,
    NAMES,
    STYLES,
    Ink,
    exits,
    header_line,
    holding,
    log_lines,
    spark,
    verdict_line,
)

SHORT = {"daily loss": "day loss", "market state": "state"}
"""Names of stages that must be shorter to stand in one line of eighty."""


def compact(frame: Frame, width: int, height: int, ink: Ink) -> Group:
    """Draw the frame in exactly `height` lines of at most `width` characters."""
    lines = [header_line(frame.header, ink, is_wide=False)]
    lines += [_market(each, width, ink) for each in frame.markets]
    for place, bot in enumerate(frame.bots):
        lines += _bot(bot, NAMES[place % len(NAMES)], width, ink)
    lines += _account(frame, width, ink)
    lines.append(_rule("decisions and their reasons", KEYS, width, ink))
    foot = [Text(each, style="dim", no_wrap=True) for each in frame.footer]
    rows = max(0, height - len(lines) - len(foot))
    log = log_lines(frame.log, frame.bots, width, rows)
    lines += log + [Text("")] * (rows - len(log))
    lines = [*lines[: max(1, height - len(foot))], *foot]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Group(*lines[:height])


def _market(market: Market, width: int, ink: Ink) -> Text:
    prices = f"{market.bid}/{market.ask}"
    line = Text(no_wrap=True).append(f"{market.instrument}  ", style="bold")
    line.append(f"{prices:<18} {market.spread:>9}  {market.state:<9}")
    return line.append_text(spark(market.quotes, width - len(line), ink))


def _bot(bot: Bot, style: str, width: int, ink: Ink) -> list[Text]:
    board = Text(no_wrap=True)
    for stage in bot.stages:
        board.append(f"{SHORT.get(stage.name, stage.name)} ")
        board.append(f"{ink.mark(stage.mark)}  ", style=STYLES[stage.mark])
    title = _rule(f"{bot.name} {ink.dot} {bot.what}", bot.result, width, ink, style)
    if bot.position is not None:
        return [title, board, holding(bot.position), exits(bot.position, width, ink)]
    last = Text(f"last: {bot.last_trade}" if bot.last_trade else "", style="dim", no_wrap=True)
    return [title, board, verdict_line(bot, ink), last]


def _account(frame: Frame, width: int, ink: Ink) -> list[Text]:
    account = frame.account
    style = "green" if account.is_up else "red"
    day = Text("day ", no_wrap=True)
    day.append(account.day, style=style)
    day.append(f"   equity {account.equity}   ")
    day.append_text(spark(account.curve, max(0, width - len(day)), ink, style))
    most = sorted(frame.funnel, key=lambda each: -sum(each.evaluations))
    told = [f"{each.name} {sum(each.evaluations):,}" for each in most[:3]]
    funnel = f"{frame.evaluations:,} evaluations: {', '.join(told)}; {frame.missed:,} signals missed"
    return [_rule("account", account.trades, width, ink), day, Text(funnel, no_wrap=True)]


def _rule(left: str, right: str, width: int, ink: Ink, style: str = "bold") -> Text:
    line = Text(no_wrap=True).append(f"{ink.rail * 2} ", style="dim")
    line.append(left, style=style)
    tail = f" {right} {ink.rail * 2}" if right else ""
    line.append(f" {ink.rail * max(0, width - len(line) - len(tail) - 1)}", style="dim")
    return line.append(tail)
