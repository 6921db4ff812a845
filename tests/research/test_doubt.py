"""Doubts: what was planted is found, what is honest passes, and the figures are those of the formulas."""

from __future__ import annotations

from collections.abc import Iterable
from math import e, erf, exp, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tickwise as tw
from oracles.bots import quiet, w1_bot
from oracles.tapes import chunk_of
from tickwise.core.layout import TRADE
from tickwise.market_data.chunks import BarChunk, QuoteChunk
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.doubt.chance import judged as judged_by_chance
from tickwise.research.doubt.deflated import deflated_sharpe, expected_best
from tickwise.research.doubt.examine import doubt
from tickwise.research.doubt.finding import Finding
from tickwise.research.doubt.lookahead import judged, look_ahead, stilled_of
from tickwise.research.doubt.shuffles import fall, other_costs, other_order
from tickwise.research.doubt.warm_up import warm_up

COIN = Path(__file__).parents[1] / "oracles" / "strategies" / "coin.py"
EURUSD = [("EUR_USD", "0.00001")]

PEEKING = '''
"""Knows the tape by heart: buys before it rises, sells before it falls."""

from typing import Any, NamedTuple

import numpy as np

from tickwise.core.types import NO_WISH, Signal

MIDS = np.load({place!r})


class Params(NamedTuple):
    """How far it looks, in quotes, and how much must lie there, in half-ticks."""

    ahead: int = 20
    least: int = 40


class State(NamedTuple):
    """Quotes seen."""

    seen: int = 0


def on_quote(params: Params, state: State, market: Any) -> tuple[State, Signal]:
    """Look into the table."""
    seen = state.seen + 1
    at = min(seen - 1 + params.ahead, len(MIDS) - 1)
    move = MIDS[at] - MIDS[min(seen - 1, len(MIDS) - 1)]
    if abs(move) < params.least:
        return State(seen), NO_WISH
    return State(seen), Signal(1 if move > 0 else -1, 1.0, 200.0, 15.0)
'''

FORGETFUL = '''
"""Compares the price with the one two hundred quotes ago."""

from typing import Any, NamedTuple

from tickwise.core.market import mid_ago
from tickwise.core.types import NO_WISH, Signal


class Params(NamedTuple):
    """Half-ticks the price must have risen, and the quotes it says it needs."""

    rise: int = 60
    need: int = 201


class State(NamedTuple):
    """Quotes seen."""

    seen: int = 0


def warm_up(params: Params) -> int:
    """Quotes that must have been seen."""
    return params.need


def on_quote(params: Params, state: State, market: Any) -> tuple[State, Signal]:
    """Follow a rise."""
    rise = market.mid2 - mid_ago(market, 200)
    if rise < params.rise:
        return State(state.seen + 1), NO_WISH
    return State(state.seen + 1), Signal(1, 1.0, 50.0, 50.0)
'''


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(3, 6_000, odd=False, spread=1), EURUSD)


@pytest.fixture(scope="module")
def peeking(tape: QuoteTape, tmp_path_factory: pytest.TempPathFactory) -> tw.BotConfig:
    folder = tmp_path_factory.mktemp("peeking")
    chunk = tape.read()
    np.save(folder / "mids.npy", (chunk.bid + chunk.ask).astype(np.int64))
    (folder / "peeking.py").write_text(PEEKING.format(place=str(folder / "mids.npy")))
    return quiet(str(folder / "peeking.py"), gates={"open_bot_max": 1}, exits={"time_stop_s": 10})


# The deflated Sharpe ratio.


def normal_below(x: float) -> float:
    """The normal distribution by its error function."""
    return 0.5 * (1 + erf(x / sqrt(2)))


def normal_at(share: float) -> float:
    """Turn the normal distribution round by halving an interval."""
    low, high = -10.0, 10.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if normal_below(middle) < share else (low, middle)
    return low


