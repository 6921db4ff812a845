"""The command `metrics`: what the journal says, as Prometheus reads it, once or for every scrape."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli.journal_options import Db

EXAMPLE = (
    "Example: tickwise metrics\n\nTo be scraped at http://127.0.0.1:9464/metrics: tickwise metrics --serve"
)

HOST = "127.0.0.1"


def metrics(
    serve: Annotated[
        bool, typer.Option("--serve", help="Answer scrapes on this machine until Ctrl-C.")
    ] = False,
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65_535, help="Where; 0 finds a free one.")
    ] = 9464,
    db: Db = "",
) -> None:
    """Print metrics of the last session: streams, outcomes, trades, exposure, switches, latencies."""
    from tickwise.cli.journal_options import settings_of
    from tickwise.metrics.exposition import metrics_of

    where = settings_of(db).database
    if serve:
        _serve(where, port)
    else:
        typer.echo(metrics_of(where), nl=False)


def _serve(where: str | Path | None, port: int) -> None:
    """Serve until interrupted. Raises ConfigError where the port is taken."""
    import asyncio
    import contextlib

    from tickwise.errors import ConfigError

    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(_served(where, port))
        except OSError as error:
            raise ConfigError(f"--port {port}: {error.strerror or error}; give another one") from None


async def _served(where: str | Path | None, port: int) -> None:
    import asyncio

    from tickwise.cli.screen import err
    from tickwise.metrics.server import serve

    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    ready.add_done_callback(
        lambda found: err().print(f"metrics at http://{HOST}:{found.result()}/metrics, until Ctrl-C")
    )
    await serve(where, HOST, port, ready)
