"""Sweeps: what is varied, which sets are tried, what a row says, and that it is what a backtest says."""

from __future__ import annotations

import hashlib
import json
from itertools import product
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tickwise as tw
from oracles.bots import w1_bot
from oracles.tapes import chunk_of
from tickwise.config.bot import BotConfig
from tickwise.config.load import changed
from tickwise.core.layout import TRADE
from tickwise.market_data.tape import QuoteTape, TapeWriter, tape_of
from tickwise.research.sweep.heat import heat_of, svg
from tickwise.research.sweep.measures import MEASURES, by_day, shape_of
from tickwise.research.sweep.plateau import plateau_of, steady
from tickwise.research.sweep.ranges import Varied, values_of
from tickwise.research.sweep.result import SweepResult
from tickwise.research.sweep.sets import Sets, sets_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "sweeps" / "reference_w3.toml"
VARY = {"params.threshold_pips": "0.3:0.5:0.1", "exits.target_pips": [0.6, 1.0]}
EURUSD = [("EUR_USD", "0.00001")]


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(3, 6_000, odd=False, spread=1), EURUSD)


@pytest.fixture(scope="module")
def swept(tape: QuoteTape) -> SweepResult:
    return tw.sweep(w1_bot(), tape, vary=VARY, processes=1)


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("0.1:0.3:0.1", (0.1, 0.2, 0.3)),
        ("0.2:1.0:0.3", (0.2, 0.5, 0.8)),
        ("2:10:4", (2, 6, 10)),
        ("0.4,0.6", (0.4, 0.6)),
        ("true,false", (True, False)),
        ("M1, M5", ("M1", "M5")),
        ("7", (7,)),
    ],
)
def test_values_are_written_as_a_range_or_a_list(said: str, values: tuple[Any, ...]) -> None:
    found = values_of(said, "here")
    assert found == values
    assert [type(each) for each in found] == [type(each) for each in values]


@pytest.mark.parametrize("said", ["1:2", "2:1:0.1", "1:2:0", "1:2:x", "0:1:0.0000001", "0:inf:1", "1:2:3:4"])
def test_a_range_that_cannot_be_meant_is_refused(said: str) -> None:
    with pytest.raises(tw.ConfigError, match=r"^here: "):
        values_of(said, "here")


def test_a_grid_tries_every_combination_the_last_setting_fastest() -> None:
    sets = sets_of([Varied("a", (1, 2, 3)), Varied("b", ("x", "y"))], "grid", None, 1)
    assert [sets.values(at) for at in range(len(sets))] == list(product((1, 2, 3), ("x", "y")))
    assert sets.overrides(3) == {"a": 2, "b": "y"}


