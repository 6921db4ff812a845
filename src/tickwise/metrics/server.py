"""A small server on this machine that Prometheus scrapes.

However often it is asked, the journal is read at most once in `KEPT_S`: a scraper that hammers costs nothing.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from tickwise.errors import JournalError
from tickwise.journal.database import Database, open_database
from tickwise.metrics.exposition import CONTENT_TYPE, metrics_in

KEPT_S = 2.0
"""How long a reading is given again, seconds."""


class Metrics:
    """Answers scrapes out of one journal."""

    def __init__(self, database: Database) -> None:
        """Read a database."""
        self._database = database
        self._reading: asyncio.Task[bytes] | None = None
        self._until_s = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        """Give the metrics; 503 with the reason where the journal cannot be read."""
        try:
            return web.Response(body=await self._kept(), headers={"Content-Type": CONTENT_TYPE})
        except JournalError as error:
            return web.Response(status=503, text=f"{error}\n")

    async def _kept(self) -> bytes:
        """Give the last reading, or begin a new one that all who ask meanwhile share."""
        loop = asyncio.get_running_loop()
        if self._reading is None or loop.time() >= self._until_s:
            self._until_s = loop.time() + KEPT_S
            self._reading = loop.create_task(metrics_in(self._database))
        return await asyncio.shield(self._reading)


async def serve(where: str | Path | None, host: str, port: int, ready: asyncio.Future[int]) -> None:
    """Serve `/metrics` until cancelled; `ready` hears the port. Raises OSError where it is taken."""
    async with open_database(where) as database:
        app = web.Application()
        app.router.add_get("/metrics", Metrics(database).answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            ready.set_result(runner.addresses[0][1])
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
