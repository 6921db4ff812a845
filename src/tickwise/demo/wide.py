"""Draw a frame for a large terminal: every gate with its number, the funnel, a long log."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tickwise.demo.frame import Account, Bot, Frame, Mark, Market, Stage
from tickwise.demo.ink import (
    KEYS,
    NAMES,
    STYLES,
    Ink,
    exits,
    header_line,
    holding,
    log_lines,
    short,
    spark,
    verdict_line,
)

WIDTH_MIN, HEIGHT_MIN = 110, 34
"""The smallest terminal this layout fits."""

MARKET_ROWS, BOT_ROWS, FUNNEL_COLUMNS = 5, 13, 52
"""Rows of the markets and of the bots with their frames; columns of the funnel with its frame."""


def wide(frame: Frame, width: int, height: int, ink: Ink) -> Layout:
    """Draw the frame in `width` by `height` characters."""
    foot = len(frame.footer) + 1
    rows = height - 1 - MARKET_ROWS - BOT_ROWS - foot
    layout = Layout()
    top, boards, below = Layout(size=MARKET_ROWS), Layout(size=BOT_ROWS), Layout(size=rows)
    third, half = width // 3 - 4, width // 2 - 4
    top.split_row(
        *(Layout(_market(each, third, ink)) for each in frame.markets),
        Layout(_account(frame.account, third, ink)),
    )
    boards.split_row(
        *(Layout(_bot(bot, NAMES[k % len(NAMES)], half, ink)) for k, bot in enumerate(frame.bots))
    )
    log = log_lines(frame.log, frame.bots, width - FUNNEL_COLUMNS - 4, rows - 2)
    below.split_row(
        Layout(Panel(Group(*log), title="decisions and their reasons", title_align="left")),
        Layout(_funnel(frame, rows), size=FUNNEL_COLUMNS),
    )
    feet = [Text(each, style="dim", no_wrap=True) for each in (*frame.footer, KEYS)]
    layout.split_column(
        Layout(header_line(frame.header, ink, is_wide=True), size=1),
        *(top, boards, below),
        Layout(Group(*feet), size=foot),
    )
    return layout


def _market(market: Market, width: int, ink: Ink) -> Panel:
    prices = Text(no_wrap=True).append(f"{market.bid} / {market.ask}", style="bold")
    prices.append(f"   {market.spread}   {market.state}")
    label = 9
    lines = [prices, Text("quotes   ").append_text(spark(market.quotes, width - label, ink))]
    lines.append(Text("minutes  ").append_text(spark(market.minutes, width - label, ink, "blue")))
    return Panel(Group(*lines), title=f"[bold]{market.instrument}[/]", title_align="left")


def _account(account: Account, width: int, ink: Ink) -> Panel:
    style = "green" if account.is_up else "red"
    day = Text("day ", no_wrap=True).append(account.day, style=f"bold {style}")
    day.append(f"   equity {account.equity}")
    curve = Text("equity   ").append_text(spark(account.curve, width - 9, ink, style))
    return Panel(
        Group(day, curve, Text(account.trades, no_wrap=True)), title="[bold]account[/]", title_align="left"
    )


def _bot(bot: Bot, style: str, width: int, ink: Ink) -> Panel:
    board = Table.grid(padding=(0, 1))
    for number, stage in enumerate(bot.stages, 1):
        board.add_row(Text(str(number), style="dim"), stage.name, *_verdict(stage, ink))
    lines: list[RenderableType] = [board, verdict_line(bot, ink)]
    if bot.position is not None:
        held = bot.position
        stop = Text(f"stop at the venue {held.stop}", style="dim") if held.soft_stop else Text("")
        lines += [holding(held), exits(held, width, ink), stop]
    elif bot.last_trade:
        lines.append(Text(f"last: {bot.last_trade}", style="dim"))
    title = f"[bold {style}]{bot.name}[/] {ink.dot} {bot.what}"
    return Panel(Group(*lines), title=title, title_align="left", subtitle=bot.result, subtitle_align="right")


def _verdict(stage: Stage, ink: Ink) -> tuple[Text, Text]:
    style = STYLES[stage.mark]
    words = Text(stage.says, style="" if stage.mark is Mark.ALLOWS else style, no_wrap=True)
    return Text(ink.mark(stage.mark), style=style), words


def _funnel(frame: Frame, rows: int) -> Panel:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True)
    for _ in range(len(frame.bots) + 1):
        table.add_column(justify="right", no_wrap=True)
    heads = [Text(short(bot.name), style=NAMES[k % len(NAMES)]) for k, bot in enumerate(frame.bots)]
    table.add_row(Text("outcome", style="dim"), *heads, Text("missed", style="yellow"))
    for outcome in frame.funnel[: rows - 4]:
        counts = [f"{each:,}" if each else "" for each in outcome.evaluations]
        table.add_row(outcome.name, *counts, Text(f"{outcome.missed:,}" if outcome.missed else "", "yellow"))
    table.add_row(Text(f"{frame.evaluations:,} evaluations", style="bold"), "", "", f"{frame.missed:,}")
    return Panel(table, title="how every evaluation ended", title_align="left")
