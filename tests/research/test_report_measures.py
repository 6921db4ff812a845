"""What each trade did, and the bars beneath: held against plain programs that read quote by quote."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tickwise as tw
from oracles.bots import W1_EXITS, quiet
from oracles.tapes import chunk_of
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.report.bars import bars_of, span_of
from tickwise.research.report.equity import equity_of
from tickwise.research.report.figures import figures_of
from tickwise.research.report.groups import groups_of
from tickwise.research.report.measures import Measures, measures_of
from tickwise.research.report.needs import needed, wilson
from tickwise.research.report.payload import payload
from tickwise.research.report.svg import steps

NAMED = [("EUR_USD", "0.00001"), ("GBP_USD", "0.00001")]


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(5, 8_000, spread=1, odd=False, instruments=2), NAMED)


@pytest.fixture(scope="module")
def result(tape: QuoteTape) -> tw.Result:
    costs = {"latency_ms": 400, "slippage_pips": 0.1, "commission_per_unit": 0.00003}
    exits = {**W1_EXITS, "trail_start_pips": 0.5, "trail_pips": 0.4}
    bot = quiet("fast_scalp", instruments=["EUR_USD", "GBP_USD"], exits=exits, fills=costs)
    return tw.backtest(bot, tape)


@pytest.fixture(scope="module")
def measures(result: tw.Result) -> Measures:
    return measures_of(result)


def test_mae_and_mfe_are_the_furthest_quotes_between_entry_and_exit(
    tape: QuoteTape, result: tw.Result, measures: Measures
) -> None:
    chunk = tape.read()
    places = {symbol: place for place, (symbol, _) in enumerate(NAMED)}
    assert len(result.trades) > 100
    for k, trade in enumerate(result.trades):
        mine = (chunk.instrument == places[trade["instrument"]]) & (chunk.ts > trade["entry_ts"])
        mine &= chunk.ts <= trade["exit_ts"]
        left_at = (chunk.bid if trade["side"] > 0 else chunk.ask)[mine] * 0.00001
        assert len(left_at)
        gains = trade["side"] * (left_at - trade["entry_price"]) / 0.0001
        end = trade["side"] * (trade["exit_price"] - trade["entry_price"]) / 0.0001
        assert measures.gained_pips[k] == pytest.approx(end, abs=1e-6)
        assert measures.against_pips[k] == pytest.approx(max(0.0, -gains.min(), -end), abs=1e-6)
        assert measures.for_pips[k] == pytest.approx(max(0.0, gains.max(), end), abs=1e-6)


def test_cost_is_spread_slippage_and_commission_in_pips(result: tw.Result, measures: Measures) -> None:
    asked = {row["order"]: row["price"] for row in result.decisions if row["act"] == "enter"}
    raw = result.raw_trades
    slipped = [
        trade["side"] * (trade["entry_price"] - asked[int(order)]) / 0.0001
        for trade, order in zip(result.trades, raw["order"], strict=True)
    ]
    assert measures.slipped_pips == pytest.approx(slipped, abs=1e-6)
    assert np.ptp(measures.slipped_pips) > 0.5
    assert measures.commission_pips == pytest.approx(np.full(len(raw), 0.6))
    assert measures.cost_pips == pytest.approx(raw["spread"] / 10 + np.array(slipped) + 0.6)


def test_bars_are_those_a_loop_over_the_quotes_makes(tape: QuoteTape, result: tw.Result) -> None:
    chunk, span = tape.read(), 7
    for place, bars in enumerate(bars_of(result, span)):
        wanted: dict[int, list[int]] = {}
        for ts, bid, ask, which in zip(*(column.tolist() for column in chunk[:4]), strict=True):
            if which == place and bid > 0 and ask >= bid:
                wanted.setdefault(ts // (span * 10**9), []).append(bid + ask)
        found = list(zip(*(column.tolist() for column in bars), strict=True))
        assert found == [(at, p[0], max(p), min(p), p[-1]) for at, p in wanted.items()]


def test_a_tape_read_in_chunks_gives_the_bars_it_gives_at_once(
    result: tw.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bars_of(result, 30)
    plain = QuoteTape.chunks
    monkeypatch.setattr(QuoteTape, "chunks", lambda self, since, until: plain(self, 97, since, until))
    assert [[column.tolist() for column in bars] for bars in bars_of(result, 30)] == [
        [column.tolist() for column in bars] for bars in whole
    ]


def test_bars_are_as_short_as_their_number_allows(result: tw.Result) -> None:
    seconds = (result.tape.last_ts - result.tape.first_ts) / 1e9 + 1
    for most in (20_000, 2_000, 200, 20):
        span = span_of(result, most)
        assert seconds / span <= most / 2
    assert [span_of(result, most) for most in (20_000, 2_000, 200, 20)] == [1, 5, 30, 300]


def test_equity_is_the_balance_after_each_second_with_an_exit(result: tw.Result) -> None:
    balance, peak, kept = 100_000.0, 100_000.0, {}
    for trade in result.trades:
        balance += trade["pnl"]
        peak = max(peak, balance)
        kept[trade["exit_ts"] // 10**9] = (round(balance, 6), round(balance - peak, 6))
    found = equity_of(result)
    assert found["s"][0] == int(result.trades["entry_ts"].min()) // 10**9 - 1
    assert (found["balance"][0], found["drawdown"][0]) == (100_000.0, 0.0)
    shown = zip(found["s"], found["balance"], found["drawdown"], strict=True)
    assert {s: (round(b, 6), round(d, 6)) for s, b, d in list(shown)[1:]} == kept
    assert found["s"] == sorted(set(found["s"]))


def test_of_many_points_of_equity_the_extremes_and_the_end_are_kept(result: tw.Result) -> None:
    whole, few = equity_of(result), equity_of(result, most=30)
    assert 10 < len(few["s"]) <= 31 < len(whole["s"])
    points = list(zip(*whole.values(), strict=True))
    assert set(zip(*few.values(), strict=True)) <= set(points)
    assert (few["s"][0], few["s"][-1]) == (whole["s"][0], whole["s"][-1])
    for name, extreme in (("balance", max), ("drawdown", min)):
        assert extreme(few[name]) == extreme(whole[name])


def test_the_moves_of_a_stop_belong_to_the_trade_that_was_open(result: tw.Result, measures: Measures) -> None:
    found = payload(result, measures, None)
    stops, trades = found["stops"], found["trades"]
    moves = [row for row in result.decisions if row["act"] == "move_stop"]
    assert len(moves) > 20
    assert sorted(stops["price"]) == sorted(row["stop"] for row in moves)
    for place, ms in zip(stops["trade"], stops["ms"], strict=True):
        assert trades["entry_ms"][place] <= ms <= trades["exit_ms"][place]


def test_every_figure_counts_every_trade(measures: Measures) -> None:
    figures = {figure.title: figure for figure in figures_of(measures, "USD")}
    assert list(figures) == [
        "R of a trade",
        "Hold time",
        "Against us before the end (MAE)",
        "For us before the end (MFE)",
        "Net by hour of entry, UTC",
        "Net by weekday of entry, UTC",
        "Spread at the decision",
        "Slippage of the entry",
        "Cost against the target",
    ]
    for figure in figures.values():
        columns = (1, 2) if "Against" in figure.title or "For us" in figure.title else (1,)
        assert sum(whole(row[k]) for row in figure.rows for k in columns) == len(measures.pnl)
    for title in ("Net by hour of entry, UTC", "Net by weekday of entry, UTC", "Hold time"):
        net = sum(float(row[2].replace(",", "")) for row in figures[title].rows)
        assert net == pytest.approx(measures.pnl.sum(), abs=0.2)


def whole(shown: str) -> int:
    return int(shown.replace(",", ""))


def test_trades_are_looked_at_by_strategy_bot_and_instrument(tape: QuoteTape) -> None:
    both = {"instruments": ["EUR_USD", "GBP_USD"], "exits": W1_EXITS}
    bots = [quiet("fast_scalp", name=name, **both) for name in ("a", "b")]
    bots.append(quiet("bollinger_reversion", name="c", **both))
    result = tw.backtest(bots, tape)
    table, strategies = result.trades, {bot.name: bot.strategy for bot in bots}
    of = np.array([strategies[name] for name in table["bot"].tolist()])
    wanted = {"All trades": np.ones(len(table), bool)}
    wanted |= {f"Strategy {name}": of == name for name in ("fast_scalp", "bollinger_reversion")}
    wanted |= {f"Bot {name} ({strategies[name]})": table["bot"] == name for name in strategies}
    wanted |= {f"Instrument {name}": table["instrument"] == name for name, _ in NAMED}
    assert {group.name: group.mine.tolist() for group in groups_of(result)} == {
        name: mine.tolist() for name, mine in wanted.items() if mine.any()
    }
    assert len(groups_of(tw.backtest(bots[0], tape))) == 3


def test_hour_and_weekday_are_those_of_the_calendar(measures: Measures) -> None:
    when = measures.entry_ts.astype("datetime64[ns]")
    days = {figure.title: figure.rows for figure in figures_of(measures, "USD")}
    by_hour: dict[str, int] = {}
    by_day: dict[str, int] = {}
    for moment in when.astype("datetime64[s]").tolist():
        by_hour[f"{moment:%H}"] = by_hour.get(f"{moment:%H}", 0) + 1
        by_day[f"{moment:%a}"] = by_day.get(f"{moment:%a}", 0) + 1
    assert traded(days["Net by hour of entry, UTC"]) == by_hour
    assert traded(days["Net by weekday of entry, UTC"]) == by_day


def traded(rows: Any) -> dict[str, int]:
    return {row[0]: whole(row[1]) for row in rows if row[1] != "0"}


def test_the_range_of_a_win_rate_is_wilsons() -> None:
    """Worked by hand: 8 of 10 with z = 1.96 gives 0.490 to 0.943."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 3)[0] == pytest.approx(0.0)
    assert wilson(3, 3)[1] == pytest.approx(1.0)


def test_the_win_rate_needed_is_the_one_at_which_the_sizes_cancel_out() -> None:
    """Wins of 2 and losses of 1 on average: a third must win."""
    assert needed(np.array([3.0, 1.0, -1.5, -0.5])) == pytest.approx(1 / 3)
    assert needed(np.array([1.0, 2.0])) is None
    assert needed(np.array([-1.0])) is None


def test_steps_are_round_and_cover_what_they_are_asked_for() -> None:
    assert steps(-0.3, 1.1) == [-0.5, 0.0, 0.5, 1.0, 1.5]
    assert steps(0.0, 9.0) == [0.0, 5.0, 10.0]
    assert steps(2.0, 2.0) == [2.0, 3.0]
