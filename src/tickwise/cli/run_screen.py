"""Show on the standard error how a session on a tape goes: how far, how fast, what it earned, why not."""

from __future__ import annotations

from typing import Any

from tickwise.cli.screen import err, percent, shown
from tickwise.core.types import MILLION
from tickwise.engine.clock import WallClock
from tickwise.engine.engine import Engine
from tickwise.market_data.findings import utc

LINE_S = 10.0
"""Seconds between two lines where no terminal moves."""

LOOK_S = 0.1
"""Seconds between two looks at the session."""

DONE = ("intent", "pending", "in_position")
"""Outcomes that are no refusal."""


class RunScreen:
    """Two lines that move on a terminal; elsewhere a line every ten seconds. Use it with `with`."""

    def __init__(self, rows: int) -> None:
        """Expect so many quotes."""
        self.rows, self.done = rows, 0
        self.engine: Engine | None = None
        self._clock = WallClock()
        self._begun_s = self._next_s = 0.0
        self._first_balance = 0
        self._live: Any = None

    def __enter__(self) -> RunScreen:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    @property
    def seconds(self) -> float:
        """How long the tape has been playing."""
        return self._clock.now_s() - self._begun_s

    def begin(self, engine: Engine) -> None:
        """Begin to show a session whose first quote comes now."""
        self.engine, self._begun_s = engine, self._clock.now_s()
        self._first_balance = earned_by(engine)[1]
        self._next_s = self._begun_s + LINE_S
        if err().is_terminal:
            from rich.live import Live

            self._next_s = 0.0
            self._live = Live(console=err(), transient=True, auto_refresh=False)
            self._live.start()

    def told(self, rows: int) -> None:
        """Hear that so many more quotes were played."""
        self.done += rows
        now_s = self._clock.now_s()
        if now_s < self._next_s or self.engine is None:
            return
        if self._live is not None:
            self._next_s = now_s + LOOK_S
            self._live.update(self._drawn(), refresh=True)
        else:
            self._next_s = now_s + LINE_S
            err().print(f"{self._how_far()}; {self._what()}", soft_wrap=True)

    def _drawn(self) -> Any:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        line = Table.grid(padding=(0, 1, 0, 0))
        line.add_row(ProgressBar(self.rows, self.done, width=16), self._how_far())
        return Group(line, self._what())

    def _how_far(self) -> str:
        """Say how far the tape has come, and how fast."""
        assert self.engine is not None
        rate = self.done / max(self.seconds, 1e-9)
        share = percent(self.done / max(1, self.rows), 0)
        return f"{share} at {utc(self.engine.ts)[:19]}Z, {shown(round(rate))} quotes a second"

    def _what(self) -> str:
        """Say what the session earned so far, and where most evaluations ended instead."""
        assert self.engine is not None
        trades, balance = earned_by(self.engine)
        net = (balance - self._first_balance) / int(MILLION)
        outcomes = self.engine.live.session.outcomes()
        total = max(1, sum(outcomes.values()))
        refused = sorted((n for n in outcomes if n not in DONE), key=lambda n: -outcomes[n])[:2]
        why = ", ".join(f"{name} {percent(outcomes[name] / total, 0)}" for name in refused)
        return f"{shown(trades)} trades, {net:+,.2f}; ended at {why or 'nothing yet'}"


def earned_by(engine: Engine) -> tuple[int, int]:
    """Give how many trades have ended, and the sum of all balances, in millionths."""
    records = engine.live.session.records
    bots = sorted({int(row) for row in records.lanes["bot_tally"]})
    trades = sum(int(records.tallies[row]["ended"]) for row in bots)
    return trades, sum(int(each) for each in records.accounts["balance"])
