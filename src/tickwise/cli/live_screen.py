"""Show on the standard error how a session on a live feed goes: prices, positions, what happens, why.

On a terminal a few lines move and what happens stands above them; the log's own lines are for a file there.
Elsewhere the log tells what happens, and a line a minute says how things stand.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any, TextIO

from rich.text import Text

from tickwise.cli.event_lines import line_of, price_text
from tickwise.cli.run_screen import DONE
from tickwise.cli.screen import err, percent, shown, tone
from tickwise.core.types import MILLION, SECOND
from tickwise.engine.engine import Engine
from tickwise.engine.running import Running
from tickwise.journal import entries as j
from tickwise.market_data.chunks import MISSING

LOOK_S = 0.5
"""Seconds between two looks where lines move."""

LINE_S = 60.0
"""Seconds between two lines where none moves."""


class Nowhere(io.TextIOBase):
    """Takes lines and keeps none: on a terminal the screen says itself what happens."""

    def write(self, text: str) -> int:
        """Take a text."""
        return len(text)


class LiveScreen:
    """What a person sees of a session on a live feed. Use it with `with`."""

    def __init__(self, says: str) -> None:
        """Say of the session where its orders go."""
        self._says = says
        self._engine: Engine | None = None
        self._live: Any = None
        self._trades, self._net = 0, 0
        self._begun_ts = 0
        self._moves = err().is_terminal
        self.log_to: TextIO | None = Nowhere() if self._moves else None  # type: ignore[assignment]
        """Where the log's lines go that no file takes."""

    def __enter__(self) -> LiveScreen:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    @property
    def has_begun(self) -> bool:
        """Whether a session was opened."""
        return self._engine is not None

    def begin(self, running: Running) -> None:
        """Begin to show a session that is open; it is told of until it ends."""
        self._engine = engine = running.engine
        self._begun_ts = engine.time.now_ns()
        told = engine.observe

        def heard(entry: j.Entry) -> None:
            told(entry)
            self._hear(entry)

        engine.observe = heard
        if self._moves:
            from rich.live import Live

            self._live = Live(console=err(), transient=True, auto_refresh=False)
            self._live.start()
        running.session.nursery.keep("screen", self._follow)

    def failed(self, name: str, error: BaseException) -> None:
        """Hear of a task that failed and is started again."""
        if self._moves:
            self._print(Text(f"{name}: {error}; trying again", style="yellow"))

    async def _follow(self) -> None:
        while True:
            if self._moves:
                self._draw()
            await asyncio.sleep(LOOK_S if self._moves else LINE_S)
            if not self._moves:
                self._print(Text(f"{self._age()}: {self._earned().plain}; {self._why()}"))

    def _hear(self, entry: j.Entry) -> None:
        """Count what is earned, and on a terminal say what happens."""
        if isinstance(entry, j.TradeBooked):
            self._trades, self._net = self._trades + 1, self._net + entry.pnl
        if self._moves and self._engine is not None:
            line = line_of(entry, self._engine)
            if line is not None:
                self._print(line)

    def _print(self, line: Text) -> None:
        """Print a line above those that move; a terminal that went away stops no engine."""
        try:
            err().print(line, soft_wrap=not self._moves)
        except OSError:
            self._moves = False

    def _draw(self) -> None:
        from rich.console import Group

        head = Text(f"{self._says}, {self._age()}", style="bold", no_wrap=True, overflow="ellipsis")
        lines = [head, *self._quoted(), *self._held(), self._earned(), Text(self._why(), style="dim")]
        stop = Text("Ctrl-C ends it in order; `tickwise --help` has what can be asked of it", style="dim")
        try:
            self._live.update(Group(*lines, stop), refresh=True)
        except OSError:
            self._moves = False

    def _age(self) -> str:
        assert self._engine is not None
        seconds = (self._engine.time.now_ns() - self._begun_ts) // SECOND
        return f"running for {seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"

    def _quoted(self) -> list[Text]:
        """Give each instrument's price, or that there is none."""
        assert self._engine is not None
        records, dead = self._engine.live.session.records, self._engine.book.dead_streams
        lines = []
        for place, row in enumerate(self._engine.names.instruments):
            market = records.markets[place]
            bid, ask = int(market["bid"]), int(market["ask"])
            known = bid not in (0, MISSING) and ask not in (0, MISSING)
            sides = [price_text(self._engine, row.symbol, each) for each in (bid, ask)]
            price = " / ".join(sides) if known else "no price yet"
            lives = Text("") if not dead(row.symbol) else Text("  not live: no entries", style="red")
            lines.append(Text(f"{row.symbol}  {price}") + lives)
        return lines

    def _held(self) -> list[Text]:
        """Give a line for each open position."""
        assert self._engine is not None
        engine, found = self._engine, []
        for each in engine.book.positions.values():
            row = engine.names.instruments[engine.names.market(each.instrument)]
            market = engine.live.session.records.markets[engine.names.market(each.instrument)]
            now = int(market["bid"] if each.units > 0 else market["ask"])
            ticks = (now - each.price) * (1 if each.units > 0 else -1)
            bot = engine.names.lanes[each.lane].bot if each.lane >= 0 else "no bot"
            price = price_text(engine, each.instrument, each.price)
            units = f"{each.units * float(row.unit_step):+,.10g}"
            line = Text(f"{bot}  {units} {each.instrument} at {price}, {ticks:+} ticks", style=tone(ticks))
            rests = Text("" if each.stop else "  NOT PROTECTED BY THE BROKER", style="bold red")
            found.append(line + rests)
        return found

    def _earned(self) -> Text:
        net = self._net / int(MILLION)
        trades = f"{shown(self._trades)} trade{'' if self._trades == 1 else 's'} ended"
        return Text(f"{trades}, {net:+,.2f} net", style=tone(net))

    def _why(self) -> str:
        """Say in which outcomes most evaluations ended, and which switches are on."""
        assert self._engine is not None
        outcomes = self._engine.live.session.outcomes()
        total = max(1, sum(outcomes.values()))
        refused = sorted((n for n in outcomes if n not in DONE), key=lambda n: -outcomes[n])[:3]
        why = ", ".join(f"{name} {percent(outcomes[name] / total, 0)}" for name in refused)
        on = ", ".join(f"{switch} of {scope} {name}".rstrip() for switch, scope, name in self._switches())
        return f"evaluations ended at {why or 'nothing yet'}{f'; ON: {on}' if on else ''}"

    def _switches(self) -> list[tuple[str, str, str]]:
        assert self._engine is not None
        return list(self._engine.book.switches)