def test_the_paper_s_own_example_comes_out() -> None:
    """Bailey and Lopez de Prado 2014: 2.5 a year on five years of days, of 100 tries that vary by 1/2."""
    sharpe, variance = 2.5 / sqrt(250), 0.5 / 250
    assert expected_best(100, variance) == pytest.approx(0.1132, abs=0.00005)
    hundred = deflated_sharpe(sharpe, 1_250, -3.0, 10.0, 100, variance)
    fewer = deflated_sharpe(sharpe, 1_250, -3.0, 10.0, 46, variance)
    assert hundred is not None
    assert fewer is not None
    assert hundred.sure == pytest.approx(0.9004, abs=0.0005)
    assert fewer.sure == pytest.approx(0.9505, abs=0.0005)


@pytest.mark.parametrize(("tries", "variance"), [(2, 0.01), (10, 0.2), (1_000, 0.003), (1_000_000, 0.5)])
def test_the_deflated_ratio_is_that_of_the_formulas_computed_another_way(tries: int, variance: float) -> None:
    euler = sum(1 / k for k in range(1, 200_001)) - np.log(200_000) - 1 / 400_000
    best = sqrt(variance) * ((1 - euler) * normal_at(1 - 1 / tries) + euler * normal_at(1 - 1 / (tries * e)))
    found = deflated_sharpe(0.3, 400, -0.7, 6.0, tries, variance)
    assert found is not None
    assert found.expected == pytest.approx(best, rel=1e-6)
    bottom = sqrt(1 + 0.7 * 0.3 + 5 / 4 * 0.09)
    assert found.sure == pytest.approx(normal_below((0.3 - best) * sqrt(399) / bottom), abs=1e-9)


def test_the_expected_best_is_near_the_mean_of_the_best_of_many_draws() -> None:
    x = np.linspace(-9, 9, 200_001)
    below = np.array([normal_below(each) for each in x])
    for tries in (10, 100, 1_000):
        density = (
            tries * below ** (tries - 1) * np.array([exp(-each * each / 2) for each in x]) / sqrt(2 * pi)
        )
        assert expected_best(tries, 1.0) == pytest.approx(float(np.trapezoid(x * density, x)), rel=0.03)


def test_more_tries_make_less_sure_and_one_try_deflates_nothing() -> None:
    sure = [deflated_sharpe(0.2, 300, 0.0, 3.0, tries, 0.01) for tries in (1, 10, 100)]
    assert [each.sure for each in sure if each] == sorted((each.sure for each in sure if each), reverse=True)
    assert sure[0] is not None
    assert sure[0].expected == 0.0
    assert deflated_sharpe(0.2, 1, 0.0, 3.0, 1, 0.0) is None


# Look-ahead.


def test_an_honest_strategy_does_not_look_ahead(tape: QuoteTape) -> None:
    found = look_ahead(w1_bot(), tape, tape.read())
    assert int(found.figures["signals"] or 0) > 100
    assert (found.alarm, found.figures["first_difference_ts"], found.figures["blind_signals"]) == (
        False,
        None,
        0,
    )


def test_a_table_of_the_future_is_found(tape: QuoteTape, peeking: tw.BotConfig) -> None:
    found = look_ahead(peeking, tape, tape.read())
    assert found.alarm
    assert found.figures["blind_signals"] == found.figures["signals"] != 0
    assert found.says.endswith("the clock, from counting or from a table in the strategy's file")


def test_a_loop_that_reads_the_next_row_is_found(tape: QuoteTape) -> None:
    """The planted loop signals where the next quote of the same chunk is higher."""
    chunk = tape.read()

    def peeks(chunks: Iterable[QuoteChunk]) -> Any:
        parts = []
        for each in chunks:
            rises = np.flatnonzero(np.diff(each.bid) > 0)
            part = np.zeros(len(rises), [("ts", np.int64), ("lane", np.int64), ("side", np.int64)])
            part["ts"], part["side"] = each.ts[rises], 1
            parts.append(part)
        return np.concatenate(parts)

    whole = peeks([chunk])
    rises = np.flatnonzero(np.diff(chunk.bid) > 0)
    found = judged(whole, chunk, np.array([int(rises[40]) + 1, 5_000]), peeks)
    assert found.alarm
    assert found.figures["first_difference_ts"] == int(chunk.ts[rises[40]])


