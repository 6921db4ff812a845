"""The minute strategies against plain Python: every signal and every trade; and the laws they keep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fleet
import golden_trades
import numpy as np
import pytest
from by_bars import mirrored, scaled, signals
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.bots import quiet
from oracles.strategies.minutes import Minute, Quote, Side, Sided, accepted, admitted, middles, minutes
from oracles.strategies.trading import on_bars, on_quotes
from oracles.strategies.wishes import BARS_NEEDED, PLAIN, Wish, Wishes
from tickwise.config.bot import BotConfig
from tickwise.core.outcome import NAMES
from tickwise.core.types import MINUTE, NO_WISH, REASONS, SECOND, Signal
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import BarChunk, BarTape, QuoteTape
from tickwise.research.ledger import ledger, terms_of
from tickwise.session.assembly import assembled
from tickwise.session.live import LiveSession

every = pytest.mark.parametrize("name", list(PLAIN))

GOLD = "quotes/xauusd_oanda_20140501_0509.parquet"

BAR_TAPES = [
    ("xauusd_oanda_m1_20140501_0509", "XAU_USD", "0.001"),
    ("btcperp_ftx_m1_20211231_20220120", "BTC_USD", "0.125"),
]
"""Nine days of gold and three weeks of bitcoin, in minutes."""

TIME_STOP = 900 * int(SECOND)

Trades = list[tuple[Any, ...]]
Tape = QuoteTape | BarTape


@pytest.fixture(scope="module")
def tape(real_data: Path) -> QuoteTape:
    """Give nine days of gold quotes in ticks of 0.001."""
    opened = open_any(real_data / GOLD, "XAU_USD", "0.001")
    assert isinstance(opened, QuoteTape)
    return opened


@pytest.fixture(scope="module")
def gold(tape: QuoteTape) -> list[Quote]:
    """Give the quotes of the tape that may be seen."""
    chunk = tape.read()
    return accepted(zip(chunk.ts.tolist(), chunk.bid.tolist(), chunk.ask.tolist(), strict=True))


@pytest.fixture(scope="module")
def bars(gold: list[Quote]) -> list[Minute]:
    """Give the minutes of gold."""
    return minutes(gold)


def assert_wished(found: list[Signal], expected: Wishes) -> None:
    """Hold signals against wishes: the sides exactly, score and distances but for the last bits."""
    plain = [wish or Wish(*NO_WISH) for wish in expected]
    assert [each.side for each in found] == [each.side for each in plain]
    wished = [(each, plain[place]) for place, each in enumerate(found) if each.side != 0]
    for signal, wish in wished:
        assert signal[1:] == pytest.approx(wish[1:], rel=1e-9)


@every
def test_every_signal_of_nine_days_of_gold_is_the_plain_one(name: str, bars: list[Minute]) -> None:
    """Incremental equals batch: the plain program looks at the whole list at each bar."""
    assert_wished(signals(name, bars), PLAIN[name](bars))


def bots_on(instrument: str) -> list[BotConfig]:
    """Give a quiet bot for each strategy, each in an account of its own."""
    return [
        quiet(
            name,
            name=name,
            accounts=[name],
            instruments=[instrument],
            exits={"time_stop_s": TIME_STOP // int(SECOND)},
            sizing={"units_fixed": 1},
        )
        for name in PLAIN
    ]


def traded(tape: Tape, instrument: str) -> dict[str, Trades]:
    """Run the bots over a tape and give their trades."""
    session = assembled(bots_on(instrument), tape)
    for chunk in tape.chunks():
        session.feed(chunk)
    return {name: rows(fleet.rows_of(session.trades, lane)) for lane, name in enumerate(PLAIN)}


def rows(trades: Any) -> Trades:
    """Write trades as the plain program does."""
    names = ("side", "entry_ts", "entry_price", "stop", "target", "exit_ts", "exit_price", "reason")
    columns = [trades[name].tolist() for name in names]
    columns[-1] = [REASONS[code] for code in columns[-1]]
    return list(zip(*columns, strict=True))


def test_every_trade_on_gold_has_the_entry_stop_target_and_reason_of_the_plain_one(
    tape: QuoteTape, gold: list[Quote], bars: list[Minute]
) -> None:
    for name, found in traded(tape, "XAU_USD").items():
        plain = on_quotes(gold, bars, PLAIN[name](bars), BARS_NEEDED[name], TIME_STOP)
        assert found == [tuple(each) for each in plain]
        assert len(plain) >= 30
        assert {each.reason for each in plain} == {"target", "stop", "time"}


@pytest.mark.parametrize(("file", "instrument", "tick"), BAR_TAPES)
def test_every_trade_on_a_tape_of_bars_is_the_plain_one_too(
    real_data: Path, file: str, instrument: str, tick: str
) -> None:
    opened = open_any(real_data / "bars" / f"{file}.parquet", instrument, tick)
    assert isinstance(opened, BarTape)
    sided = admitted(sided_of(opened.read()))
    cut = middles(sided)
    for name, found in traded(opened, instrument).items():
        plain = on_bars(sided, PLAIN[name](cut), BARS_NEEDED[name], TIME_STOP)
        assert found == [tuple(each) for each in plain]
        assert len(plain) >= 30


def sided_of(chunk: BarChunk) -> Iterator[Sided]:
    """Give the bars of a chunk as the plain program takes them."""
    names = ("open", "high", "low", "close")
    bid, ask = (
        zip(*(getattr(chunk, f"{s}_{n}").tolist() for n in names), strict=True) for s in ("bid", "ask")
    )
    for ts, low, high in zip(chunk.ts.tolist(), bid, ask, strict=True):
        yield Sided(ts, Side(*low), Side(*high))


@every
def test_the_golden_trades_are_the_plain_ones(name: str) -> None:
    chunk = fleet.quotes(golden_trades.HOURS)
    quotes = accepted(zip(chunk.ts.tolist(), chunk.bid.tolist(), chunk.ask.tolist(), strict=True))
    cut = minutes(quotes)
    plain = on_quotes(quotes, cut, PLAIN[name](cut), BARS_NEEDED[name], 600 * int(SECOND))
    written = [line.split() for line in golden_trades.path_of(name).read_text("utf-8").splitlines()[3:]]
    assert [(int(r[0]), int(r[1]), float(r[3]), int(r[4]), float(r[5]), r[6]) for r in written] == [
        (each.entry_ts, each.side, each.entry, each.exit_ts, each.exit, each.reason) for each in plain
    ]


@every
def test_a_mirrored_market_gives_the_mirrored_signal(name: str, bars: list[Minute]) -> None:
    seen = signals(name, bars)
    turned = signals(name, map(mirrored, bars))
    assert [each._replace(side=-each.side) for each in turned] == seen
    assert {each.side for each in seen} == {-1, 0, 1}


@every
def test_finer_ticks_give_the_same_signal_at_the_same_price(name: str, bars: list[Minute]) -> None:
    seen = signals(name, bars)
    finer = signals(name, (scaled(bar, 4) for bar in bars))
    assert [each._replace(stop=each.stop / 4, target=each.target / 4) for each in finer] == seen


@every
def test_a_score_lies_between_nothing_and_one(name: str, bars: list[Minute]) -> None:
    scores = [each.score for each in signals(name, bars) if each.side != 0]
    assert min(scores) >= 0.0
    assert max(scores) <= 1.0


def test_quote_by_quote_as_an_engine_asks_they_decide_as_on_the_whole_tape() -> None:
    chunk = fleet.quotes(golden_trades.HOURS)
    whole = assembled(bots_on("EUR_USD"), fleet.tape(chunk))
    whole.feed(chunk)
    live = LiveSession(assembled(bots_on("EUR_USD"), fleet.tape(chunk)))
    for ts, bid, ask in zip(chunk.ts.tolist(), chunk.bid.tolist(), chunk.ask.tolist(), strict=True):
        live.quote(ts, ts, bid, ask, 0)
    assert live.session.decision_digest == whole.decision_digest
    assert live.session.snapshot() == whole.snapshot()
    assert (whole.counts()[:, NAMES.index("intent")] > 0).all()


def test_with_too_few_bars_the_ledger_says_how_many_it_has_and_needs() -> None:
    chunk = fleet.quotes(golden_trades.HOURS)
    bots = bots_on("EUR_USD")
    session = assembled(bots, fleet.tape(chunk))
    until = int(np.flatnonzero(chunk.ts // int(MINUTE) == chunk.ts[0] // int(MINUTE) + 15)[0]) + 1
    session.feed(fleet.part(chunk, slice(until)))
    for lane, bot in enumerate(bots):
        explained = session.explain(lane, int(chunk.ts[until - 1]))
        read = ledger(explained, terms_of(bot, "EUR_USD", "0.00001"))
        found = next(line for line in read if line.gate == "warming_up")
        assert explained.outcome == "warming_up"
        assert (found.reading, found.limit) == ("have 15", f"need {BARS_NEEDED[bot.name]}")
        assert found.verdict == "refuses"


moves = st.tuples(
    st.integers(-8, 8),
    st.integers(0, 12) | st.just(0),
    st.integers(0, 12) | st.just(0),
    st.integers(1, 40),
    st.integers(0, 3),
)


def walked(steps: list[tuple[int, int, int, int, int]]) -> list[Minute]:
    """Make bars of a move in half-ticks, wicks above and below, quotes and a spread."""
    close, made = 4_000, []
    for place, (move, above, below, quotes, spread) in enumerate(steps):
        opened, close = close, close + move
        high, low = max(opened, close) + above, min(opened, close) - below
        prices = (each / 2 for each in (opened, high, low, close))
        made.append(Minute(place * int(MINUTE), *prices, float(spread), quotes))
    return made


@every
@given(steps=st.lists(moves, min_size=101, max_size=180))
@settings(max_examples=40, deadline=None)
def test_on_any_walk_it_is_the_plain_one_and_its_mirror(
    name: str, steps: list[tuple[int, int, int, int, int]]
) -> None:
    made = walked(steps)
    found = signals(name, made)
    assert_wished(found[BARS_NEEDED[name] - 1 :], PLAIN[name](made)[BARS_NEEDED[name] - 1 :])
    assert [each._replace(side=-each.side) for each in signals(name, map(mirrored, made))] == found


@every
def test_bars_that_come_later_change_no_earlier_signal(name: str, bars: list[Minute]) -> None:
    whole = signals(name, bars[:1200])
    for cut in np.linspace(1, 1199, 12).astype(int).tolist():
        assert signals(name, [*bars[:cut], bars[5000 + cut]])[:cut] == whole[:cut]
