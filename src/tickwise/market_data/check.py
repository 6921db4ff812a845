"""What is odd about a tape: gaps, crossed and locked quotes, duplicates, late ones, outliers.

Nothing is mended and nothing refused: crossed quotes are real, and what the core does with them is its
affair. The tape is read twice, in chunks; the report is the same whatever their length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.market_data.chunks import MISSING, BarChunk, Chunk, TapeInstrument
from tickwise.market_data.findings import COUNTED, GAPS_LISTED, Findings, Gap, Report
from tickwise.market_data.symbols import increments_of
from tickwise.market_data.tally import Tally, rounded
from tickwise.market_data.tape import BarTape, Tape

__all__ = ["GAP_S", "OUTLIER_SCALE", "Findings", "Gap", "Report", "check"]

GAP_S = 300.0
"""A silence longer than this many seconds is a gap."""

OUTLIER_SCALE = 20.0
"""An outlier jumps farther than this many times the median move of the mid."""


def check(tape: Tape, gap_s: float = GAP_S, outlier_scale: float = OUTLIER_SCALE) -> Report:
    """Look through a whole tape in bounded memory.

    A gap is a silence of more than `gap_s` seconds. An outlier is a mid farther than `outlier_scale` times
    the median of all moves but zero from the one before, with the next at most half as far from it.
    """
    frame_ns = tape.frame_s * 1_000_000_000 if isinstance(tape, BarTape) else 0
    moves = [_Moves() for _ in tape.instruments]
    for place, rows, _ in _each(tape):
        moves[place].add(rows)
    counts = [_Counts(gap_s, frame_ns, outlier_scale * each.median()) for each in moves]
    for place, rows, misshapen in _each(tape):
        counts[place].add(rows, misshapen)
    found = tuple(
        each.findings(instrument) for each, instrument in zip(counts, tape.instruments, strict=True)
    )
    return Report(tape.kind, tape.source, gap_s, outlier_scale, found)


class _Rows(NamedTuple):
    """Rows of one instrument: of bars, the closes at their open times."""

    ts: NDArray[np.int64]
    ts_event: NDArray[np.int64]
    bid: NDArray[np.int32]
    ask: NDArray[np.int32]

    @property
    def two_sided(self) -> NDArray[np.bool_]:
        """Mark the rows with both prices."""
        return np.asarray((self.bid != MISSING) & (self.ask != MISSING))

    def below(self, above: _Rows) -> _Rows:
        """Put these rows under others."""
        return _Rows(
            np.concatenate((above.ts, self.ts)),
            np.concatenate((above.ts_event, self.ts_event)),
            np.concatenate((above.bid, self.bid)),
            np.concatenate((above.ask, self.ask)),
        )

    def mids(self) -> NDArray[np.int64]:
        """Give the mids of the two-sided rows in half ticks."""
        both = self.two_sided
        return self.bid[both].astype(np.int64) + self.ask[both]


def _each(tape: Tape) -> Iterator[tuple[int, _Rows, int]]:
    """Give the rows of each instrument, chunk by chunk, and how many bars among them are misshapen."""
    for chunk in tape.chunks():
        rows = _rows_of(chunk)
        if isinstance(chunk, BarChunk):
            yield 0, rows, _misshapen(chunk)
        elif not len(chunk.instrument):
            yield 0, rows, 0
        else:
            for place in range(len(tape.instruments)):
                mine = chunk.instrument == place
                yield place, _Rows._make(column[mine] for column in rows), 0


def _rows_of(chunk: Chunk) -> _Rows:
    if isinstance(chunk, BarChunk):
        return _Rows(chunk.ts, chunk.ts, chunk.bid_close, chunk.ask_close)
    return _Rows(chunk.ts, chunk.ts_event if len(chunk.ts_event) else chunk.ts, chunk.bid, chunk.ask)


def _misshapen(bars: BarChunk) -> int:
    wrong = np.zeros(len(bars.ts), np.bool_)
    for start, high, low, end in (bars[1:5], bars[5:9]):
        wrong |= (np.maximum(start, end) > high) | (np.minimum(start, end) < low)
    return int(wrong.sum())


class _Moves:
    """The moves of the mid, to learn how far it usually goes."""

    def __init__(self) -> None:
        self._last: NDArray[np.int64] = np.empty(0, np.int64)
        self._sizes = Tally()

    def add(self, rows: _Rows) -> None:
        mids = np.concatenate((self._last, rows.mids()))
        sizes = np.abs(np.diff(mids))
        self._sizes.add(sizes[sizes > 0])
        self._last = mids[-1:]

    def median(self) -> float:
        """Give the median move in half ticks; of a mid that never moves, one."""
        return self._sizes.median() or 1.0


class _Counts:
    """The running counts of one instrument, and what they need of the rows before."""

    def __init__(self, gap_s: float, frame_ns: int, jump: float) -> None:
        self._gap_ns = round(gap_s * 1e9)
        self._frame_ns = frame_ns
        self._jump = jump
        self._counted: Counter[str] = Counter()
        self._steps = Tally()
        self._spreads = Tally()
        self._gaps: list[Gap] = []
        self._longest_ns = 0
        self._first_ts: int | None = None
        self._last: _Rows | None = None
        self._latest_event = -(2**63)
        self._mids: NDArray[np.int64] = np.empty(0, np.int64)

    def add(self, rows: _Rows, misshapen: int) -> None:
        """Count more rows."""
        if not len(rows.ts):
            return
        self._counted.update(rows=len(rows.ts), misshapen=misshapen)
        self._add_prices(rows)
        self._add_outliers(rows)
        self._add_late(rows)
        if self._last is None:
            self._first_ts = int(rows.ts[0])
        else:
            rows = rows.below(self._last)
        self._add_steps(rows)
        self._last = _Rows._make(column[-1:] for column in rows)

    def _add_prices(self, rows: _Rows) -> None:
        both = rows.two_sided
        spreads = rows.ask[both].astype(np.int64) - rows.bid[both]
        self._spreads.add(spreads)
        unpriced = int(((rows.bid == MISSING) & (rows.ask == MISSING)).sum())
        self._counted.update(
            crossed=int((spreads < 0).sum()),
            locked=int((spreads == 0).sum()),
            one_sided=len(both) - len(spreads) - unpriced,
            unpriced=unpriced,
        )

    def _add_outliers(self, rows: _Rows) -> None:
        """Look at every mid that has one before and one after; the last two wait for more."""
        mids = np.concatenate((self._mids, rows.mids()))
        out, back = np.diff(mids)[:-1], np.diff(mids)[1:]
        jumped = (np.abs(out) > self._jump) & (2 * np.abs(out + back) <= np.abs(out))
        self._counted.update(outliers=int(jumped.sum()))
        self._mids = mids[-2:]

    def _add_late(self, rows: _Rows) -> None:
        latest = np.maximum.accumulate(np.concatenate((np.array([self._latest_event]), rows.ts_event)))
        self._counted.update(late=int((rows.ts_event < latest[:-1]).sum()))
        self._latest_event = int(latest[-1])

    def _add_steps(self, rows: _Rows) -> None:
        """Compare each row with the one above, the last row of the chunk before among them."""
        again = [column[1:] == column[:-1] for column in (rows.ts_event, rows.bid, rows.ask)]
        steps = np.diff(rows.ts)
        self._steps.add(rounded(steps[steps >= 0]))
        silent = steps - self._frame_ns
        self._longest_ns = max(self._longest_ns, int(silent.max(initial=0)))
        gaps = np.flatnonzero(silent > self._gap_ns)
        self._counted.update(
            duplicates=int(np.logical_and.reduce(again).sum()),
            out_of_order=int((steps < 0).sum()),
            gaps=len(gaps),
        )
        found = [Gap(int(rows.ts[at]), int(silent[at]) / 1e9) for at in gaps.tolist()]
        self._gaps = sorted(self._gaps + found, key=lambda gap: (-gap.seconds, gap.after_ts))[:GAPS_LISTED]

    def findings(self, instrument: TapeInstrument) -> Findings:
        """Give what was counted."""
        step, spread = self._steps.median(), self._spreads.median()
        known = increments_of(instrument.symbol)
        pip = float(Decimal(known.pip) / Decimal(instrument.tick)) if known else None
        quoted = self._spreads.total
        return Findings(
            symbol=instrument.symbol,
            first_ts=self._first_ts,
            last_ts=None if self._last is None else int(self._last.ts[0]),
            step_ms_median=None if step is None else step / 1e6,
            gap_longest_s=self._longest_ns / 1e9,
            zero_spread_share=self._counted["locked"] / quoted if quoted else None,
            spread_ticks_median=spread,
            spread_pips_median=None if spread is None or pip is None else spread / pip,
            gaps_longest=tuple(self._gaps),
            **{name: self._counted[name] for name in COUNTED},
        )