def test_a_random_search_tries_distinct_sets_that_follow_from_the_seed() -> None:
    varied = [Varied("a", tuple(range(1_000))), Varied("b", tuple(range(1_000_000)))]
    numbers = [sets_of(varied, "random", 500, seed).numbers for seed in (1, 1, 2)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert len(set(numbers[0])) == 500
    assert np.mean(numbers[0]) == pytest.approx(0.5e9, rel=0.1)
    everything = sets_of([Varied("a", (1, 2, 3))], "random", 5, 1)
    assert [everything.values(at) for at in range(len(everything))] == [(1,), (2,), (3,)]


def test_every_number_is_drawn_as_often_as_another() -> None:
    counts = np.zeros(10)
    for seed in range(2_000):
        counts[list(sets_of([Varied("a", tuple(range(10)))], "random", 3, seed).numbers)] += 1
    assert np.abs(counts / 600 - 1).max() < 0.15


def neighbours_by_hand(sets: Sets, at: int) -> set[int]:
    """Compare every pair of sets: the same but for one number, which is the next larger or smaller."""
    found = set()
    for other in range(len(sets)):
        differ = [k for k in range(len(sets.varied)) if sets.values(at)[k] != sets.values(other)[k]]
        if len(differ) == 1 and sets.varied[differ[0]].is_ordered:
            ranked = sorted(sets.varied[differ[0]].values)
            ranks = [ranked.index(sets.values(each)[differ[0]]) for each in (at, other)]
            found |= {other} if abs(ranks[0] - ranks[1]) == 1 else set()
    return found


@pytest.mark.parametrize("tries", [None, 30])
def test_neighbours_are_one_step_of_one_number_away(tries: int | None) -> None:
    varied = [Varied("a", (3, 1, 2, 9)), Varied("b", ("x", "y", "z")), Varied("c", (0.5, 0.1, 0.3))]
    sets = sets_of(varied, "grid" if tries is None else "random", tries, 5)
    for at in range(len(sets)):
        assert set(sets.neighbours(at)) == neighbours_by_hand(sets, at)


def test_a_lonely_peak_is_not_the_steadiest() -> None:
    sets = sets_of([Varied("a", tuple(range(7)))], "grid", None, 1)
    scores = [0.0, 90.0, -50.0, 30.0, 40.0, 35.0, nan]
    plateau = plateau_of(sets, scores)
    assert plateau.neighbours.tolist() == [1, 2, 2, 2, 2, 2, 1]
    assert plateau.median.tolist() == [90.0, -50.0, 30.0, -50.0, 30.0, -np.inf, 35.0]
    assert int(np.nanargmax(steady(scores, plateau))) == 4


def test_a_row_is_what_a_backtest_of_the_set_says(tape: QuoteTape, swept: SweepResult) -> None:
    assert swept.sets.keys == ("params.threshold_pips", "exits.target_pips")
    for at, row in enumerate(swept.rows):
        alone = tw.backtest(changed(w1_bot(), swept.sets.overrides(at)), tape)
        for name in ("trades", "net_pnl", "win_rate", "profit_factor", "max_drawdown", "avg_hold_s"):
            assert row[name] == alone.stats[name]
        assert row["evaluations"] == alone.evaluations
    assert len({row["trades"] for row in swept.rows}) > 1


def test_the_result_is_the_same_bytes_whatever_the_number_of_processes(
    tape: QuoteTape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickwise.research.sweep.shards.SHARD_SETS", 1)
    digests = []
    for processes in (1, 2):
        found = []
        for ending in ("parquet", "csv", "json"):
            place = tmp_path / f"{processes}.{ending}"
            if not found:
                result = tw.sweep(w1_bot(), tape, vary=VARY, processes=processes, out=place)
            else:
                result.save(place)
            found.append(hashlib.sha256(place.read_bytes()).hexdigest())
        digests.append(found)
    assert digests[0] == digests[1]


def test_the_table_is_written_in_three_forms_that_say_the_same(swept: SweepResult, tmp_path: Path) -> None:
    places = {ending: tmp_path / f"found.{ending}" for ending in ("parquet", "csv", "json")}
    for place in places.values():
        swept.save(place)
    columns = [*swept.sets.keys, *MEASURES, "neighbours", "plateau", "one_day"]
    read = [
        pd.read_parquet(places["parquet"]),
        pd.read_csv(places["csv"]),
        pd.DataFrame(json.loads(places["json"].read_text())),
    ]
    for frame in read:
        assert list(frame.columns) == columns
        assert frame["net_pnl"].tolist() == [row["net_pnl"] for row in swept.rows]
        assert frame["exits.target_pips"].tolist() == [0.6, 1.0] * 3


def test_a_set_that_cannot_be_meant_is_a_row_that_says_why(tape: QuoteTape) -> None:
    result = tw.sweep(w1_bot(), tape, vary={"params.range_quotes": [32, 4_000]}, processes=1)
    assert [row["refused"] for row in result.rows] == [
        "",
        "bot: params: range_quotes = 4000: 1 to 255 quotes are kept",
    ]
    assert [each.at for each in result.ranked()] == [0]
    assert result.to_dict()["refused_sets"] == 1
    with pytest.raises(tw.ConfigError, match=r"^every set was refused; the first because of bot: params: "):
        tw.sweep(w1_bot(), tape, vary={"params.range_quotes": [3_000, 4_000]}, processes=1)


@pytest.mark.parametrize(
    ("vary", "says"),
    [
        ({}, "nothing is varied"),
        (
            {"params.treshold_pips": [1]},
            "vary params.treshold_pips: no setting of quiet; did you mean params.thr",
        ),
        ({"name": ["a", "b"]}, "vary name: no setting"),
        (["params.threshold_pips"], "--vary params.threshold_pips: write it like"),
        ({"params.threshold_pips": [0.4, 0.4]}, "a value stands twice"),
        (["params.threshold_pips=1,2", "params.threshold_pips=3"], "it stands twice"),
    ],
)
def test_what_cannot_be_varied_is_told(tape: QuoteTape, vary: Any, says: str) -> None:
    with pytest.raises(tw.ConfigError, match=says):
        tw.sweep(w1_bot(), tape, vary=vary)


def test_a_sweeps_file_names_the_bot_and_what_is_varied(tmp_path: Path) -> None:
    from tickwise.research.sweep.plan import plan_of

    plan = plan_of(EXAMPLE)
    assert (plan.bot.name, len(plan.sets), plan.bot.gates.spread_pips_max) == ("reference-w1", 200, 0.35)
    assert plan.sets.overrides(0) == {
        "params.threshold_pips": 0.2, "params.range_floor_pips": 0.6, "exits.target_pips": 0.6,
    }  # fmt: skip
    narrowed = plan_of(EXAMPLE, ["params.threshold_pips=0.9"], "random", 7, 3)
    assert len(narrowed.sets) == 7
    assert {narrowed.sets.overrides(at)["params.threshold_pips"] for at in range(7)} == {0.9}
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('bot = "a.toml"\nvery = 1\n')
    with pytest.raises(tw.ConfigError, match="very is no key of a sweep; choose from bot, data, search"):
        plan_of(wrong)


def test_a_part_of_the_tape_is_swept_as_a_backtest_runs_it(tape: QuoteTape) -> None:
    middle = int(tape.first_ts + (tape.last_ts - tape.first_ts) // 2)
    result = tw.sweep(w1_bot(), tape, vary={"exits.target_pips": [1.0]}, since=middle, processes=1)
    alone = tw.backtest(changed(w1_bot(), {"exits.target_pips": 1.0}), tape, since=middle)
    assert (result.rows[0]["trades"], result.rows[0]["net_pnl"]) == (
        alone.stats["trades"],
        alone.stats["net_pnl"],
    )


def trades_of(*earned: tuple[int, int]) -> Any:
    """Make trades of (time of the end, profit in millionths)."""
    found = np.zeros(len(earned), TRADE)
    found["exit_ts"], found["pnl"] = zip(*earned, strict=True)
    return found


def test_what_single_days_did_is_told_by_trading_days() -> None:
    rolls = np.array([0, 100, 200, 300])
    found = by_day(trades_of((10, 4_000_000), (20, -1_000_000), (150, -2_000_000), (200, 500_000)), rolls)
    assert found == {
        "days": 3, "days_up": 2, "best_day_pnl": 3.0, "worst_day_pnl": -2.0, "pnl_without_best_day": -1.5,
    }  # fmt: skip


def test_a_set_that_lives_on_one_day_is_named(swept: SweepResult) -> None:
    row = {**swept.rows[0], "net_pnl": 5.0, "pnl_without_best_day": -1.0}
    steady_row = {**row, "pnl_without_best_day": 0.5}
    made = SweepResult(
        swept.bot, sets_of([Varied("exits.target_pips", (1, 2))], "grid", None, 1), (row, steady_row),
        "net_pnl", 1, 5, {}, 1.0, 2, 1,
    )  # fmt: skip
    assert made.one_day.tolist() == [True, False]
    assert made.first_line.endswith("2 sets earn, 1 of them on one day only")


def test_the_shape_of_profits_is_that_of_their_moments() -> None:
    pnl = np.array([1.0, 2.0, -4.0, 0.5])
    found = shape_of(pnl)
    series = pd.Series(pnl)
    assert found["sharpe"] == pytest.approx(series.mean() / series.std())
    centred = pnl - pnl.mean()
    assert found["skew"] == pytest.approx((centred**3).mean() / pnl.var() ** 1.5)
    assert found["kurtosis"] == pytest.approx((centred**4).mean() / pnl.var() ** 2)
    assert shape_of(np.array([1.0]))["sharpe"] is None


def test_a_map_shows_the_median_over_all_other_settings() -> None:
    sets = sets_of([Varied("a", (1, 2)), Varied("b", (5, 6, 7)), Varied("c", (0, 1, 2))], "grid", None, 1)
    scores = [float(at**2) for at in range(18)]
    heat = heat_of(sets, scores, "net_pnl", "b", "a")
    assert heat.cells.tolist() == [[1.0, 16.0, 49.0], [100.0, 169.0, 256.0]]
    picture = svg(heat)
    assert picture.count("<rect") == 1 + 6
    assert ">256</text>" in picture
    assert "net_pnl, median over 1 other settings" in picture
    with pytest.raises(tw.ConfigError, match="no map of d: two of a, b, c must be named"):
        heat_of(sets, scores, "net_pnl", "a", "d")


def test_the_best_bot_is_one_that_can_be_run(swept: SweepResult, tape: QuoteTape) -> None:
    bot = swept.best_bot(steadily=False)
    assert isinstance(bot, BotConfig)
    assert swept.best is not None
    assert tw.backtest(bot, tape).stats["net_pnl"] == swept.best.row["net_pnl"]


def test_a_tape_of_bars_is_swept_too(tmp_path: Path) -> None:
    from tickwise.market_data.tape import BarChunk

    draws = np.random.default_rng(7)
    close = (110_000 + np.cumsum(draws.integers(-9, 10, 3_000))).astype(np.int32)
    open_ = np.concatenate([close[:1], close[:-1]])
    sides = (open_, np.maximum(open_, close) + 3, np.minimum(open_, close) - 3, close)
    ts = 1_546_300_800_000_000_000 + np.arange(3_000) * 60_000_000_000
    place = tmp_path / "bars.parquet"
    with TapeWriter(place, EURUSD, kind="bars", frame_s=60) as writer:
        writer.append(BarChunk(ts, *sides, *sides))
    bot = Path(__file__).parents[2] / "examples" / "reference_w2.toml"
    result = tw.sweep(bot, place, vary={"exits.anchor": ["decision", "fill"]}, processes=1)
    alone = tw.backtest(bot, place, overrides={"exits.anchor": "fill"})
    assert result.rows[1]["net_pnl"] == alone.stats["net_pnl"]
    assert result.rows[1]["trades"] == alone.stats["trades"] > 0
