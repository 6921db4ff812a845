"""A real browser without a window: it opens a file, and tells what was asked for and complained of."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

BROWSER = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
LISTENS = "DevTools listening on "


@dataclass
class Page:
    """One page of the browser, steered over its protocol."""

    socket: ClientWebSocketResponse
    session: str = ""
    asked: int = 0
    requests: list[str] = field(default_factory=list)
    """Every address that was asked for, but for those within the page."""
    complaints: list[str] = field(default_factory=list)
    """What the console, the log and broken scripts said."""
    _loads: int = 0

    async def call(self, method: str, **params: Any) -> Any:
        """Send a command and give its answer; what happens meanwhile is noted."""
        self.asked += 1
        number = self.asked
        whole = {"id": number, "method": method, "params": params}
        await self.socket.send_json({**whole, "sessionId": self.session} if self.session else whole)
        while (message := await self._next()).get("id") != number:
            pass
        assert "error" not in message, message["error"]
        return message["result"]

    async def open(self, path: Path, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Open a file at a width, light or dark, and wait until it is loaded."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        loads = self._loads
        await self.call("Page.navigate", url=path.as_uri())
        while self._loads == loads:
            await self._next()
        await self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    async def value(self, script: str) -> Any:
        """Run a script in the page and give what it comes to."""
        found = await self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def press(self, key: str) -> None:
        """Press a key that has a name, such as Tab or Enter."""
        text = {"text": "\r"} if key == "Enter" else {}
        code = {"Enter": 13, "Tab": 9}[key]
        for kind in ("keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text
            )

    async def picture(self, path: Path, whole: bool = True) -> None:
        """Keep what is seen, or the whole page, as a PNG."""
        found = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))

    async def _next(self) -> dict[str, Any]:
        message = await self.socket.receive()
        assert message.type is WSMsgType.TEXT, "the browser went away"
        told: dict[str, Any] = json.loads(message.data)
        self._note(told.get("method", ""), told.get("params", {}))
        return told

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loads += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(" ".join(str(each.get("value")) for each in params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])


@asynccontextmanager
async def browsing() -> AsyncIterator[Page]:
    """Start the browser with a home of its own, give a page, and end it."""
    assert BROWSER is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        started = await asyncio.create_subprocess_exec(
            BROWSER, *OPTIONS, f"--user-data-dir={home}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with (
                ClientSession() as session,
                session.ws_connect(await _address(started), max_msg_size=0) as socket,
            ):
                yield await _page(socket)
        finally:
            with suppress(ProcessLookupError):
                started.kill()
            await started.wait()


async def _address(started: asyncio.subprocess.Process) -> str:
    """Read where the browser listens."""
    assert started.stderr is not None
    while line := (await started.stderr.readline()).decode():
        if line.startswith(LISTENS):
            return line.removeprefix(LISTENS).strip()
    raise AssertionError("the browser ended before it listened")


async def _page(socket: ClientWebSocketResponse) -> Page:
    page = Page(socket)
    target = await page.call("Target.createTarget", url="about:blank")
    attached = await page.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
    page.session = attached["sessionId"]
    for domain in ("Page", "Network", "Runtime", "Log"):
        await page.call(f"{domain}.enable")
    page.requests.clear()
    return page
