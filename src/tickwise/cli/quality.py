"""The command `quality`: how well orders were executed, out of the journal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo, SessionName
from tickwise.cli.readings import Bot, Instrument, Since

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tickwise.journal.scope import Scope
    from tickwise.research.quality.model import Setting
    from tickwise.research.quality.orders import Executed

EXAMPLE = (
    "Example: tickwise quality --since 7d\n\n"
    "Of one session: tickwise quality --session 5c578080-1\n\n"
    "Settings for backtests: tickwise quality --since 30d --write fills.toml\n\n"
    "For a script: tickwise quality --json - | jq '.tables.hour'"
)


def quality(
    since: Since = "",
    bot: Bot = "",
    instrument: Instrument = "",
    session: SessionName = "",
    tape: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The recording of --session, where it lies elsewhere now."),
    ] = None,
    write: Annotated[
        str,
        typer.Option(metavar="FILE", help="Write the settings of [fills] that the orders support as TOML."),
    ] = "",
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Say how well orders were executed: slippage and latency by hour, spread, size, side and reason.

    Of every session at the same venue as the last one, or of one session. Slippage is in pips, above zero is
    worse; hours are UTC. Where too few orders were filled, no figure stands. From orders at a venue it gives
    the settings of [fills] with which a backtest simulates such fills, and on how many orders each rests.
    """
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.quality_view import plain_quality, show_quality
    from tickwise.errors import ConfigError
    from tickwise.journal.database import run_once
    from tickwise.research.quality.model import settings_of as fills_of
    from tickwise.research.quality.tables import quality_of

    check_target(json_to, force)
    check_target(write, force)
    if write == STDOUT:
        raise ConfigError("--write takes a file, such as fills.toml; the screen and --json show the same")
    if tape is not None and not session:
        raise ConfigError("--tape is the recording of one session: name it with --session")

    def read(connection: Connection) -> tuple[Scope, list[Executed], int]:
        return _read(connection, session, since, tape)

    scope, rows, since_ts = run_once(settings_of(db).database, read)
    kept = [each for each in rows if bot in ("", each.bot) and instrument in ("", each.instrument)]
    fills = () if scope.last.environment == "paper" else fills_of(kept)
    found: dict[str, Any] = plain_quality(quality_of(kept), fills, scope, since_ts)
    if json_to != STDOUT:
        show_quality(found)
    if json_to:
        write_json(found, json_to)
    if write:
        _write_fills(found, fills, write)


def _write_fills(found: dict[str, Any], fills: tuple[Setting, ...], where: str) -> None:
    """Write the settings of fills that orders support. Raises ConfigError where they support none."""
    from rich.text import Text

    from tickwise.cli.screen import err
    from tickwise.errors import ConfigError
    from tickwise.research.quality.model import fragment_of

    known = [each for each in fills if each.value is not None]
    if not known:
        why = "the orders were on paper" if found["environment"] == "paper" else "too few orders were filled"
        raise ConfigError(f"{where}: not written: {why}, and they support no setting of [fills]")
    heads = (
        f"What {found['orders']:,} orders say of simulated fills: {found['venue']} {found['environment']},",
        f"{found['since']} to {found['until']}.",
    )
    Path(where).write_text(fragment_of(fills, heads), encoding="utf-8")
    err().print(Text(f"{where}: {len(known)} settings of [fills]"), soft_wrap=True)


def _read(
    connection: Connection, session: str, since: str, tape: Path | None
) -> tuple[Scope, list[Executed], int]:
    """Read the orders of a scope, and since when they are. Raises a TickwiseError."""
    from tickwise.cli.journal_rows import scope_in
    from tickwise.cli.since import since_of
    from tickwise.journal import readings
    from tickwise.market_data.recording import Recording
    from tickwise.research.quality.orders import executed_in
    from tickwise.research.quality.quotes import Recordings

    scope = scope_in(connection, session)
    rows = [row for name in scope.sessions if (row := readings.session(connection, name)) is not None]
    since_ts = since_of(since, scope.until_ts) if since else min(row.opened_ts for row in rows)
    paths = {row.session: Path(row.tape) for row in rows if row.tape}
    if tape is not None:
        paths = {scope.last.session: Recording(tape).path}
    return scope, executed_in(connection, scope, Recordings(paths), since_ts), since_ts
