"""All doubts about one bot on one tape, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tickwise.config.bot import BotConfig
from tickwise.config.load import load_bot
from tickwise.engine.clock import WallClock
from tickwise.market_data.chunks import QuoteChunk
from tickwise.market_data.findings import utc
from tickwise.market_data.tape import Tape, tape_of
from tickwise.research.doubt.chance import RUNS, by_chance
from tickwise.research.doubt.deflated import deflated_sharpe
from tickwise.research.doubt.finding import Finding
from tickwise.research.doubt.lookahead import CUTS, look_ahead
from tickwise.research.doubt.shuffles import other_costs, other_order
from tickwise.research.doubt.warm_up import warm_up
from tickwise.research.moment import Moment, moment_of
from tickwise.research.stats import statistics
from tickwise.research.sweep.ground import ground_for, tape_meant
from tickwise.research.sweep.measures import Row, by_day, ran, shape_of, trades_of
from tickwise.research.sweep.shared_tape import Laid
from tickwise.research.watch import Unwatched, Watch


@dataclass(frozen=True)
class Doubts:
    """What every doubt found."""

    bot: BotConfig
    trades: int
    net_pnl: float
    findings: tuple[Finding, ...]
    seconds: Mapping[str, float]
    """How long each took."""

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """Those that speak against the result."""
        return tuple(each for each in self.findings if each.alarm)

    def __repr__(self) -> str:
        return f"<Doubts: {self.first_line}>"

    @property
    def first_line(self) -> str:
        """The one sentence to read first."""
        names = ", ".join(each.name for each in self.alarms)
        against = f"{len(self.alarms)} of {len(self.findings)} doubts speak against it: {names}"
        if not self.alarms:
            against = f"none of {len(self.findings)} doubts speaks against it; tomorrow still may"
        return f"{self.trades:,} trades, {self.net_pnl:+,.2f} net: {against}"

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, for JSON."""
        return {
            "summary": self.first_line,
            "bot": self.bot.name,
            "trades": self.trades,
            "net_pnl": self.net_pnl,
            "alarms": [each.name for each in self.alarms],
            "findings": [each._asdict() for each in self.findings],
            "seconds": dict(self.seconds),
        }


def doubt(
    config: str | Path | BotConfig,
    tape: str | Path | Tape,
    *,
    tries: int = 1,
    runs: int = RUNS,
    cuts: int = CUTS,
    seed: int = 1,
    processes: int | None = None,
    instrument: str | None = None,
    tick: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    watch: Watch | None = None,
) -> Doubts:
    """Doubt a bot's result on a tape in every way there is: leaks, luck, order, costs, single days.

    `tries` is how many sets of parameters were tried before this one; `runs` how often entries are drawn by
    chance; `cuts` at how many moments the future is cut off. Raises ConfigError, DataError or StrategyError.
    """
    bot = config if isinstance(config, BotConfig) else load_bot(config, overrides or {})
    source = tape_meant(tape, instrument, tick)
    told, clock = watch or Unwatched(), WallClock()
    with ground_for(bot, source, told) as ground:
        rows = ground.laid.rows(*(None if each is None else moment_of(each) for each in (since, until)))
        laid = _part(ground.laid, rows)
        session = ran(bot, laid.tape, laid.chunk)
        trades = trades_of(session)
        row: Row = {**shape_of(trades["pnl"] / 1e6), **by_day(trades, session.records.rolls)}
        pips = np.asarray(session.records.markets["pip"])
        net = float(statistics(trades, 0)["net_pnl"] or 0.0)
        seconds: dict[str, float] = {}
        findings = []
        works: tuple[Callable[[], Finding], ...] = (
            lambda: look_ahead(bot, laid.tape, laid.chunk, cuts, seed),
            lambda: warm_up(bot, laid.tape, laid.chunk, seed=seed),
            lambda: other_order(trades, seed=seed),
            lambda: other_costs(trades, pips, seed=seed),
            lambda: single_days(row, laid),
            lambda: luck_of(row, len(trades), tries),
            lambda: by_chance(bot, laid, trades, runs, seed, processes, told),
        )
        for work in works:
            begun_s = clock.now_s()
            findings.append(work())
            seconds[findings[-1].name] = clock.now_s() - begun_s
    return Doubts(bot, len(trades), net, tuple(findings), seconds)


def _part(laid: Laid, rows: tuple[int, int]) -> Laid:
    """Give the rows that are looked at as a tape of their own."""
    if rows == (0, len(laid.chunk.ts)):
        return laid
    part, tape = laid.part(rows), laid.tape
    instruments = [(each.symbol, each.tick) for each in tape.instruments]
    if isinstance(part, QuoteChunk):
        return Laid(tape_of(part, instruments, source=tape.source), part, laid.digest)
    frame_s = tape.frame_s if tape.kind == "bars" else 0
    return Laid(tape_of(part, instruments, source=tape.source, frame_s=frame_s), part, laid.digest)


def single_days(row: Row, laid: Laid) -> Finding:
    """Say whether the result is that of one day."""
    days, up = int(row["days"] or 0), int(row["days_up"] or 0)
    best, rest = float(row["best_day_pnl"] or 0.0), float(row["pnl_without_best_day"] or 0.0)
    span = f"from {utc(laid.tape.first_ts)} to {utc(laid.tape.last_ts)}"
    says = (
        f"{up} of {days} trading days with trades earned; {rest:,.2f} is left without the best ({best:,.2f})"
    )
    if days < 2:
        says = f"all trades lie in {days} trading day, {span}: nothing says that any other would be like it"
    return Finding(
        "single days",
        days < 2 or rest <= 0,
        says,
        "it does not prove that two days do not carry the rest",
        {"days": days, "days_up": up, "best_day_pnl": best, "pnl_without_best_day": rest},
    )


def luck_of(row: Row, count: int, tries: int) -> Finding:
    """Deflate the Sharpe ratio of trades by the number of tries, whose ratios are taken to vary by chance.

    The ratio of `count` trades without skill has a variance of about one over them.
    """
    names = ("sharpe", "skew", "kurtosis")
    sharpe, skew, kurtosis = (None if row[name] is None else float(row[name] or 0.0) for name in names)
    found = None
    if sharpe is not None and skew is not None and kurtosis is not None:
        found = deflated_sharpe(sharpe, count, skew, kurtosis, tries, 1 / max(1, count - 1))
    if found is None:
        says = f"{count} trades have no Sharpe ratio to doubt"
        return Finding("number of tries", True, says, "a longer tape would tell", {"trades": count})
    return Finding(
        "number of tries",
        found.sure < 0.95,
        f"a Sharpe ratio of {found.sharpe:.3f} a trade, where the best of {tries:,} tries without skill has "
        f"{found.expected:.3f}, is above luck with a probability of {100 * found.sure:.1f} %",
        "it counts the tries it is told of; those made before, by hand or by others, are not among them",
        found._asdict(),
    )
