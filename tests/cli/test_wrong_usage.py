"""What a person gets wrong: one line that says where and what to do, exit code 2, and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import BEGIN_TS, EXAMPLES, Run, parquet, typed

W1 = EXAMPLES / "reference_w1.toml"
GOOD = "SELECT * FROM (VALUES ({ts}, 1.1, 1.1002), ({ts} + 1000000000, {bid}, {ask})) AS t(ts, bid, ask)"


def backtested(run: Run, data: Path, *more: object, config: Path = W1) -> str:
    """Run a backtest that must be refused, and give its line."""
    ended = run("backtest", config, "--data", data, *more)
    assert ended.code == 2
    return ended.error


def quotes(folder: Path, bid: str, ask: str, name: str = "eurusd.parquet") -> Path:
    """Write a file of two quotes, the second one as given."""
    return parquet(folder / name, GOOD.format(ts=BEGIN_TS, bid=bid, ask=ask))


def config(folder: Path, old: str, new: str, name: str = "bot.toml") -> Path:
    """Write the reference config with one thing in it changed."""
    text = W1.read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))
    return folder / name


def test_a_missing_tape_is_named_with_the_nearest_there_is(run: Run, tape: Path) -> None:
    missing = tape.with_name("eurusb.parquet")
    assert backtested(run, missing) == f"{missing}: there is no such file; the nearest is {tape}"


def test_a_missing_config_says_how_to_make_one(run: Run, tape: Path, tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    said = backtested(run, tape, config=missing)
    assert said == f"{missing}: there is no such file; `tickwise bot add` makes one"


def test_a_wrong_column_is_told_with_those_there_are(run: Run, tmp_path: Path) -> None:
    path = parquet(tmp_path / "eurusd.parquet", f"SELECT {BEGIN_TS} AS ts, 1.1 AS bit, 1.2 AS ask")
    said = backtested(run, path)
    assert str(path) in said
    assert "bit" in said
    assert "ask" in said


def test_an_empty_tape_is_refused(run: Run, tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "eurusd.parquet", f"SELECT {BEGIN_TS} AS ts, 1.1 AS bid, 1.2 AS ask WHERE false"
    )
    said = backtested(run, path)
    assert said.startswith(f"{path}: ")
    assert "no rows" in said


def test_times_that_go_back_are_refused_with_the_row(run: Run, tmp_path: Path) -> None:
    values = f"({BEGIN_TS}, 1.1, 1.1002), ({BEGIN_TS} - 1, 1.1, 1.1002)"
    path = parquet(tmp_path / "eurusd.parquet", f"SELECT * FROM (VALUES {values}) AS t(ts, bid, ask)")
    said = backtested(run, path)
    assert said.startswith(f"{path}: ")
    assert "row 2 (counted from 1)" in said


@pytest.mark.parametrize(
    ("bid", "ask"),
    [
        ("'NaN'::DOUBLE", "1.1"),
        ("1.1", "'NaN'::DOUBLE"),
        ("0.0", "1.1"),
        ("-1.1", "1.1"),
        ("1.1", "'inf'::DOUBLE"),
    ],
)
def test_a_price_that_is_none_is_refused_with_the_row(run: Run, tmp_path: Path, bid: str, ask: str) -> None:
    path = quotes(tmp_path, bid, ask)
    said = backtested(run, path, "--tick", "0.00001")
    assert said.startswith(f"{path}: ")
    assert "row 2 (counted from 1)" in said


def test_an_unknown_key_in_a_config_names_the_nearest(run: Run, tape: Path, tmp_path: Path) -> None:
    wrong = config(tmp_path, "spread_pips_max = 0.35", "spread_pip_max = 0.35")
    assert backtested(run, tape, config=wrong) == (
        f"{wrong}: gates.spread_pip_max: unknown setting; did you mean gates.spread_pips_max "
        "(default 0.35 pips)?"
    )


def test_an_unknown_key_on_the_command_line_names_the_nearest(run: Run, tape: Path) -> None:
    said = backtested(run, tape, "--set", "exits.targt_pips=1")
    assert said.startswith("--set exits.targt_pips: unknown setting; did you mean exits.target_pips")


def test_a_maximum_below_its_minimum_names_both(run: Run, tape: Path) -> None:
    said = backtested(run, tape, "--set", "sizing.units_max=5000")
    assert "units_max" in said
    assert "units_min" in said


def test_a_worst_case_larger_than_a_day_may_lose_is_refused_with_the_numbers(run: Run, tape: Path) -> None:
    said = backtested(
        run, tape, "--set", "gates.day_loss_fraction_max=0.0001", "--set", "account.balance=1000"
    )
    assert said.startswith(f"{W1}: ")
    assert "day" in said


def test_an_unknown_strategy_names_those_there_are(run: Run, tape: Path) -> None:
    said = backtested(run, tape, "--set", "strategy=fast_scalq")
    assert "fast_scalq" in said
    assert "fast_scalp" in said


def test_a_strategy_that_does_not_compile_is_told_in_its_own_words(
    run: Run, tape: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        '"""Mine."""\n\nfrom typing import NamedTuple\n\nfrom tickwise.core.types import Signal\n\n\n'
        "class Params(NamedTuple):\n    pips: float = 1.0\n\n\n"
        'def on_quote(params, market):\n    return Signal("long", 1.0, 0.0, 0.0)\n'
    )
    wrong = tmp_path / "mine.toml"
    wrong.write_text(
        'name = "mine"\nstrategy = "mine.py"\ninstruments = ["EUR_USD"]\n[exits]\nstop_pips = 10.0\n'
    )
    ended = run("backtest", wrong, "--data", tape)
    assert ended.code == 2
    said = [line for line in ended.err.splitlines() if line.startswith("error: ")]
    assert len(said) == 1
    assert said[0].startswith(f"error: {tmp_path / 'mine.py'}:13: ")


def test_an_instrument_that_is_not_on_the_tape_is_told_with_those_that_are(run: Run, tape: Path) -> None:
    assert backtested(run, tape, "--set", "instruments=GBP_USD") == (
        "bot 'reference-w1' trades GBP_USD, but the tape holds EUR_USD: name one of these in `instruments`, "
        "or give another tape"
    )


def test_a_tape_of_bars_for_a_strategy_of_quotes_is_refused(run: Run, tmp_path: Path) -> None:
    bars = parquet(
        tmp_path / "eurusd.parquet",
        f"SELECT {BEGIN_TS} + 60000000000 * range AS ts, 1.1 AS open, 1.2 AS high, 1.0 AS low, 1.1 AS close "
        "FROM range(100)",
    )
    said = backtested(run, bars)
    assert said == (
        "bot 'reference-w1': strategy fast_scalp is asked on each quote, but the tape holds bars: give a "
        "tape of quotes, or a strategy with on_bar"
    )


def test_two_bots_of_one_name_are_refused(run: Run, tape: Path) -> None:
    ended = run("backtest", W1, W1, "--data", tape)
    assert (ended.code, ended.error) == (2, "two bots are called reference-w1: give each a `name` of its own")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "tomorrow"], "'tomorrow' is no time: write it like 2019-02-04"),
        (["--since", "2030-01-01"], "no row of the tape lies in the time asked for; it holds 2019-02-04"),
        (["--explain", "2030-01-01"], "2030-01-01 00:00:00.000Z is not within what was run: 2019-02-04"),
        (
            ["--explain", "2019-02-04T11:00:05", "--bot", "nobody"],
            "no bot nobody on any instrument; there is",
        ),
        (["--set", "gates"], "--set gates: write it like --set gates.spread_pips_max=0.5"),
        (
            ["--json", "/nowhere/at/all.json"],
            "/nowhere/at/all.json: there is no folder /nowhere/at: make it first",
        ),
    ],
)
def test_options_that_cannot_be_meant_say_so(run: Run, tape: Path, arguments: list[str], said: str) -> None:
    assert backtested(run, tape, *arguments).startswith(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["backtest"], "Missing argument 'CONFIG'. See `tickwise backtest --help`."),
        (["backtest", "a.toml"], "Missing option '--data'. See `tickwise backtest --help`."),
        (["backtset"], "No such command 'backtset'. Did you mean 'backtest'? See `tickwise --help`."),
        (["data", "shw"], "No such command 'shw'. Did you mean 'show'? See `tickwise data --help`."),
    ],
)
def test_a_command_line_that_is_not_understood_points_to_the_help(
    run: Run, arguments: list[str], said: str
) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.error) == (2, said)


def test_the_real_command_ends_with_code_2_and_one_line(tmp_path: Path) -> None:
    ended = typed("backtest", W1, "--data", tmp_path / "none.parquet", cwd=tmp_path)
    assert ended.code == 2
    assert ended.error.startswith(f"{tmp_path / 'none.parquet'}: there is no such file")


def test_a_line_break_in_a_path_stays_one_line(run: Run, tmp_path: Path) -> None:
    assert "there is no such file" in backtested(run, tmp_path / "two\nlines.parquet")
