"""The compiled step against the plain chain: the same trades, decisions, outcomes and money.

The plain chain (tests/oracles) asks every gate and every exit on every quote. Worlds are drawn by seeds, and
some are made by hand for what a draw seldom meets. Together they meet every outcome and every exit there is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oracles.chain import Chain, decisions_of, quotes_of, trades_of
from oracles.chain import bars_of as chained_bars
from oracles.drawn_worlds import bar_world_drawn, world_drawn
from oracles.made_worlds import MADE, real_world
from oracles.tapes import MINUTE, bars_of, chunk_of
from oracles.worlds import World, scopes_of, session_of, set_by
from tickwise.core.decision import CLOSED, REJECTED
from tickwise.core.outcome import NAMES
from tickwise.core.types import (
    AT_VENUE,
    COMMAND,
    FLATTEN,
    MANUAL,
    MARGIN_CLOSEOUT,
    REASONS,
    REJECTED_BOUND,
    REJECTED_STOP,
    REJECTED_VENUE,
    TAPE_END,
    UNPROTECTED,
)
from tickwise.market_data.chunks import QuoteChunk, cut
from tickwise.market_data.importers import open_any
from tickwise.session.session import Session

DRAWN = range(72)
QUOTES = 4_000

FROM_VENUES = {FLATTEN, TAPE_END, COMMAND, UNPROTECTED, MANUAL, MARGIN_CLOSEOUT, AT_VENUE}
"""Exits that only an event from outside the market brings."""


def drawn(seed: int) -> tuple[World, QuoteChunk]:
    """Draw a world and a tape, fast or slow, calm or wild."""
    instruments = 1 if seed % 3 else 2
    step_ms, move = (300, 1000, 3000, 100)[seed % 4], (3, 3, 6, 10, 2)[seed % 5]
    chunk = chunk_of(seed, QUOTES, instruments=instruments, step_ms=step_ms, move=move)
    return world_drawn(seed, int(chunk.ts[0]), int(chunk.ts[-1]), instruments), chunk


def compiled(world: World, chunk: QuoteChunk) -> Session:
    """Run the compiled step, with the world's commands before the quotes they name."""
    session = session_of(world)
    done = 0
    for place in [*sorted({command.place for command in world.commands}), len(chunk.ts)]:
        if place > done:
            session.feed(cut(chunk, done, place))
        done = place
        for command in world.commands:
            if command.place == place:
                set_by(session.records, command)
    return session


def named(counts: Any) -> dict[str, int]:
    return {name: int(count) for name, count in zip(NAMES, counts, strict=True) if count}


def assert_same(session: Session, chain: Chain) -> None:
    """Hold everything the step has written against the chain's."""
    assert decisions_of(session) == chain.decisions
    assert trades_of(session) == chain.trades
    for k, lane in enumerate(chain.lanes):
        assert named(session.counts()[k]) == {name: n for name, n in lane.counts.items() if n}
        assert named(session.counts("missed")[k]) == {name: n for name, n in lane.missed.items() if n}
        assert int(session.records.lanes["rejects"][k]) == lane.rejects
    for account, record in zip(chain.accounts, session.records.accounts, strict=True):
        for name in ("balance", "day_start", "peak", "drawdown", "financing", "commission"):
            assert int(record[name]) == getattr(account, name), name
        assert int(record["open_pnl"]) == chain.open_pnl(account)
        assert int(record["margin_used"]) == chain.margin_used(account)
        assert bool(record["day_lost"]) == account.day_lost
    for market, record in zip(chain.markets, session.records.markets, strict=True):
        assert {name: int(record[name]) for name in market.refused} == market.refused
        assert int(record["n"]) == len(market.mids)
        assert int(record["regime"]["state"]) == market.state
    assert_tallies(session, chain)


def assert_tallies(session: Session, chain: Chain) -> None:
    """Hold open positions, risk, value and results of every scope against sums over the chain's lanes."""
    listed, places = scopes_of(chain.world)
    for at in range(len(listed)):
        tally, result = session.records.tallies[at], chain.results[at]
        name, lane = next(
            ((name, lane) for lane in chain.lanes for name, own in places[lane.place].items() if own == at),
            ("", None),
        )
        assert (int(tally["pnl"]), int(tally["peak"])) == (result.money, result.peak)
        assert int(tally["day_pnl"]) == result.day
        if lane is not None:
            found = (chain.open_in(name, lane), chain.risk_in(name, lane), chain.value_in(name, lane))
            assert (int(tally["open"]), int(tally["risk"]), int(tally["value"])) == found


def both(world: World, chunk: QuoteChunk) -> tuple[Session, Chain]:
    return compiled(world, chunk), Chain(world).run(quotes_of(chunk))


@pytest.mark.parametrize("seed", DRAWN)
def test_the_step_is_the_plain_chain_in_drawn_worlds(seed: int) -> None:
    assert_same(*both(*drawn(seed)))


@pytest.mark.parametrize("name", list(MADE))
def test_the_step_is_the_plain_chain_in_worlds_made_by_hand(name: str) -> None:
    assert_same(*both(*MADE[name]()))


def test_these_worlds_meet_every_outcome_every_exit_and_every_reject() -> None:
    outcomes: set[str] = set()
    exits: set[int] = set()
    rejects: set[int] = set()
    for world, chunk in [*(made() for made in MADE.values()), *map(drawn, DRAWN)]:
        session = compiled(world, chunk)
        outcomes |= set(session.outcomes())
        exits |= {each["reason"] for each in trades_of(session)}
        for each in decisions_of(session):
            exits |= {each["reason"]} if each["act"] == CLOSED else set()
            rejects |= {each["reason"]} if each["act"] == REJECTED else set()
    assert set(NAMES) - outcomes == set()
    assert set(REASONS) - exits == FROM_VENUES
    assert rejects == {REJECTED_BOUND, REJECTED_VENUE, REJECTED_STOP}


def by_lane(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put what was written at the end of each bar, lane by lane, into one order."""
    return sorted(rows, key=lambda each: each["lane"])


@pytest.mark.parametrize("seed", range(40))
def test_the_step_is_the_plain_chain_on_bars(seed: int) -> None:
    chunk = bars_of(seed)
    world = bar_world_drawn(seed, int(chunk.ts[0]), int(chunk.ts[-1]) + MINUTE)
    session = session_of(world)
    session.span = MINUTE
    session.feed(chunk)
    chain = Chain(world).run_bars(chained_bars(chunk), MINUTE)
    assert by_lane(decisions_of(session)) == by_lane(chain.decisions)
    session.decisions, chain.decisions = [], []
    assert by_lane(trades_of(session)) == by_lane(chain.trades)
    session.trades, chain.trades = [], []
    assert_same(session, chain)


@pytest.mark.parametrize(
    ("file", "first"),
    [
        ("eurusd_dukascopy_20190204", 60_000),
        ("eurusd_oanda_20140501_0509", 120_000),
        ("eurusd_fxcm_20140501_0509", 200_000),
        ("xauusd_oanda_20140501_0509", 300_000),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_step_is_the_plain_chain_on_real_quotes(
    real_data: Path, file: str, first: int, seed: int
) -> None:
    whole: Any = open_any(real_data / "quotes" / f"{file}.parquet").read()
    chunk = cut(whole, first, first + 12_000)
    session, chain = both(real_world(seed, chunk), chunk)
    assert_same(session, chain)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1_000, 2_000, 50))
def test_the_step_is_the_plain_chain_in_many_more_worlds(seed: int) -> None:
    for each in range(seed, seed + 50):
        assert_same(*both(*drawn(each)))
