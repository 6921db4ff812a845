"""Bots on a live feed: prepared, watched while they run, and told of at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer
from rich.text import Text

from tickwise.cli.compiling import have_compiled
from tickwise.cli.event_loop import in_loop
from tickwise.cli.live_screen import LiveScreen
from tickwise.cli.overview_view import overview_in, plain_overview, show_overview
from tickwise.cli.plain import STDOUT, write_json
from tickwise.cli.screen import err, heading, out
from tickwise.cli.shell import INTERRUPTED
from tickwise.cli.venue_options import told_plainly
from tickwise.cli.wanted import Wanted
from tickwise.config.bot import BotConfig
from tickwise.config.break_even import break_even_win_rate
from tickwise.config.instruments import instrument_of
from tickwise.engine.beginning import owner_of, symbols_of
from tickwise.engine.clock import now_ns
from tickwise.engine.home import home_of
from tickwise.engine.news import span_at
from tickwise.engine.opening import core_of
from tickwise.engine.process import Asked
from tickwise.engine.running import Running
from tickwise.errors import ConfigError, TickwiseError
from tickwise.journal.place import place_of
from tickwise.market_data.chunks import TapeInstrument

Runner = Callable[..., Running]
"""Runs what was asked for until it is ended: `run_oanda` and `run_paper` of the engine."""


CUT_OFF = "the session was cut off: the next `tickwise run` goes on with it, and asks the venue what happened"


def run_live(wanted: Wanted, runner: Runner, says: str) -> int:
    """Run bots until a command or a signal ends it, and show what came of it; give the exit code.

    `says` is where orders go. Raises a TickwiseError.
    """
    bots = wanted.enabled()
    _refuse_cut_off(wanted)
    _have_core(bots)
    with LiveScreen(says) as screen:
        asked = Asked(
            wanted.configs,
            os.environ,
            wanted.places,
            wanted.source,
            wanted.rest,
            wanted.stream,
            screen.log_to,
        )

        def begun(running: Running) -> None:
            symbols = ", ".join(row.symbol for row in running.engine.names.instruments)
            err().print(f"session {running.engine.names.session}: {says}: {symbols}", soft_wrap=True)
            for bot in bots:
                rates = " and ".join(str(each) for each in break_even_win_rate(bot))
                if rates:
                    err().print(f"{bot.name} must win {rates} to break even")
            screen.begin(running)

        try:
            with told_plainly():
                running = runner(asked, begun, screen.failed, in_loop)
        except KeyboardInterrupt:
            return INTERRUPTED
        except TickwiseError as error:
            if not screen.has_begun:
                raise
            raise typer.TyperException(f"{error}; {CUT_OFF}") from None
    _tell_end(wanted, running)
    return 0


def _refuse_cut_off(wanted: Wanted) -> None:
    """Raise ConfigError for a file that looks as if only its beginning had been written.

    What is missing from it would count as its default, and trade; while an engine runs, a reload refuses it
    too.
    """
    for path, content in wanted.configs.texts.items():
        if not content.endswith((b"\n", b"\r")):
            raise ConfigError(
                f"{path}: it does not end with a line break, so it may be cut off: end its last line"
            )


def _have_core(bots: Sequence[BotConfig]) -> None:
    """Compile the core of these bots before the venue is asked, and say so: a session's is the same code.

    Its first use is within the opening, where a person would see nothing for the time it takes.
    """
    instruments = [
        TapeInstrument(symbol, instrument_of(owner_of(bots, symbol), symbol).tick)
        for symbol in symbols_of(bots)
    ]
    have_compiled(core_of(bots, instruments, *span_at(now_ns()), "exchange"))


def _tell_end(wanted: Wanted, running: Running) -> None:
    """Show what a session came to, as `tickwise summary` does, and where it is written down."""
    session = running.engine.names.session
    found = overview_in(wanted.engine.database, session, "")
    kept = {
        "journal": place_of(wanted.engine.database).says,
        "recording": str(home_of(wanted.engine).tape(session)),
        "decision_digest": running.engine.live.session.decision_digest,
    }
    if wanted.json_to != STDOUT:
        show_overview(found)
        _show_kept(session, kept)
    if wanted.json_to:
        write_json({**plain_overview(found), **kept}, wanted.json_to)


def _show_kept(session: str, kept: Mapping[str, Any]) -> None:
    out().print(heading("Written down"))
    for name, value in kept.items():
        out().print(Text(f"{name.partition('_')[0]:<10}{value}", style="dim"), soft_wrap=True)
    out().print(f"\nreplay it: tickwise replay {session}", soft_wrap=True)
