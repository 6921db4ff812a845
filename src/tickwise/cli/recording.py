"""Record prices: read the stream, write each quote down, connect anew, and make a tape of it at the end."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from tickwise.cli.event_loop import in_loop
from tickwise.cli.journal_options import settings_of
from tickwise.cli.screen import err, shown
from tickwise.cli.venue_options import told_plainly
from tickwise.config.reload import Configs
from tickwise.engine.clock import LoopTime
from tickwise.engine.jitter import Jitter
from tickwise.engine.process import Asked
from tickwise.engine.run_paper import prices_of
from tickwise.engine.supervise import Rest
from tickwise.errors import ConfigError
from tickwise.market_data.chunks import TapeInstrument
from tickwise.market_data.importers import import_file
from tickwise.market_data.recording import Recorder
from tickwise.market_data.recording import Recording as Written
from tickwise.market_data.tape import Tape
from tickwise.venues.oanda.prices import OandaPrices
from tickwise.venues.venue import LineSkipped, QuoteSeen, VenueError, WrongAccess

LOOK_S = 0.5
"""Seconds between two looks: what came is handed to the system, and shown."""

LINE_S = 60.0
"""Seconds between two lines where no terminal moves."""


class Counts:
    """What was seen so far."""

    def __init__(self) -> None:
        self.quotes, self.skipped, self.again = 0, 0, 0
        self.last = ""
        """The last price, for a person."""

    def says(self, seconds: float) -> str:
        """Say how far the recording is."""
        whole = int(seconds)
        age = f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
        parts = [f"{age}  {shown(self.quotes)} quotes", self.last or "no price yet"]
        parts += [f"{self.skipped} lines could not be read"] if self.skipped else []
        parts += [f"connected anew {self.again} times"] if self.again else []
        return ", ".join(parts)


class Recording:
    """Prices on their way into a file."""

    def __init__(self, source: OandaPrices, path: Path, symbols: Sequence[str]) -> None:
        """Read from a source that is open, and write to a path. Raises DataError."""
        self.counts = Counts()
        self._source, self._symbols = source, symbols
        terms = [TapeInstrument(symbol, source.terms(symbol).tick) for symbol in symbols]
        self._places = {symbol: place for place, symbol in enumerate(symbols)}
        self._recorder = Recorder(path, tuple(terms))
        self._newest = dict.fromkeys(symbols, 0)
        self._time = LoopTime(asyncio.get_running_loop())
        self._begun = self._time.now_ns()

    @property
    def seconds(self) -> float:
        """How long it has been recording."""
        return (self._time.now_ns() - self._begun) / 1e9

    async def follow(self) -> None:
        """Follow the stream, and connect anew where it breaks. Raises WrongAccess where that cannot help."""
        failures, rest, chance = 0, Rest(), Jitter("recording")
        while True:
            began = self.seconds
            try:
                async for seen in self._source.quotes(self._symbols):
                    self._take(seen)
                why = "the venue ended the stream"
            except WrongAccess:
                raise
            except VenueError as error:
                why = str(error)
            failures = 1 if self.seconds - began > rest.good_s else failures + 1
            self.counts.again += 1
            err().print(f"{why}; connecting anew", style="yellow", soft_wrap=True)
            await asyncio.sleep(rest.after(failures, chance))

    def _take(self, seen: Any) -> None:
        """Write a quote down; a new connection begins with one that is known already."""
        if isinstance(seen, LineSkipped):
            self.counts.skipped += 1
        if not isinstance(seen, QuoteSeen) or seen.ts_event <= self._newest[seen.instrument]:
            return
        self._newest[seen.instrument] = seen.ts_event
        place, now = self._places[seen.instrument], self._time.now_ns()
        self.counts.quotes += 1
        self._recorder.quote(
            self.counts.quotes, now, seen.ts_event, seen.bid, seen.ask, place, seen.bid_size, seen.ask_size
        )
        self.counts.last = f"{seen.instrument} {self._price(seen, seen.bid)} / {self._price(seen, seen.ask)}"

    def _price(self, seen: QuoteSeen, ticks: int) -> str:
        tick = self._source.terms(seen.instrument).tick
        return f"{ticks * float(tick):.{len(tick.partition('.')[2])}f}"

    async def look(self) -> None:
        """Hand what came to the system again and again, and show how far it is."""
        if not err().is_terminal:
            await self._tell()
        from rich.live import Live

        with Live(console=err(), transient=True, auto_refresh=False) as live:
            while True:
                self._recorder.flush()
                live.update(Text(self.counts.says(self.seconds)), refresh=True)
                await asyncio.sleep(LOOK_S)

    async def _tell(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(LOOK_S)
            self._recorder.flush()
            looks += 1
            if looks % round(LINE_S / LOOK_S) == 0:
                err().print(self.counts.says(self.seconds), soft_wrap=True)

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._recorder.close()


def recorded(
    target: Path, symbols: Sequence[str], span_s: float | None, rest: str, stream: str, *, force: bool
) -> Tape:
    """Record until interrupted, or for so many seconds, and give the tape. Raises a TickwiseError.

    Ends with exit code 1 where no quote came.
    """
    symbols = tuple(dict.fromkeys(symbols))
    path = target.with_suffix(".recording")
    if path.exists() and not force:
        raise ConfigError(
            f"{path}: a recording that was cut off lies there: `tickwise data import {path} {target}` makes "
            "a tape of it; or give --force to begin anew"
        )
    path.unlink(missing_ok=True)
    asked = Asked(Configs({}, settings_of(""), {}), os.environ, rest=rest, stream=stream)
    with told_plainly(), contextlib.suppress(KeyboardInterrupt):
        in_loop(_record(asked, path, symbols, span_s))
    if not path.exists():
        raise typer.TyperException("nothing was recorded: it ended before the stream was there")
    if not len(Written(path).rows()):
        path.unlink()
        raise typer.TyperException(f"no quote of {', '.join(symbols)} came: no tape is written")
    tape = import_file(path, target, fmt="recording", force=force)
    path.unlink()
    err().print(f"wrote {target}", soft_wrap=True)
    return tape


async def _record(asked: Asked, path: Path, symbols: Sequence[str], span_s: float | None) -> None:
    source = prices_of(asked)
    try:
        await source.open(symbols)
        err().print(f"recording {', '.join(symbols)}; Ctrl-C ends it and keeps the tape", soft_wrap=True)
        recording = Recording(source, path, symbols)
        following = asyncio.ensure_future(recording.follow())
        looking = asyncio.ensure_future(recording.look())
        try:
            async with asyncio.timeout(span_s):
                await asyncio.gather(following, looking)
        except TimeoutError:
            return
        finally:
            following.cancel()
            looking.cancel()
            await asyncio.gather(following, looking, return_exceptions=True)
            recording.close()
    finally:
        await source.close()
