"""Inside a bar of which only open, high, low and close are known, the worse thing happened first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oracles.bots import quiet
from oracles.chain import decisions_of, trades_of
from oracles.tapes import BEGIN
from tickwise.core.decision import DAY_LOST
from tickwise.core.types import MINUTE, REASONS
from tickwise.market_data.chunks import BarChunk
from tickwise.market_data.tape import tape_of
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

FIRST = BEGIN // int(MINUTE) * int(MINUTE)
SPREAD = 2

BUYER = '''"""Buy or sell at every close: stop 50 ticks, target 30. Earns and bleeds by chance."""

from typing import NamedTuple

from tickwise.core.types import Bar, Signal


class Params(NamedTuple):
    """Which side."""

    side: int = 1


def on_bar(params: Params, market, bar: Bar) -> Signal:
    """Always."""
    return Signal(params.side, 1.0, 50.0, 30.0)
'''


@pytest.fixture(scope="module")
def buyer(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("strategies") / "buyer.py"
    path.write_text(BUYER)
    return str(path)


def bars(*rows: tuple[int, int, int, int]) -> BarChunk:
    """Make minutes of (open, high, low, close) of the bid, ticks from 110,000; the ask is two ticks above."""
    bid = 110_000 + np.array(rows, np.int32).T
    ts = FIRST + np.arange(len(rows), dtype=np.int64) * int(MINUTE)
    return BarChunk(ts, *bid, *(bid + SPREAD))


def run(strategy: str, chunk: BarChunk, side: int = 1, **tables: Any) -> Session:
    session = assembled(
        [quiet(strategy, params={"side": side}, **tables)], tape_of(chunk, [("EUR_USD", "0.00001")])
    )
    session.feed(chunk)
    return session


def first(session: Session) -> tuple[str, int, bool]:
    """Give why the first trade ended, at how many ticks from 110,000, and whether the bar did not say."""
    trade = trades_of(session)[0]
    return REASONS[trade["reason"]], int(trade["exit_price"]) - 110_000, bool(trade["ambiguous"])


QUIET_BAR = (0, 0, 0, 0)


def test_an_order_decided_at_a_close_fills_at_the_next_open_and_its_touch(buyer: str) -> None:
    session = run(buyer, bars(QUIET_BAR, (7, 9, 5, 6), (6, 6, 6, 6)))
    entered, filled = decisions_of(session)[:2]
    assert (entered["ts"] - FIRST, entered["price"] - 110_000) == (int(MINUTE), 2)
    assert (filled["ts"] - FIRST, filled["price"] - 110_000) == (int(MINUTE), 9)
    sold = decisions_of(run(buyer, bars(QUIET_BAR, (7, 9, 5, 6), (6, 6, 6, 6)), side=-1))[1]
    assert sold["price"] - 110_000 == 7


def test_where_stop_and_target_lie_in_one_bar_the_stop_was_first(buyer: str) -> None:
    """Bought at 2: stop at -48, target at 32."""
    assert first(run(buyer, bars(QUIET_BAR, (0, 40, -60, 0)))) == ("stop", -48, True)
    assert first(run(buyer, bars(QUIET_BAR, (0, 60, -40, 0)), side=-1)) == ("stop", 50, True)


def test_a_stop_or_a_target_alone_is_no_riddle(buyer: str) -> None:
    assert first(run(buyer, bars(QUIET_BAR, (0, 31, -48, 0)))) == ("stop", -48, False)
    assert first(run(buyer, bars(QUIET_BAR, (0, 32, -47, 0)))) == ("target", 32, False)
    assert trades_of(run(buyer, bars(QUIET_BAR, (0, 31, -47, 0)))) == []


def test_a_short_position_is_left_at_the_ask(buyer: str) -> None:
    """Sold at 0: stop at 50, target at -30; the ask is two above the bid."""
    assert first(run(buyer, bars(QUIET_BAR, (0, 48, 0, 0)), side=-1)) == ("stop", 50, False)
    assert trades_of(run(buyer, bars(QUIET_BAR, (0, 47, 0, 0)), side=-1)) == []
    assert first(run(buyer, bars(QUIET_BAR, (0, 0, -32, 0)), side=-1)) == ("target", -30, False)
    assert trades_of(run(buyer, bars(QUIET_BAR, (0, 0, -31, 0)), side=-1)) == []


def test_a_gap_fills_at_the_open_worse_at_a_stop_and_better_at_a_target(buyer: str) -> None:
    quiet_once_open = (QUIET_BAR, (0, 5, -5, 0))
    assert first(run(buyer, bars(*quiet_once_open, (-80, -70, -90, -75)))) == ("stop", -80, False)
    assert first(run(buyer, bars(*quiet_once_open, (50, 60, 45, 55)))) == ("target", 50, False)


def test_a_time_exit_is_judged_at_the_close(buyer: str) -> None:
    session = run(buyer, bars(QUIET_BAR, (0, 5, -5, 3), (3, 5, -5, 4)), exits={"time_stop_s": 90})
    trade = trades_of(session)[0]
    assert first(session) == ("time", 4, False)
    assert trade["exit_ts"] - FIRST == 3 * int(MINUTE)


def test_an_exit_that_is_on_its_way_at_the_close_fills_at_the_next_open(buyer: str) -> None:
    session = run(
        buyer,
        bars(QUIET_BAR, (0, 5, -5, 3), (3, 5, -5, 4), (9, 20, 1, 15)),
        exits={"time_stop_s": 90},
        fills={"latency_ms": 150},
    )
    assert first(session) == ("time", 9, False)
    assert trades_of(session)[0]["exit_ts"] - FIRST == 3 * int(MINUTE)


def test_a_wider_bar_ends_in_a_gap_and_holds_nothing_from_behind_it(buyer: str) -> None:
    """Three minutes of a bar of five, then none for an hour."""
    chunk = bars((0, 9, -9, 1), (1, 7, -7, 2), (2, 8, -8, 3), (500, 501, 499, 500), (500, 501, 499, 500))
    chunk.ts[:] += (-FIRST) % (5 * int(MINUTE))
    chunk.ts[3:] += 60 * int(MINUTE)
    session = run(buyer, chunk, frame="M5")
    frame = session.records.markets["frames"][0][1]
    found = [int(frame[name][0]) // 2 - 110_000 for name in ("opens", "highs", "lows", "closes")]
    assert (int(frame["closed"]), found) == (2, [1, 10, -8, 4])
    entered = decisions_of(session)[0]
    assert entered["ts"] == int(chunk.ts[3])


def test_a_bar_is_crossed_or_out_of_order_or_nothing_and_is_not_seen(buyer: str) -> None:
    good = bars(QUIET_BAR, QUIET_BAR, QUIET_BAR, QUIET_BAR)
    good.ask_close[1] -= 5
    good.bid_low[2] = 0
    session = run(buyer, good)
    market = session.records.markets[0]
    assert [int(market[name]) for name in ("n", "crossed", "non_positive")] == [2, 1, 1]


def test_the_worst_price_inside_a_bar_counts_for_the_drawdown(buyer: str) -> None:
    session = run(buyer, bars(QUIET_BAR, (0, 0, -40, 0)))
    assert int(session.records.accounts["drawdown"][0]) == 42 * 10_000 * 10


def test_a_day_lost_inside_a_bar_flattens_every_bot_of_the_account(buyer: str) -> None:
    """Each has lost 4.40 at the low of the third bar; together that is more than 8."""
    exits = {"day_loss_flatten": True, "stop_pips": 30.0}
    bots = [
        quiet(buyer, name=name, exits=exits, gates={"open_bot_max": 1}, account={"balance": 10_000})
        for name in ("one", "two")
    ]
    chunk = bars(QUIET_BAR, (0, 5, -5, 0), (0, 0, -42, -41), (-41, -41, -41, -41), (-41, -41, -41, -41))
    session = assembled(bots, tape_of(chunk, [("EUR_USD", "0.00001")]))
    session.records.accounts["floor"] = 9_992_000_000
    session.feed(chunk)
    lost = [each for each in decisions_of(session) if each["act"] == DAY_LOST]
    assert [(each["ts"] - FIRST) // int(MINUTE) for each in lost] == [3]
    assert [REASONS[each["reason"]] for each in trades_of(session)] == ["day_loss", "day_loss"]
    assert {each["lane"] for each in trades_of(session)} == {0, 1}
