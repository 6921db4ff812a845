"""Run chunks of a tape through a kernel, and gather trades, decisions and the digest.

The state is a set of structured arrays; `snapshot` is their bytes. Nothing here decides.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.core._cache import CACHE_DIR
from tickwise.core.compiled import JIT
from tickwise.core.layout import BARS_KEPT, DECISION, LAYOUT_VERSION, MAILBOX, MINUTE_DIGEST, TRADE
from tickwise.core.live import PLACES
from tickwise.core.outcome import NAMES, OUTCOMES, STAGES, TABLE
from tickwise.core.record import rows
from tickwise.core.replay import DECISIONS, MINUTES, TRADES
from tickwise.core.step import ON_QUOTE
from tickwise.core.types import MINUTE, NEVER, SECOND
from tickwise.kernels.halves import compile_halves
from tickwise.kernels.uncollected import uncollected
from tickwise.market_data.chunks import BarChunk, QuoteChunk, cut

LOG_ROWS = 65_536
"""Trades and decisions a run may write before its log is emptied."""

NO_PLACES = np.zeros(0, np.int16)
NO_TIMES = np.zeros(0, np.int64)


class Lane(NamedTuple):
    """What a lane is, in names."""

    bot: str
    instrument: str
    account: str
    pocket: str


class GateReading(NamedTuple):
    """One line of a moment's ledger: a gate, what it read, its limit and its verdict.

    `until` is the time, nanoseconds UTC, before which the verdict cannot change but for an event; None:
    never.
    """

    code: int
    name: str
    stage: str
    value: float
    limit: float
    allows: bool
    until: int | None
    says: str


class Explanation(NamedTuple):
    """Why a lane traded or did not at a moment: the outcome, and every gate that was asked."""

    ts: int
    lane: Lane
    outcome: str
    says: str
    gates: tuple[GateReading, ...]


@dataclass
class Records:
    """The records of a session, each an array; see `tickwise.core.layout`."""

    params: NDArray[Any]
    houses: NDArray[Any]
    accounts: NDArray[Any]
    tallies: NDArray[Any]
    markets: NDArray[Any]
    lanes: NDArray[Any]
    calendar: NDArray[Any]
    rolls: NDArray[np.int64]
    block: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))

    def state(self) -> tuple[NDArray[Any], ...]:
        """The arrays that change as a session runs."""
        return self.houses, self.accounts, self.tallies, self.markets, self.lanes

    def all(self) -> tuple[NDArray[Any], ...]:
        """Every array, in the order the kernel takes them."""
        return self.params, *self.state(), self.calendar, self.rolls

    def packed(self) -> Records:
        """Give the same records laid into one block of bytes, each array a view of its part.

        One block is what crosses the border to compiled code for a single step: finding out the type of eight
        arrays would cost more than the step. The block begins with the places of its arrays.
        """
        parts = self.all()
        places = np.cumsum([8 * PLACES, *(part.nbytes for part in parts)]).astype(np.int64)
        block = np.zeros(places[-1], np.uint8)
        block[: 8 * PLACES] = places.view(np.uint8)
        views = []
        for part, start, end in zip(parts, places, places[1:], strict=False):
            view = block[start:end].view(part.dtype)
            view[:] = part
            views.append(view)
        made = Records(*views)
        made.block = block
        return made


@dataclass
class Session:
    """Records, the kernel that moves them, and what was written so far."""

    records: Records
    kernel: ModuleType
    lanes: tuple[Lane, ...]
    span: int
    bar_spreads: tuple[int, ...]
    trades: list[NDArray[Any]] = field(default_factory=list)
    decisions: list[NDArray[Any]] = field(default_factory=list)
    keeps_decisions: bool = True
    _digest: Any = field(default_factory=hashlib.sha256)
    _is_ready: bool = False

    def feed(self, chunk: QuoteChunk | BarChunk) -> None:
        """Run one chunk of a tape, in order of time."""
        if not self._is_ready:
            self.compile(chunk)
        entry, columns = self._entry(chunk)
        start, end = 0, len(chunk.ts)
        while start < end:
            start = self._run(entry, columns, start, end - start)

    def is_compiled(self, chunk: QuoteChunk | BarChunk) -> bool:
        """Tell whether the machine code for such chunks lies in the cache, or none is wanted."""
        kept = f"{self.kernel.__name__}.{_entry_for(chunk)}-*.nbi"
        return not JIT or next(CACHE_DIR.rglob(kept), None) is not None

    def compile(self, chunk: QuoteChunk | BarChunk) -> None:
        """Compile the kernel for chunks like this one, or load it; no row is run."""
        entry, columns = self._entry(cut(chunk, 0, 0))
        with uncollected():
            if isinstance(chunk, QuoteChunk) and not self.is_compiled(chunk):
                compile_halves(self.kernel, self.kernel.STRATEGIES)
            self._run(entry, columns, 0, 0)
        self._is_ready = True

    def _entry(self, chunk: QuoteChunk | BarChunk) -> tuple[Any, tuple[Any, ...]]:
        """Give the kernel's function for a chunk, and the columns it takes."""
        columns = self._quotes(chunk) if isinstance(chunk, QuoteChunk) else self._bars(chunk)
        return getattr(self.kernel, _entry_for(chunk)), columns

    def _run(self, entry: Any, columns: tuple[Any, ...], start: int, left: int) -> int:
        """Run `left` rows from `start`, or until the log is full; give the number of rows that are done."""
        room = 2 * len(self.lanes) + 2
        trades = rows(TRADE, min(LOG_ROWS, left * room) + room)
        decisions = rows(
            DECISION, min(LOG_ROWS, left * room) * 4 + MAILBOX * room if self.keeps_decisions else 0
        )
        minutes = rows(MINUTE_DIGEST, min(LOG_ROWS * 16, left + LOG_ROWS // 64) + 4)
        written = np.zeros(4, np.int64)
        done = int(entry(*self.records.all(), *columns, start, trades, decisions, minutes, written))
        self._take(trades[: written[TRADES]], decisions[: written[DECISIONS]], minutes[: written[MINUTES]])
        return done

    def _quotes(self, chunk: QuoteChunk) -> tuple[Any, ...]:
        return chunk.ts, chunk.bid, chunk.ask, chunk.instrument, chunk.ts_event

    def _bars(self, chunk: BarChunk) -> tuple[Any, ...]:
        bid = np.stack([chunk.bid_open, chunk.bid_high, chunk.bid_low, chunk.bid_close])
        ask = np.stack([chunk.ask_open, chunk.ask_high, chunk.ask_low, chunk.ask_close])
        if self.bar_spreads[0] > 0:
            ask[:, (ask == bid).all(0)] += np.int32(self.bar_spreads[0])
        return self.span, chunk.ts, bid, ask, NO_PLACES

    def _take(self, trades: NDArray[Any], decisions: NDArray[Any], minutes: NDArray[Any]) -> None:
        if len(trades):
            self.trades.append(np.array(trades))
        if len(decisions):
            self.decisions.append(np.array(decisions))
        self.add_minutes(minutes)

    def add_minutes(self, minutes: NDArray[Any]) -> None:
        """Take the digests of further minutes into the digest of the whole."""
        self._digest.update(minutes.tobytes())

    @property
    def decision_digest(self) -> str:
        """SHA-256 of the digests of every minute so far and of the moment reached; hex."""
        total = self._digest.copy()
        total.update(
            np.array([sum(int(d) for d in self.records.lanes["digest"]) & (2**63 - 1)], "<i8").tobytes()
        )
        return str(total.hexdigest())

    def counts(self, name: str = "counts") -> NDArray[np.int64]:
        """Evaluations by outcome, a row for each lane: `counts`, or `missed` for signals that a gate
        refused.
        """
        found: NDArray[np.int64] = np.asarray(self.records.lanes[name]).reshape(len(self.lanes), OUTCOMES)
        return found

    def outcomes(self) -> dict[str, int]:
        """Evaluations by the name of their outcome, over all lanes; outcomes that did not occur are left
        out.
        """
        total = self.counts().sum(0)
        return {NAMES[place]: int(total[place]) for place in range(OUTCOMES) if total[place]}

    def snapshot(self) -> bytes:
        """The state as bytes, with the version of its layout in front."""
        return LAYOUT_VERSION.to_bytes(4, "little") + b"".join(
            part.tobytes() for part in self.records.state()
        )

    def restore(self, snapshot: bytes) -> bool:
        """Put a snapshot's state back; False, and nothing is changed, where its layout is another one."""
        parts = self.records.state()
        size = sum(part.nbytes for part in parts)
        if len(snapshot) != 4 + size or int.from_bytes(snapshot[:4], "little") != LAYOUT_VERSION:
            return False
        at = 4
        for part in parts:
            part[:] = np.frombuffer(snapshot[at : at + part.nbytes], part.dtype).reshape(part.shape)
            at += part.nbytes
        return True

    def explain_row(self, place: int, row: QuoteChunk | BarChunk) -> Explanation | None:
        """Run one row, and explain the evaluation of a lane at it; None where the lane was not asked.

        The gates of a lane that is asked on quotes are read as they stood when it was asked: after the lanes
        before it, and before what it did. Those of a lane that is asked at the close of a bar are read once
        all lanes were asked there, but before the quote that comes after the close.
        """
        before, counts = self.snapshot(), self.counts()[place].copy()
        self.feed(row)
        ended = np.flatnonzero(self.counts()[place] - counts)
        if not len(ended):
            return None
        after, ts = self.snapshot(), int(row.ts[-1]) + self.span
        quoting = bool(self.records.lanes["trigger"][place] == ON_QUOTE)
        if isinstance(row, QuoteChunk):
            self.restore(before)
            ts = self._run_before(place, row) if quoting else self._let_pass(place, row)
        read = self.explain(place, ts, unseen=quoting)
        self.restore(after)
        outcome = TABLE[int(ended[-1])]
        return read._replace(outcome=outcome.name, says=outcome.says)

    def _run_before(self, place: int, row: QuoteChunk) -> int:
        """Run a quote for the lanes before one, and for no other; give its time."""
        market = self.records.lanes["instrument"][place]
        end = int(self.records.markets["lane_end"][market])
        self.records.markets["lane_end"][market] = place
        self.feed(row)
        self.records.markets["lane_end"][market] = end
        return int(row.ts[-1])

    def _let_pass(self, place: int, row: QuoteChunk) -> int:
        """Let time pass until a quote, but not the quote; give the moment the lane's last bar was closed."""
        self.feed(row._replace(bid=np.zeros(1, row.bid.dtype), ask=np.zeros(1, row.ask.dtype)))
        if not self.records.houses["grid"][0]:
            return int(row.ts[-1])
        lane = self.records.lanes[place]
        frame = self.records.markets["frames"][lane["instrument"]][lane["trigger"]]
        last = int(frame["times"][(int(frame["closed"]) - 1) % BARS_KEPT])
        return last + int(frame["span"]) * int(SECOND)

    def explain(self, place: int, ts: int, *, unseen: bool = False) -> Explanation:
        """Read every gate of a lane at `ts` without stopping at the first refusal; the state stays as it is.

        With `unseen`, the lane's strategy has yet to take the last quote.
        """
        kept = self.snapshot()
        outcome = self.kernel.explain(*self.records.all()[:7], place, np.int64(ts), unseen)
        ledger = np.array(self.records.houses["ledger"][0])
        self.restore(kept)
        readings = tuple(
            GateReading(
                row.code,
                row.name,
                STAGES[row.code // 100],
                float(ledger["value"][at]),
                float(ledger["limit"][at]),
                bool(ledger["allows"][at]),
                int(ledger["until"][at]) if ledger["until"][at] < NEVER else None,
                row.says,
            )
            for at, row in enumerate(TABLE)
            if ledger["read"][at]
        )
        return Explanation(ts, self.lanes[place], TABLE[outcome].name, TABLE[outcome].says, readings)


def _entry_for(chunk: QuoteChunk | BarChunk) -> str:
    return "quotes" if isinstance(chunk, QuoteChunk) else "bars"


def minute_of(ts: int) -> int:
    """The minute, since 1970 UTC, that a time in nanoseconds lies in."""
    return ts // int(MINUTE)