def test_a_still_price_is_the_first_sound_one_of_each_instrument() -> None:
    ts = np.arange(5, dtype=np.int64)
    chunk = QuoteChunk(
        ts, np.array([9, 5, 20, 6, 21], np.int32), np.array([8, 7, 22, 9, 25], np.int32),
        np.array([0, 0, 1, 0, 1], np.int16),
    )  # fmt: skip
    still = stilled_of(chunk)
    assert (still.bid.tolist(), still.ask.tolist()) == ([9, 5, 20, 5, 20], [8, 7, 22, 7, 22])
    sides = [np.array([3, 4], np.int32) + k for k in range(8)]
    bars = stilled_of(BarChunk(ts[:2], *sides))
    assert [column.tolist() for column in bars[1:9]] == [[6, 6]] * 4 + [[10, 10]] * 4


# Warm-up.


def test_a_warm_up_that_is_too_short_is_found(tape: QuoteTape, tmp_path: Path) -> None:
    file = tmp_path / "forgetful.py"
    file.write_text(FORGETFUL)
    for need, alarm in ((201, False), (3, True), (180, True)):
        found = warm_up(quiet(str(file), params={"need": need}), tape, tape.read())
        assert int(found.figures["starts"] or 0) >= 40
        assert (found.alarm, found.figures["differing"] == 0) == (alarm, not alarm)


# Order and costs.


def trades_of(*rows: dict[str, float]) -> Any:
    found = np.zeros(len(rows), TRADE)
    for at, row in enumerate(rows):
        for name, value in row.items():
            found[name][at] = value
    return found


def test_a_fall_is_the_deepest_below_the_highest_so_far() -> None:
    assert fall(np.array([1.0, -3.0, 2.0, -4.0, 10.0])) == 5.0
    assert fall(np.array([-1.0, -2.0])) == 3.0
    assert fall(np.array([1.0, 2.0])) == 0.0


def test_the_order_of_trades_says_how_deep_it_might_have_fallen() -> None:
    pnl = [1_000_000, -1_000_000] * 50
    found = other_order(trades_of(*({"pnl": each} for each in pnl)))
    assert found.figures["drawdown"] == 1.0
    assert 10 < float(found.figures["drawdown_95"] or 0) < 25
    assert float(found.figures["no_gain_share"] or 0) == pytest.approx(0.5, abs=0.1)
    assert other_order(trades_of(*({"pnl": 1_000_000} for _ in range(5)))).figures["no_gain_share"] == 0.0
    assert other_order(trades_of()).says == "0 trades are too few to say anything"


def test_costs_are_charged_in_the_money_of_each_trade() -> None:
    """Two trades of 1,000 units at 0.01 a tick: 4 ticks up, 2 ticks up; spreads of 2 and 4 ticks."""
    common = {"side": 1, "units": 1_000, "entry_price": 100.0}
    found = other_costs(
        trades_of(
            {**common, "exit_price": 104.0, "gross": 40_000, "pnl": 40_000, "spread": 2},
            {**common, "exit_price": 102.0, "gross": 20_000, "pnl": 20_000, "spread": 4},
        ),
        np.array([10]),
        runs=4_000,
    )
    assert found.figures["net"] == pytest.approx(0.06)
    assert found.figures["bears_pips"] == pytest.approx(0.06 / (2 * 0.1))
    assert 0.0 <= float(found.figures["net_5"] or 0) < 0.06 - 0.5 * 0.06 < float(found.figures["net_95"] or 0)


