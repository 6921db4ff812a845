"""Show a result: the headline, the numbers, where evaluations ended, what was taken for granted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from tickwise.cli.screen import bullets, columns, heading, out, percent, shown, tone
from tickwise.config.break_even import break_even_win_rate
from tickwise.research.backtest import Result, span

BAR_CELLS = 20
EIGHTHS = " ▏▎▍▌▋▊▉█"
DONE = ("intent", "pending", "in_position")
"""Outcomes that are no refusal."""


def show_summary(result: Result) -> None:
    """Print everything a person looks for first, in the order they look for it."""
    found = result.to_dict()
    net = float(found["net_pnl"])
    out().print(Text(result.first_line, style=f"bold {tone(net) if found['trades'] else 'yellow'}"))
    out().print(Text(_ran(result, found), style="dim"))
    if found["trades"]:
        out().print(heading("What it earned"))
        out().print(_numbers(found, result.bots[0].account.currency))
    _show_break_even(result, found)
    out().print(heading(f"Where {found['evaluations']:,} evaluations ended"))
    out().print(_funnel(result))
    for title, key in (
        ("By bot", "by_bot"),
        ("By instrument", "by_instrument"),
        ("By reason of exit", "by_reason"),
    ):
        if len(found[key]) > (key != "by_reason"):
            out().print(heading(title))
            out().print(_parts(found[key]))
    out().print(heading("Taken for granted"))
    out().print(bullets(found["assumptions"], "dim"))
    out().print(heading("Digests"))
    out().print(Text(f"decisions {found['decision_digest']}", style="dim"))
    out().print(Text(f"code      {found['code_digest']}", style="dim"))


def _ran(result: Result, found: Mapping[str, Any]) -> str:
    """Say what was run, and how fast."""
    tape = result.tape
    symbols = ", ".join(each.symbol for each in tape.instruments)
    what = f"{result.quotes:,} {tape.kind} of {symbols}"
    refused = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in result.refused.items())
    pace = result.quotes / result.seconds / 1e6 if result.seconds > 0 else 0.0
    lines = [
        f"{what}, {span(tape)}",
        f"refused at the door: {refused}" if refused else "",
        f"run in {result.seconds:.3f} s, {pace:.1f} million {tape.kind} a second",
    ]
    return "\n".join(line for line in lines if line)


def _numbers(found: Mapping[str, Any], currency: str) -> Table:
    """Lay the statistics into three columns of pairs."""
    table = Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for _ in range(3):
        table.add_column(style="dim", no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(min_width=2)
    left = (
        ("trades", shown(found["trades"])),
        ("wins", shown(found["wins"])),
        ("losses", shown(found["losses"])),
        ("win rate", percent(found["win_rate"])),
        ("profit factor", shown(found["profit_factor"])),
        ("streaks", f"+{found['longest_wins']} -{found['longest_losses']}"),
    )
    middle = (
        (f"net {currency}", shown(found["net_pnl"])),
        ("gross", shown(found["gross_pnl"])),
        ("commission", shown(found["commission"])),
        ("financing", shown(found["financing"])),
        ("average win", shown(found["avg_win"])),
        ("average loss", shown(found["avg_loss"])),
    )
    last = (
        ("max drawdown", shown(found["max_drawdown"])),
        ("average R", shown(found["avg_r"], 3)),
        ("total R", shown(found["total_r"])),
        ("R range", f"{shown(found['worst_r'])} to {shown(found['best_r'])}"),
        ("average hold", f"{shown(found['avg_hold_s'], 1)} s"),
        ("ambiguous", percent(found["ambiguous_share"])),
    )
    for one, two, three in zip(left, middle, last, strict=True):
        table.add_row(*one, "", *two, "", *three, "")
    return table


def _show_break_even(result: Result, found: Mapping[str, Any]) -> None:
    """Print what each bot must win to lose nothing, beside what it won, and what its caps let through."""
    lines: list[str] = []
    several = len(result.bots) > 1
    for bot in result.bots:
        rates = " and ".join(str(each) for each in break_even_win_rate(bot))
        won = found["by_bot"].get(bot.name, {}).get("win_rate")
        real = f"; it won {percent(won)}" if won is not None else ""
        if rates:
            lines.append(f"{f'{bot.name}: ' if several else ''}to break even it must win {rates}{real}")
    for cap in result.caps:
        passes = f"of the quotes of {cap.instrument} pass {cap.setting} = {cap.limit:g}"
        lines.append(f"{f'{cap.bot}: ' if several else ''}{percent(cap.share, 2)} {passes}")
    if lines:
        out().print(heading("What it needs"))
        out().print(bullets(lines))


def _funnel(result: Result) -> Table:
    """Draw where evaluations ended, in the order of the chain, a bar for each outcome."""
    missed = any(result.gates["missed_signals"])
    names = ("stage", "outcome", "evaluations", "share", "") + (("signals missed",) if missed else ())
    table = columns(*names, right=("evaluations", "share", "signals missed"))
    stage, total = "", max(1, result.evaluations)
    for row in _summed(result):
        share = row["evaluations"] / total
        style = "green" if row["outcome"] in DONE else "cyan" if row["stage"] == "signal" else "red"
        cells = [
            Text("" if row["stage"] == stage else row["stage"], style="bold"),
            row["outcome"],
            shown(row["evaluations"]),
            percent(share),
            Text(bar(share), style=style),
        ]
        stage = row["stage"]
        table.add_row(
            *cells, *([shown(row["missed_signals"]) if row["missed_signals"] else ""] if missed else [])
        )
    return table


def _summed(result: Result) -> Iterator[dict[str, Any]]:
    """Give the funnel over all lanes, in the order of the chain."""
    rows: dict[int, dict[str, Any]] = {}
    for row in result.gates:
        kept = rows.setdefault(row["code"], {**row, "evaluations": 0, "missed_signals": 0})
        kept["evaluations"] += row["evaluations"]
        kept["missed_signals"] += row["missed_signals"]
    yield from (rows[code] for code in sorted(rows))


def bar(share: float, cells: int = BAR_CELLS) -> str:
    """Draw a share of one as a bar; what is not nothing is seen."""
    eighths = max(round(share * cells * 8), 1 if share > 0 else 0)
    if out().options.ascii_only:
        return "#" * ((eighths + 7) // 8)
    return EIGHTHS[8] * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


def _parts(parts: Mapping[str, Mapping[str, Any]]) -> Table:
    """Lay out trades and money for each bot, instrument or reason."""
    table = columns(
        "", "trades", "net", "win rate", "profit factor", "average R", "hold",
        right=("trades", "net", "win rate", "profit factor", "average R", "hold"),
    )  # fmt: skip
    for name, part in parts.items():
        table.add_row(*_cells(name, part))
    return table


def _cells(name: str, part: Mapping[str, Any]) -> Sequence[Text | str]:
    net = part["net_pnl"]
    return (
        name,
        shown(part["trades"]),
        Text(shown(net), style=tone(net)),
        percent(part["win_rate"]),
        shown(part["profit_factor"]),
        shown(part["avg_r"], 3),
        f"{shown(part['avg_hold_s'], 1)} s",
    )
