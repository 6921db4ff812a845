from __future__ import annotations

import json

import pytest

from tickwise.demo import run_demo
from tickwise.errors import ConfigError


def test_lines_tell_every_event_and_end_with_a_summary(capsys):
    assert run_demo(headless=True, until_s=600.0) == 0
    output = capsys.readouterr()
    lines = output.out.splitlines()
    assert lines[0] == ("PAPER, synthetic market, seed 7, from Thu 2025-11-13 12:58:00 UTC, 10 minutes of it")
    assert "13:03:36 fast-eurusd: refused a signal: spread 0.4 pips above 0.35" in lines
    assert "5 trades, 2 won, -6.53 USD net, in 10 minutes of market time" in lines
    assert lines[-1].startswith("Risk:")
    assert "first explained trade after " in output.err


def test_the_same_seed_tells_the_same_whatever_the_wall_clock_says(capsys):
    run_demo(headless=True, until_s=300.0, seed=11)
    first = capsys.readouterr().out
    run_demo(headless=True, until_s=300.0, seed=11)
    assert capsys.readouterr().out == first


def test_json_is_an_object_a_line_and_the_last_is_the_summary(capsys):
    assert run_demo(until_s=600.0, json_lines=True) == 0
    *events, summary = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["event"] for each in events} >= {
        "opened",
        "closed",
        "refused",
        "waits",
        "resumes",
        "stop_moved",
    }
    closed = [each for each in events if each["event"] == "closed"]
    assert summary["event"] == "summary"
    assert summary["trades"] == len(closed) == 5
    assert summary["net_pnl"] == pytest.approx(sum(each["pnl"] for each in closed))
    assert sum(summary["outcomes"].values()) == summary["evaluations"]
    assert len(summary["decision_digest"]) == 64


def test_an_output_that_is_no_terminal_gets_lines(capsys):
    assert run_demo(until_s=120.0) == 0
    assert capsys.readouterr().out.startswith("PAPER, synthetic market, seed 7")


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"speed": 0.0}, "a demo at 0 times the speed: give 1 to 3600"),
        ({"until_s": 0.0}, "the demo until 0 s of its market: give more than zero and at most seven days"),
        (
            {"until_s": 1e6},
            "the demo until 1e+06 s of its market: give more than zero and at most seven days",
        ),
        ({"seed": -1}, "the seed -1 of the demo is negative: give 0 or more"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(said, says):
    with pytest.raises(ConfigError) as error:
        run_demo(headless=True, **said)
    assert str(error.value) == says