def test_the_cost_a_reference_run_bears_is_its_loss_for_each_trade(tape: QuoteTape) -> None:
    result = tw.backtest(w1_bot(), tape)
    found = other_costs(result.raw_trades, result.session.records.markets["pip"], runs=10)
    per_trade = result.stats["net_pnl"] / result.stats["trades"]
    assert found.figures["bears_pips"] == pytest.approx(per_trade / 1.0, rel=1e-6)  # a pip of 10,000 is 1 USD


# Chance.


def test_p_counts_the_run_that_is_judged_among_those_that_might_have_been() -> None:
    rows: list[Any] = [{"net_pnl": float(k), "trades": 2} for k in range(9)]
    found = judged_by_chance(3.5, 2, rows)
    assert (found.figures["p"], found.figures["as_good"], found.alarm) == (0.3, 2, True)
    assert judged_by_chance(9.0, 2, rows).figures["p"] == 0.1


def by_name(found: Any, name: str) -> Finding:
    return next(each for each in found.findings if each.name == name)


def test_a_planted_edge_is_found_and_chance_is_not_taken_for_one(
    tape: QuoteTape, peeking: tw.BotConfig
) -> None:
    known = doubt(peeking, tape, runs=39, processes=1)
    edge = by_name(known, "chance")
    assert (edge.alarm, edge.figures["p"]) == (False, 0.025)
    assert by_name(known, "look-ahead") in known.alarms
    assert abs(edge.figures["trades_by_chance"] / edge.figures["trades"] - 1) < 0.25  # type: ignore[operator]
    held = {"exits": {"time_stop_s": 10, "stop_pips": 20, "target_pips": 1.5}, "gates": {"open_bot_max": 1}}
    tossed = doubt(quiet(str(COIN), params={"one_in": 40}, **held), tape, runs=39, processes=1)
    assert by_name(tossed, "chance").alarm


@pytest.mark.slow
@pytest.mark.parametrize("name", ["eurusd_dukascopy_20190204", "eurusd_oanda_20140501_0509"])
def test_random_entries_on_real_tapes_are_called_insignificant(real_data: Path, name: str) -> None:
    opened = open_any(real_data / "quotes" / f"{name}.parquet")
    held = {"exits": {"time_stop_s": 60, "stop_pips": 20, "target_pips": 2}, "gates": {"open_bot_max": 1}}
    ps = [
        by_name(
            doubt(quiet(str(COIN), params={"one_in": 400, "seed": seed}, **held), opened, runs=39, cuts=2),
            "chance",
        ).figures["p"]
        for seed in (3, 4)
    ]
    assert min(float(p or 0) for p in ps) > 0.05


# All together.


def test_every_doubt_says_what_it_found_and_what_it_does_not_prove(tape: QuoteTape) -> None:
    found = doubt(w1_bot(), tape, runs=5, cuts=10, tries=20, processes=1)
    names = ["look-ahead", "warm-up", "order of trades", "costs", "single days", "number of tries", "chance"]
    assert [each.name for each in found.findings] == names
    assert all(each.says and each.proves_not for each in found.findings)
    assert list(found.seconds) == names
    alone = tw.backtest(w1_bot(), tape)
    assert (found.trades, found.net_pnl) == (alone.stats["trades"], alone.stats["net_pnl"])
    assert by_name(found, "single days").figures["days"] == 1
    assert by_name(found, "number of tries").figures["tries"] == 20
    again = doubt(w1_bot(), tape, runs=5, cuts=10, tries=20, processes=1)
    assert again.findings == found.findings


def test_a_bot_that_does_not_trade_is_doubted_too(tape: QuoteTape) -> None:
    found = doubt(w1_bot(threshold_pips=50.0), tape, runs=5, processes=1)
    assert found.trades == 0
    assert by_name(found, "chance").says == "0 trades are too few to hold against chance"
    assert found.first_line.startswith("0 trades, +0.00 net: 5 of 7 doubts speak against it")
