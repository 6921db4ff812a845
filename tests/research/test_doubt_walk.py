"""Walk forward: chosen on some parts of a tape, judged on another, and nothing of the one in the other."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import tickwise as tw
from oracles.bots import w1_bot
from oracles.tapes import chunk_of
from tickwise.config.load import changed
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.doubt.splits import Split, parts_of, splits_of
from tickwise.research.doubt.walk import pooled, walk_forward
from tickwise.research.sweep.measures import measured, shape_of

VARY = {"params.threshold_pips": [0.3, 0.5, 0.9], "exits.target_pips": [0.6, 1.0]}


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(3, 6_000, odd=False, spread=1), [("EUR_USD", "0.00001")])


def test_parts_are_of_as_many_rows_and_begin_after_the_purge() -> None:
    ts = np.arange(100, dtype=np.int64) * 10
    assert parts_of(ts, (0, 100), 4, 0) == [(0, 25), (25, 50), (50, 75), (75, 100)]
    assert parts_of(ts, (10, 90), 2, 35) == [(10, 50), (53, 90)]
    for first, second in zip(*[iter(parts_of(ts, (0, 100), 2, 77))] * 2, strict=True):
        assert ts[second[0]] - ts[first[1] - 1] > 77
    with pytest.raises(tw.DataError, match="too short for 4 parts with 0 s purged"):
        parts_of(ts, (0, 100), 4, 300)
    with pytest.raises(tw.ConfigError, match="at least two"):
        parts_of(ts, (0, 100), 1, 0)


def test_a_walk_chooses_on_what_came_before_and_purged_parts_on_all_others() -> None:
    assert splits_of(4, "walk") == [Split((0,), 1), Split((0, 1), 2), Split((0, 1, 2), 3)]
    assert splits_of(4, "walk", 1) == [Split((0,), 1), Split((1,), 2), Split((2,), 3)]
    assert splits_of(3, "purged") == [Split((1, 2), 0), Split((0, 2), 1), Split((0, 1), 2)]


def test_parts_put_together_are_as_one_run_of_their_trades(tape: QuoteTape) -> None:
    chunk, bot = tape.read(), w1_bot()
    results = [
        tw.backtest(bot, tape, since=int(chunk.ts[first]), until=int(chunk.ts[end]))
        for first, end in ((0, 2_000), (2_500, 5_000))
    ]
    rows = [
        measured(bot, tape, type(chunk)(*(column[first:end] for column in chunk)))
        for first, end in ((0, 2_000), (2_500, 5_000))
    ]
    pnl = np.concatenate([result.raw_trades["pnl"] for result in results]) / 1e6
    found = pooled(rows)
    assert (found.trades, found.net_pnl) == (len(pnl), pytest.approx(pnl.sum()))
    assert found.profit_factor == pytest.approx(pnl[pnl > 0].sum() / -pnl[pnl < 0].sum())
    assert found.sharpe == pytest.approx(shape_of(pnl)["sharpe"])
    assert pooled([]) == (0, 0, None, None)


@pytest.mark.parametrize("scheme", ["walk", "purged"])
def test_each_choice_is_the_best_where_it_was_chosen_and_judged_where_it_was_not(
    tape: QuoteTape, scheme: str
) -> None:
    found = walk_forward(
        w1_bot(), tape, parts=3, scheme=scheme, vary=VARY, purge_s=30, steadily=False, processes=1
    )  # type: ignore[arg-type]
    ts, edges = tape.read().ts, parts_of(tape.read().ts, (0, 6_000), 3, 30 * 10**9)

    def net(values: dict[str, float], part: int) -> float:
        first, end = edges[part]
        until = int(ts[end]) if end < len(ts) else None
        result = tw.backtest(changed(w1_bot(), values), tape, since=int(ts[first]), until=until)
        return float(result.stats["net_pnl"] or 0.0)

    sets = [dict(zip(VARY, values, strict=True)) for values in product(*VARY.values())]
    for fold in found.folds:
        scores = [sum(net(each, part) for part in fold.split.chosen_on) for each in sets]
        assert fold.values == sets[int(np.argmax(scores))]
        assert fold.chosen.net_pnl == pytest.approx(max(scores))
        assert fold.judged.net_pnl == pytest.approx(net(dict(fold.values), fold.split.judged_on))
        own = [net(each, fold.split.judged_on) for each in sets]
        assert fold.better == pytest.approx(np.mean(np.array(own) > fold.judged.net_pnl + 1e-9))
    assert len(found.folds) == (2 if scheme == "walk" else 3)
    assert found.to_dict()["net_pnl"] == pytest.approx(sum(fold.judged.net_pnl for fold in found.folds))


def test_a_walk_is_the_same_whatever_the_number_of_processes(tape: QuoteTape) -> None:
    one, two = (walk_forward(w1_bot(), tape, parts=3, vary=VARY, processes=count) for count in (1, 2))
    assert one.folds == two.folds
    assert one.purge_s == 60.0
