"""Backtest bots on a tape: the same session as live, a tape for a feed and the simulated exchange for a
venue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.config.break_even import break_even_win_rate
from tickwise.config.load import load_bot
from tickwise.core.decision import ACTS
from tickwise.core.layout import DECISION, TRADE
from tickwise.core.outcome import STAGES, TABLE
from tickwise.core.types import MILLION, REASONS, STATES
from tickwise.engine.clock import WallClock
from tickwise.errors import ConfigError, DataError
from tickwise.kernels.generated import code_digest
from tickwise.market_data.chunks import BarChunk, cut
from tickwise.market_data.findings import utc
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import QuoteChunk, Tape
from tickwise.research.assumptions import assumptions_of
from tickwise.research.caps import Cap, CapCounts
from tickwise.research.headline import headline
from tickwise.research.ledger import Terms, terms_of
from tickwise.research.moment import Moment, moment_of
from tickwise.research.stats import by, statistics
from tickwise.research.table import Table, counted, named, priced
from tickwise.research.watch import Unwatched, Watch
from tickwise.session.assembly import assembled, strategies_of
from tickwise.session.session import Explanation, Session

Bots = str | Path | BotConfig | Iterable[str | Path | BotConfig]
"""One bot or several: paths of their files, or configs."""


@dataclass(frozen=True)
class Result:
    """What a backtest found. Type its name in a shell to see the summary."""

    bots: tuple[BotConfig, ...]
    tape: Tape
    session: Session
    quotes: int
    refused: Mapping[str, int]
    caps: tuple[Cap, ...]
    seconds: float
    """How long the run took, the compiling left out."""
    compile_seconds: float
    since: int | None = None
    until: int | None = None
    """The part of the tape that was run, nanoseconds UTC."""

    @cached_property
    def raw_trades(self) -> NDArray[Any]:
        """Records of `tickwise.core.layout.TRADE`, in order of their end."""
        parts = self.session.trades
        found: NDArray[Any] = np.concatenate(parts) if parts else np.zeros(0, TRADE)
        return found

    @cached_property
    def trades(self) -> Table:
        """Every trade: times in nanoseconds UTC, prices in the quote currency, money in the account's."""
        raw, lanes = self.raw_trades, self.session.lanes
        ticks = [each.tick for each in self.tape.instruments]
        money = {
            name: raw[name] / int(MILLION) for name in ("pnl", "gross", "commission", "financing", "risk")
        }
        return Table(
            {
                "bot": named(raw["lane"], {k: lane.bot for k, lane in enumerate(lanes)}),
                "instrument": named(raw["lane"], {k: lane.instrument for k, lane in enumerate(lanes)}),
                "account": named(raw["lane"], {k: lane.account for k, lane in enumerate(lanes)}),
                "side": raw["side"],
                "units": counted(raw["units"], raw["instrument"], self.session.records.markets["unit_step"]),
                "decided_ts": raw["decided_ts"],
                "entry_ts": raw["entry_ts"],
                "entry_price": priced(raw["entry_price"], raw["instrument"], ticks),
                "exit_ts": raw["exit_ts"],
                "exit_price": priced(raw["exit_price"], raw["instrument"], ticks),
                "reason": named(raw["reason"], REASONS),
                **money,
                "r": np.divide(raw["pnl"], raw["risk"], out=np.full(len(raw), np.nan), where=raw["risk"] > 0),
                "stop": priced(raw["stop"], raw["instrument"], ticks),
                "target": priced(raw["target"], raw["instrument"], ticks),
                "best": priced(raw["best"], raw["instrument"], ticks),
                "worst": priced(raw["worst"], raw["instrument"], ticks),
                "score": raw["score"],
                "state": named(raw["state"], STATES),
                "ambiguous": raw["ambiguous"] != 0,
            }
        )

    @cached_property
    def decisions(self) -> Table:
        """Every decision and what became of its order, in order of time."""
        parts, lanes = self.session.decisions, self.session.lanes
        raw = np.concatenate(parts) if parts else np.zeros(0, DECISION)
        ticks = [each.tick for each in self.tape.instruments]
        places = np.asarray(self.session.records.lanes["instrument"])[raw["lane"]]
        return Table(
            {
                "ts": raw["ts"],
                "bot": named(raw["lane"], {k: lane.bot for k, lane in enumerate(lanes)}),
                "instrument": named(raw["lane"], {k: lane.instrument for k, lane in enumerate(lanes)}),
                "act": named(raw["act"], ACTS),
                "reason": raw["reason"],
                "units": counted(raw["units"], places, self.session.records.markets["unit_step"]),
                "price": priced(raw["price"], places, ticks),
                "stop": priced(raw["stop"], places, ticks),
                "target": priced(raw["target"], places, ticks),
                "order": raw["id"],
            }
        )

    @cached_property
    def stats(self) -> dict[str, float | int | None]:
        """The numbers of the run; see `tickwise.research.stats` for their definitions."""
        return statistics(self.raw_trades, int(self.session.records.accounts["drawdown"].max()))

    @cached_property
    def gates(self) -> Table:
        """The funnel: for each lane and outcome, the evaluations that ended there and the signals it cost."""
        counts, missed = self.session.counts(), self.session.counts("missed")
        rows = [
            (lane, row, int(counts[k, place]), int(missed[k, place]))
            for k, lane in enumerate(self.session.lanes)
            for place, row in enumerate(TABLE)
            if counts[k, place] or missed[k, place]
        ]
        return Table(
            {
                "bot": np.array([lane.bot for lane, *_ in rows], np.str_),
                "instrument": np.array([lane.instrument for lane, *_ in rows], np.str_),
                "code": np.array([row.code for _, row, *_ in rows], np.int64),
                "outcome": np.array([row.name for _, row, *_ in rows], np.str_),
                "stage": np.array([STAGES[row.code // 100] for _, row, *_ in rows], np.str_),
                "evaluations": np.array([n for *_, n, _ in rows], np.int64),
                "missed_signals": np.array([m for *_, m in rows], np.int64),
            }
        )

    @property
    def outcomes(self) -> dict[str, int]:
        """Evaluations by the name of their one outcome; they add up to `evaluations`."""
        return self.session.outcomes()

    @property
    def evaluations(self) -> int:
        """How often a strategy was asked."""
        return int(self.session.counts().sum())

    @property
    def first_line(self) -> str:
        """The one sentence to read first: why there are few trades, or what the trades earned."""
        stats, currency = self.stats, self.bots[0].account.currency
        return headline(
            len(self.raw_trades),
            float(stats["net_pnl"] or 0.0),
            currency,
            self.caps,
            self.outcomes,
            len(self.bots),
        )

    def explain(self, moment: Moment, bot: str | None = None, instrument: str | None = None) -> Explanation:
        """Say why a bot traded or did not at a time: every gate, its reading, its limit and its verdict.

        `moment` is nanoseconds UTC, ISO text or a datetime. The tape is run again up to that time, so the
        answer is the step's own. Without names, the first lane. Raises ConfigError for a name that no lane
        has, DataError for a time outside the tape.
        """
        return self.explain_all(moment, bot, instrument, most=1)[0]

    def explain_all(
        self, moment: Moment, bot: str | None = None, instrument: str | None = None, most: int | None = None
    ) -> tuple[Explanation, ...]:
        """Explain a time for every lane of these names, `most` at most. Raises as `explain` does."""
        ts = self._inside(moment_of(moment))
        lanes = self.session.lanes
        places = [
            k
            for k, lane in enumerate(lanes)
            if bot in (None, lane.bot) and instrument in (None, lane.instrument)
        ]
        if not places:
            there = ", ".join(f"{lane.bot} on {lane.instrument}" for lane in lanes)
            raise ConfigError(
                f"no bot {bot or 'at all'} on {instrument or 'any instrument'}; there is {there}"
            )
        again = assembled(self.bots, self.tape)
        again.keeps_decisions = False
        row = None
        for chunk in self.tape.chunks(since=self.since, until=ts + 1 - again.span):
            if row is not None:
                again.feed(row)
            again.feed(cut(chunk, 0, len(chunk.ts) - 1))
            row = cut(chunk, len(chunk.ts) - 1, len(chunk.ts))
        assert row is not None
        return tuple(_explained(again, place, row, ts) for place in places[:most])

    def _inside(self, ts: int) -> int:
        """Give the time back if the run came by it. Raises DataError otherwise."""
        first = max(self.tape.first_ts, self.since or self.tape.first_ts) + self.session.span
        last = self.tape.last_ts if self.until is None else min(self.tape.last_ts, self.until - 1)
        last += self.session.span
        if not first <= ts <= last:
            raise DataError(f"{utc(ts)} is not within what was run: {utc(first)} to {utc(last)}")
        return ts

    def terms(self, explanation: Explanation) -> Terms:
        """Give the units in which the ledger of an explanation is written."""
        lane = explanation.lane
        bot = next(each for each in self.bots if each.name == lane.bot)
        tick = next(each.tick for each in self.tape.instruments if each.symbol == lane.instrument)
        return terms_of(bot, lane.instrument, tick)

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, for JSON."""
        strategies, _ = strategies_of(self.bots)
        return {
            "summary": self.first_line,
            "bots": [bot.name for bot in self.bots],
            "tape": str(self.tape.path or "memory"),
            **self.stats,
            "quotes": self.quotes,
            "refused_quotes": sum(self.refused.values()),
            "refused": dict(self.refused),
            "evaluations": self.evaluations,
            "outcomes": self.outcomes,
            "missed_signals": int(self.session.counts("missed").sum()),
            "spread_let_through": min((cap.share for cap in self.caps), default=None),
            "caps": [cap._asdict() for cap in self.caps],
            "break_even_win_rate": {
                bot.name: [each._asdict() for each in break_even_win_rate(bot)] for bot in self.bots
            },
            "by_bot": by(self.raw_trades, "bot", {b: bot.name for b, bot in enumerate(self.bots)}),
            "by_instrument": by(
                self.raw_trades,
                "instrument",
                {i: each.symbol for i, each in enumerate(self.tape.instruments)},
            ),
            "by_reason": by(self.raw_trades, "reason", REASONS),
            "orders_rejected": int(self.session.records.lanes["rejects"].sum()),
            "decision_digest": self.session.decision_digest,
            "code_digest": code_digest(strategies),
            "assumptions": assumptions_of(self.bots, self.tape),
            "seconds": self.seconds,
            "compile_seconds": self.compile_seconds,
        }

    def __repr__(self) -> str:
        return f"<Result: {self.first_line}; {self.quotes:,} quotes in {self.seconds:.3f} s>"


def backtest(
    bots: Bots,
    tape: str | Path | Tape,
    *,
    instrument: str | None = None,
    tick: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    watch: Watch | None = None,
) -> Result:
    """Run one bot or several (paths of their files, or configs) on a tape (a path, or an open one).

    `instrument` and `tick` say of a foreign Parquet file what its name does not. `overrides` are dotted
    settings such as {"gates.spread_pips_max": "2.0"}. `since` and `until` cut the tape: nanoseconds UTC, ISO
    text or datetimes. Raises ConfigError, DataError or StrategyError, each one clear line.
    """
    configs = bots_of(bots, overrides or {})
    opened = open_any(tape, instrument, tick) if isinstance(tape, (str, Path)) else tape
    session = assembled(configs, opened)
    begin = None if since is None else moment_of(since)
    end = None if until is None else moment_of(until)
    return run(session, configs, opened, since=begin, until=end, watch=watch)


def _explained(session: Session, place: int, row: QuoteChunk | BarChunk, ts: int) -> Explanation:
    """Explain the evaluation of a lane at the last row; where there was none, how things stand after it."""
    before = session.snapshot()
    found = session.explain_row(place, row)
    if found is None or found.ts != ts:
        found = session.explain(place, ts)
    session.restore(before)
    return found


def bots_of(bots: Bots, overrides: Mapping[str, Any]) -> list[BotConfig]:
    """Read the bots that are given as paths. Raises ConfigError also where two have one name, or none is
    there.
    """
    each = [bots] if isinstance(bots, (str, Path, BotConfig)) else list(bots)
    configs = [bot if isinstance(bot, BotConfig) else load_bot(bot, overrides) for bot in each]
    names = [bot.name for bot in configs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"two bots are called {twice}: give each a `name` of its own")
    if not configs:
        raise ConfigError("no bot is given: name at least one bot's file")
    return configs


def run(
    session: Session,
    bots: Sequence[BotConfig],
    tape: Tape,
    *,
    since: int | None = None,
    until: int | None = None,
    watch: Watch | None = None,
) -> Result:
    """Run an assembled session over a tape, from `since` on and before `until` (nanoseconds UTC).

    Raises DataError where no row lies there.
    """
    told, clock, counted = watch or Unwatched(), WallClock(), CapCounts(session)
    done, compile_s, begun_s = 0, 0.0, clock.now_s()
    for chunk in tape.chunks(since=since, until=until):
        if not done:
            compile_s = _compiled(session, chunk, told)
        session.feed(chunk)
        if isinstance(chunk, QuoteChunk):
            counted.add(chunk)
        done += len(chunk.ts)
        told.ran(done, tape.rows)
    if not done:
        raise DataError(f"no row of the tape lies in the time asked for; it holds {span(tape)}")
    markets = session.records.markets
    return Result(
        bots=tuple(bots),
        tape=tape,
        session=session,
        quotes=int(markets["n"].sum()),
        refused={name: int(markets[name].sum()) for name in REFUSED if markets[name].sum()},
        caps=counted.caps(bots),
        seconds=clock.now_s() - begun_s - compile_s,
        compile_seconds=compile_s,
        since=since,
        until=until,
    )


def _compiled(session: Session, chunk: Any, watch: Watch) -> float:
    """Compile the kernel, or load it; give the seconds it took."""
    clock, compiles = WallClock(), not session.is_compiled(chunk)
    if compiles:
        watch.compiling()
    begun_s = clock.now_s()
    session.compile(chunk)
    seconds = clock.now_s() - begun_s
    if compiles:
        watch.compiled(seconds)
    return seconds


def span(tape: Tape) -> str:
    """Say from when to when a tape goes."""
    return f"{utc(tape.first_ts)} to {utc(tape.last_ts)}"


REFUSED = ("crossed", "non_positive", "late", "duplicate", "out_of_band")
"""Why a quote may not be admitted."""
