"""The command `backtest`: the figures of the reference rules, JSON for scripts, a summary for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.commands import EXAMPLES, Run, typed

W1 = (EXAMPLES / "reference_w1.toml", "--set", "gates.spread_pips_max=2.0")
RIGHT = {
    "eurusd_dukascopy_20190204": (552, -195.60, 136_741, 0),
    "eurusd_oanda_20140501_0509": (4_397, -4_954.20, 321_558, 1),
    "eurusd_fxcm_20140501_0509": (3_988, -608.60, 606_047, 69_354),
}
"""Trades, money, quotes accepted and refused, of the reference rules with these settings."""

KEYS = {
    "trades", "net_pnl", "quotes", "refused_quotes", "evaluations", "outcomes", "win_rate", "profit_factor",
    "avg_r", "max_drawdown", "avg_hold_s", "decision_digest", "code_digest", "assumptions", "seconds",
}  # fmt: skip


def quotes(real_data: Path, name: str) -> Path:
    return real_data / "quotes" / f"{name}.parquet"


@pytest.mark.parametrize("name", RIGHT)
def test_the_reference_rules_give_their_figures_on_real_tapes(real_data: Path, run: Run, name: str) -> None:
    found = run("backtest", *W1, "--data", quotes(real_data, name), "--json", "-").json
    assert (found["trades"], found["net_pnl"], found["quotes"], found["refused_quotes"]) == RIGHT[name]
    assert found["outcomes"]["intent"] == found["trades"]
    assert found["refused"].get("crossed", 0) == (69_354 if "fxcm" in name else 0)


def test_json_is_one_object_with_everything_a_script_asks_for(tape: Path, run: Run) -> None:
    ended = run("backtest", *W1, "--data", tape, "--json", "-")
    found = ended.json
    assert ended.code == 0
    assert set(found) >= KEYS
    assert sum(found["outcomes"].values()) == found["evaluations"] == found["quotes"] == 14_400
    assert found["trades"] > 0
    assert len(found["decision_digest"]) == len(found["code_digest"]) == 64
    assert all(isinstance(line, str) for line in found["assumptions"])


def test_what_is_not_known_is_null_in_json(tape: Path, run: Run) -> None:
    never = ("--set", "params.threshold_pips=50")
    found = run("backtest", EXAMPLES / "reference_w1.toml", *never, "--data", tape, "--json", "-").json
    assert found["trades"] == 0
    assert [found[name] for name in ("win_rate", "profit_factor", "avg_r", "avg_hold_s")] == [None] * 4


def test_the_same_run_in_two_processes_gives_the_same_decisions(tape: Path, tmp_path: Path) -> None:
    runs = [
        typed("backtest", *W1, "--data", tape, "--json", "-", cwd=tmp_path, environ={"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert [ended.code for ended in runs] == [0, 0]
    first, second = ({**ended.json, "seconds": 0, "compile_seconds": 0} for ended in runs)
    assert first == second


def test_the_figures_of_fast_scalp_say_why_they_do_not_trade_at_a_retail_venue(
    real_data: Path, run: Run
) -> None:
    oanda = quotes(real_data, "eurusd_oanda_20140501_0509")
    ended = run("backtest", EXAMPLES / "fast_scalp.toml", "--data", oanda)
    assert " ".join(ended.out.split()).startswith(
        "0 trades: gates.spread_pips_max = 0.35 lets 0.00 % of the quotes of EUR_USD through, so this bot "
        "will hardly ever trade here 321,558 quotes"
    )


def test_the_summary_shows_what_was_earned_and_where_evaluations_ended(tape: Path, run: Run) -> None:
    ended = run("backtest", *W1, "--data", tape)
    headings = [line for line in ended.out.splitlines() if line and line[0].isupper() and ":" not in line]
    assert ended.code == 0
    assert headings == [
        "What it earned",
        "What it needs",
        "Where 14,400 evaluations ended",
        "By reason of exit",
        "Taken for granted",
        "Digests",
    ]
    assert "to break even it must win 91 to 96 % against the stop of 30 pips; it won" in ended.out
    assert max(len(line) for line in ended.out.splitlines()) <= 80


def test_several_bots_are_shown_each_by_its_name(tape: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text((EXAMPLES / "reference_w1.toml").read_text().replace("reference-w1", "other"))
    ended = run("backtest", W1[0], other, *W1[1:], "--data", tape)
    assert "By bot" in ended.out
    assert "- other: 100.00 % of the quotes of EUR_USD pass gates.spread_pips_max = 2" in ended.out


def test_a_part_of_the_tape_can_be_run(tape: Path, run: Run) -> None:
    part = ("--since", "2019-02-04T11:10", "--until", "2019-02-04T06:20:00-05:00")
    found = run("backtest", *W1, "--data", tape, *part, "--json", "-").json
    assert found["quotes"] == 4 * 600


def test_a_moment_is_explained_gate_by_gate(tape: Path, run: Run) -> None:
    ended = run("backtest", *W1, "--data", tape, "--explain", "2019-02-04T11:00:05")
    lines = [line.split() for line in ended.out.splitlines()]
    assert ended.code == 0
    assert ended.out.startswith(
        "\nreference-w1 on EUR_USD at 2019-02-04 11:00:05.000Z, money in USD\nwarming_up:"
    )
    assert ["spread_pips", "0.2", "pips", "2", "pips", "allows"] in lines
    assert ["signal", "warming_up", "have", "21", "need", "32", "refuses"] in lines
    assert max(len(line) for line in ended.out.splitlines()) <= 80


def test_a_moment_is_explained_for_scripts(tape: Path, run: Run) -> None:
    ended = run("backtest", *W1, "--data", tape, "--explain", "2019-02-04T11:00:05", "--json", "-")
    explained: list[dict[str, Any]] = ended.json["explained"]
    assert [each["outcome"] for each in explained] == ["warming_up"]
    gates = {gate["name"]: gate for gate in explained[0]["gates"]}
    assert (gates["spread_pips"]["value"], gates["spread_pips"]["limit"]) == (2.0, 20.0)
    assert gates["spread_pips"]["allows"] is True


def test_no_result_is_written_over_without_force(tape: Path, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "result.json"
    target.write_text("precious")
    command = ("backtest", *W1, "--data", tape, "--json", target)
    refused = run(*command)
    assert (refused.code, target.read_text()) == (2, "precious")
    assert refused.error == f"{target}: it is there already: choose another name, or give --force"
    assert run(*command, "--force").code == 0
    assert target.read_text().startswith("{")


def test_the_screen_says_that_the_core_is_compiled_and_how_long_it_took(
    tape: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr("tickwise.session.session.CACHE_DIR", tmp_path)
    ended = run("backtest", *W1, "--data", tape)
    first, second = ended.err.splitlines()
    assert first == "compiling the core for this machine, once: about 10 s"
    assert second.startswith("compiled in ")
    assert second.endswith(" s; kept for the next time")
