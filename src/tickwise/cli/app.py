"""The tree of commands: what a user types, and which file does it."""

from __future__ import annotations

from typing import Annotated

import typer

from tickwise.cli import (
    arm,
    backtest,
    bots,
    chain,
    contract,
    control,
    demo,
    doctor,
    doubt,
    journal,
    metrics,
    notify,
    parity,
    quality,
    readings,
    replay,
    report,
    run,
    sweep,
    tapes,
    why,
)


def group(says: str) -> typer.Typer:
    """Make a group of commands."""
    return typer.Typer(
        help=says,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["--help", "-h"]},
    )


app = group("Automated scalping: one compiled, deterministic core for backtest, paper and live.")
data = group("Tapes in and out: import, record, check, synthesise, show.")
bot = group("Bots: one line makes one.")
written = group("The journal: what happened and what was decided, entry by entry.")

app.command(epilog=demo.EXAMPLE)(demo.demo)
app.command(epilog=backtest.EXAMPLE)(backtest.backtest)
app.command(epilog=report.EXAMPLE)(report.report)
app.command(epilog=sweep.EXAMPLE)(sweep.sweep)
app.command(epilog=doubt.WALK_EXAMPLE)(doubt.walk_forward)
app.command(epilog=doubt.EXAMPLE)(doubt.doubt)
for asked, asked_example in control.COMMANDS:
    app.command(epilog=asked_example)(asked)
app.command(epilog=run.EXAMPLE)(run.run)
app.command(epilog=arm.EXAMPLE)(arm.arm)
app.command(epilog=replay.EXAMPLE)(replay.replay)
app.command(epilog=why.EXAMPLE)(why.why)
app.command(epilog=doctor.EXAMPLE)(doctor.doctor)
for read, read_example in readings.COMMANDS:
    app.command(epilog=read_example)(read)
app.command(epilog=parity.EXAMPLE)(parity.parity)
app.command(epilog=quality.EXAMPLE)(quality.quality)
app.command(epilog=metrics.EXAMPLE)(metrics.metrics)
app.command(epilog=notify.EXAMPLE)(notify.notify)
app.command(epilog=contract.EXAMPLE)(contract.option)
app.add_typer(data, name="data")
app.add_typer(bot, name="bot")
app.add_typer(written, name="journal")
for name, command, example in tapes.COMMANDS:
    data.command(name, epilog=example)(command)
data.command("chain", epilog=chain.EXAMPLE)(chain.chain)
for name, command, example in bots.COMMANDS:
    bot.command(name, epilog=example)(command)
for name, command, example in journal.COMMANDS:
    written.command(name, epilog=example)(command)


@app.command(epilog="Example: tickwise version")
def version() -> None:
    """Print the version of Tickwise, of Python and of the compiler."""
    import platform
    from importlib.metadata import version as version_of

    from tickwise.cli.screen import out

    out().print(
        f"tickwise {version_of('tickwise')}, Python {platform.python_version()}, Numba {version_of('numba')}"
    )


def _version_asked(asked: bool) -> None:
    if asked:
        version()
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version_asked, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Automated scalping: one compiled, deterministic core for backtest, paper and live."""
