"""A webhook as Discord has it, on this machine: it takes messages, or answers what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "canary-Zq7Yw2Kx9Vb4Nt6Rm1Lp8Js3Hd5Gf0"
"""The secret part of the address: no window of it may be seen anywhere."""

PATH = f"/api/webhooks/1122334455/{TOKEN}"


@dataclass
class Webhook:
    """What came in, and what is answered next: (status, headers, body) in turn, then 204."""

    port: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    hangs: bool = False
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    @property
    def titles(self) -> list[str]:
        """The titles of what came in."""
        return [body["embeds"][0]["title"] for body in self.bodies]

    @property
    def lines(self) -> list[str]:
        """The lines of what came in, without their times."""
        texts = [body["embeds"][0]["description"] for body in self.bodies]
        return [line.split("` ", 1)[-1] for text in texts for line in text.split("\n")]

    async def take(self, request: web.Request) -> web.Response:
        assert request.path == PATH
        assert request.content_type == "application/json"
        body = json.loads(await request.text())
        async with self.came:
            self.bodies.append(body)
            self.came.notify_all()
        if self.hangs:
            await asyncio.Event().wait()
        status, headers, text = self.answers.pop(0) if self.answers else (204, {}, "")
        return web.Response(status=status, headers=headers, text=text)

    async def until(self, count: int) -> None:
        """Wait until so many messages came in."""
        async with self.came:
            await self.came.wait_for(lambda: len(self.bodies) >= count)


@asynccontextmanager
async def webhook(*answers: tuple[int, dict[str, str], str]) -> AsyncIterator[Webhook]:
    """Serve a webhook."""
    hook = Webhook(answers=list(answers))
    app = web.Application()
    app.router.add_post("/{path:.*}", hook.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.port = runner.addresses[0][1]
    try:
        yield hook
    finally:
        await runner.cleanup()
