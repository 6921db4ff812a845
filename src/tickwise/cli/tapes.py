"""The commands of `tickwise data`: tapes imported, recorded, checked, made and shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli import record

Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
JsonTo = Annotated[
    str, typer.Option("--json", metavar="FILE", help="Write it as JSON; - is the standard output.")
]
TapePath = Annotated[Path, typer.Argument(metavar="PATH", help="A tape, or a Parquet file of another make.")]
Symbol = Annotated[str, typer.Option(metavar="SYM", help="The instrument, such as EUR_USD; else guessed.")]
Tick = Annotated[
    str, typer.Option(metavar="T", help="Smallest price increment, such as 0.00001; else guessed.")
]
Faulty = Annotated[
    str, typer.Option(help="Faulty rows: refuse (end with an error), keep (as missing prices), drop.")
]


def import_(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A foreign file, or a folder of them.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The tape to write.")],
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="F",
            help="csv, databento, dukascopy, fxcm, histdata, lean, oanda, parquet, recording; else seen.",
        ),
    ] = "",
    instrument: Symbol = "",
    tick: Tick = "",
    columns: Annotated[
        list[str], typer.Option(metavar="OURS=THEIRS", help="The file's names: ts=time,bid=Bid,ask=Ask.")
    ] = [],  # noqa: B006 (typer copies it)
    ts_unit: Annotated[
        str, typer.Option(metavar="UNIT", help="s, ms, us, ns, iso, or a pattern such as %Y%m%d %H:%M:%S.")
    ] = "",
    zone: Annotated[
        str, typer.Option(metavar="OFFSET", help="The file's clock from UTC, such as -05:00.")
    ] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="From this time on: ISO time, UTC.")] = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="Before this time.")] = "",
    faulty: Faulty = "refuse",
    force: Force = False,
) -> None:
    """Make a tape of a foreign file or of a folder of them; the format is seen unless it is named.

    Databento's DBN files may lie in a folder with their definition files, which give symbols and ticks.
    """
    from tickwise.cli.options import choice_of, columns_of
    from tickwise.cli.screen import err
    from tickwise.cli.tape_view import show_tape
    from tickwise.cli.watch import watching
    from tickwise.market_data.importers import FORMATS, import_file
    from tickwise.research.moment import moment_of

    with watching() as watch:
        tape = import_file(
            source,
            target,
            fmt=choice_of(fmt, tuple(FORMATS), "--format") if fmt else None,
            instrument=instrument or None,
            tick=tick or None,
            force=force,
            faulty=choice_of(faulty, ("refuse", "keep", "drop"), "--faulty"),
            columns=columns_of(columns) or None,
            ts_unit=ts_unit or None,
            zone=zone or None,
            since=moment_of(since) if since else None,
            until=moment_of(until) if until else None,
            progress=watch.ran,
        )
    err().print(f"wrote {target}", soft_wrap=True)
    show_tape(tape, 0)


def check(
    path: TapePath,
    json_to: JsonTo = "",
    instrument: Symbol = "",
    tick: Tick = "",
    gap_s: Annotated[
        float, typer.Option(min=0.0, metavar="S", help="A longer silence is a gap; seconds.")
    ] = 300.0,
    faulty: Faulty = "keep",
    force: Force = False,
) -> None:
    """Look for gaps, crossed, locked, late and doubled quotes, and outliers."""
    from tickwise.cli.options import choice_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.tape_view import show_report
    from tickwise.market_data.check import check as checked
    from tickwise.market_data.importers import open_any

    check_target(json_to, force)
    how = choice_of(faulty, ("refuse", "keep", "drop"), "--faulty")
    report = checked(open_any(path, instrument or None, tick or None, faulty=how), gap_s)
    if json_to != STDOUT:
        show_report(report)
    if json_to:
        write_json(report.to_dict(), json_to)


def synth(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The tape to write.")],
    instrument: Annotated[
        list[str],
        typer.Option(metavar="SYM", help="EUR_USD, GBP_USD, USD_JPY, XAU_USD, BTC_USD; repeatable."),
    ] = ["EUR_USD"],  # noqa: B006 (typer copies it)
    days: Annotated[float, typer.Option(min=0.0, metavar="N", help="How long, unless --until says.")] = 5.0,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Begin here: ISO time, UTC is meant.")
    ] = "2024-03-04",
    until: Annotated[str, typer.Option(metavar="TIME", help="End before this time.")] = "",
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="The same seed gives the same market.")] = 1,
    profile: Annotated[
        str, typer.Option(help="ecn: tight and uneven spreads; retail: wide, even ones.")
    ] = "ecn",
    news: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the market's news here, as a calendar file.")
    ] = None,
    force: Force = False,
) -> None:
    """Make a synthetic market: sessions, rollovers, news jumps, weekend gaps.

    It is no model of any real market: what earns here need not earn there.
    """
    from tickwise.cli.plain import check_target
    from tickwise.cli.screen import err
    from tickwise.cli.synthetic import write_synthetic
    from tickwise.cli.tape_view import show_tape
    from tickwise.cli.watch import watching
    from tickwise.research.moment import moment_of

    check_target(str(news or ""), force)
    begin = moment_of(since)
    end = moment_of(until) if until else begin + round(days * 86_400) * 1_000_000_000
    with watching() as watch:
        tape = write_synthetic(
            target, instrument, begin, end, seed, profile=profile, news=news, force=force, watch=watch
        )
    err().print(f"wrote {target}{f' and {news}' if news else ''}", soft_wrap=True)
    show_tape(tape, 0)


def show(
    path: TapePath,
    rows: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many rows to show from the front and the back.")
    ] = 3,
    instrument: Symbol = "",
    tick: Tick = "",
    faulty: Faulty = "keep",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Show what a tape holds: instruments, span, first and last rows."""
    from tickwise.cli.options import choice_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.tape_view import described, show_tape
    from tickwise.market_data.importers import open_any

    check_target(json_to, force)
    how = choice_of(faulty, ("refuse", "keep", "drop"), "--faulty")
    tape = open_any(path, instrument or None, tick or None, faulty=how)
    if json_to != STDOUT:
        show_tape(tape, rows)
    if json_to:
        write_json(described(tape), json_to)


COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    (
        "import",
        import_,
        "Example: tickwise data import ticks.csv eurusd.parquet --zone -05:00",
    ),
    ("record", record.record, record.EXAMPLE),
    ("check", check, "Example: tickwise data check eurusd.parquet"),
    (
        "synth",
        synth,
        "Example: tickwise data synth week.parquet --days 5 --seed 1 --news week.csv",
    ),
    ("show", show, "Example: tickwise data show eurusd.parquet"),
)
"""Each command's name, what runs it, and an example."""
