"""The Python API: a result, its tables in every form, and a moment explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tickwise as tw
from oracles.bots import quiet, w1_bot
from oracles.tapes import BEGIN, chunk_of
from tickwise.market_data.tape import QuoteTape, tape_of

W1_TOML = Path(__file__).parents[2] / "examples" / "reference_w1.toml"


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(3, 6_000, odd=False, spread=1), [("EUR_USD", "0.00001")])


@pytest.fixture(scope="module")
def result(tape: QuoteTape) -> tw.Result:
    return tw.backtest(w1_bot(), tape)


def test_a_bot_and_a_tape_make_a_result(result: tw.Result) -> None:
    assert result.stats["trades"] == len(result.trades) > 10
    assert repr(result).startswith(f"<Result: {len(result.trades)} trades, ")
    assert sum(result.outcomes.values()) == result.evaluations == sum(result.gates["evaluations"])


@pytest.mark.parametrize("name", ["trades", "decisions", "gates"])
def test_every_table_becomes_pandas_polars_and_arrow(result: tw.Result, name: str) -> None:
    table = getattr(result, name)
    rows = table.to_dicts()
    assert len(rows) == len(table) > 0
    assert list(rows[0]) == list(table.columns)
    frame: pd.DataFrame = table.to_pandas()
    assert same(frame.to_dict("records"), rows)
    polar: pl.DataFrame = table.to_polars()
    assert same(polar.to_dicts(), rows)
    arrow: pa.Table = table.to_arrow()
    assert same(arrow.to_pylist(), rows)


def same(found: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bool:
    """Tell whether two lists of rows hold the same values; NaN is like NaN."""
    return [[str(each) for each in row.values()] for row in found] == [
        [str(each) for each in row.values()] for row in rows
    ]


def test_prices_of_trades_are_the_decimal_numbers_of_the_tape(result: tw.Result) -> None:
    for name in ("entry_price", "exit_price"):
        shown = [float(f"{price:.5f}") for price in result.trades[name].tolist()]
        assert result.trades[name].tolist() == shown


def test_a_moment_is_explained_however_it_is_written(result: tw.Result) -> None:
    ts = BEGIN + 600 * 10**9
    moment = datetime(2019, 1, 1, 22, tzinfo=UTC) + timedelta(seconds=600)
    explained = result.explain(ts)
    assert explained.ts == ts
    assert {gate.name for gate in explained.gates} >= {"paused", "spread_pips", "day_loss", "no_signal"}
    for written in (np.datetime64(ts, "ns"), moment, moment.isoformat(), "2019-01-01 22:10"):
        assert str(result.explain(written)) == str(explained)


def test_a_moment_is_explained_for_every_bot_at_once(tape: QuoteTape) -> None:
    both = tw.backtest([w1_bot(), quiet("fast_scalp", name="other")], tape)
    explained = both.explain_all("2019-01-01 22:10")
    assert [each.lane.bot for each in explained] == ["quiet", "other"]
    assert str(both.explain("2019-01-01 22:10", bot="other")) == str(explained[1])


def test_an_explanation_of_what_was_not_run_is_refused(result: tw.Result, tape: QuoteTape) -> None:
    with pytest.raises(tw.DataError, match="is not within what was run: 2019-01-01 22:00"):
        result.explain("2018-01-01")
    with pytest.raises(tw.ConfigError, match="no bot nobody on any instrument; there is quiet on EUR_USD"):
        result.explain("2019-01-01 22:10", bot="nobody")
    part = tw.backtest(w1_bot(), tape, until="2019-01-01 22:05")
    with pytest.raises(tw.DataError, match="is not within what was run"):
        part.explain("2019-01-01 22:10")


def test_a_file_of_a_bot_takes_overrides(tape: QuoteTape) -> None:
    found = tw.backtest(W1_TOML, tape, overrides={"params.threshold_pips": "40"})
    assert found.bots[0].params["threshold_pips"] == 40
    assert len(found.trades) == 0


def test_nothing_to_run_is_refused(tape: QuoteTape) -> None:
    with pytest.raises(tw.DataError, match="no row of the tape lies in the time asked for"):
        tw.backtest(w1_bot(), tape, since="2030-01-01")
    with pytest.raises(tw.ConfigError, match="no bot is given"):
        tw.backtest([], tape)


def test_the_entries_read_as_those_of_a_minute_are_those_of_the_last_sixty_seconds(
    result: tw.Result,
) -> None:
    entered = result.decisions["ts"][result.decisions["act"] == "enter"]
    counted = []
    for second in range(31, 1_700, 130):
        ts = BEGIN + second * 10**9 + 1
        (gate,) = (each for each in result.explain(ts).gates if each.name == "per_minute")
        counted.append(np.count_nonzero((entered > ts - 60 * 10**9) & (entered <= ts)))
        assert gate.value == counted[-1]
    assert len(set(counted)) > 3
