"""The commands of `tickwise bot`: one line makes a bot, and one line changes it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cli.commands import Run
from tickwise.config.presets import preset_names
from tickwise.config.table import settings_table


@pytest.fixture
def bots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder; bots are made in its folder `bots`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "bots"


def made(run: Run, *more: object) -> None:
    preset = ("--preset", "fast-scalp-fx", "--symbol", "EUR_USD")
    assert run("bot", "add", *preset, *more).code == 0


def test_one_line_makes_a_bot_from_a_preset(run: Run, bots: Path) -> None:
    ended = run("bot", "add", "quick", "--preset", "fast-scalp-fx", "--symbol", "gbpusd", "--set", "owner=me")
    assert ended.out.splitlines() == [
        "wrote bots/quick.toml: fast_scalp on GBP_USD",
        "breaks even at 79 to 81 % against the soft stop of 5 pips",
        "breaks even at 96 % against the stop of 30 pips",
        "try it: tickwise backtest bots/quick.toml --data TAPE",
    ]
    document = tomllib.loads((bots / "quick.toml").read_text())
    assert (document["name"], document["instruments"], document["owner"]) == ("quick", ["GBP_USD"], "me")


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_makes_a_bot_that_can_be_read_again(run: Run, bots: Path, preset: str) -> None:
    symbol = {"fx": "EUR_USD", "metals": "XAU_USD", "crypto": "BTC_USD"}[preset.rpartition("-")[2]]
    assert run("bot", "add", "--preset", preset, "--symbol", symbol).code == 0
    found = run("bot", "list", "--json", "-").json["bots"]
    assert [(bot["instruments"], bot["error"]) for bot in found] == [([symbol], None)]


def test_no_bot_is_written_over_without_force(run: Run, bots: Path) -> None:
    made(run)
    refused = run("bot", "add", "--preset", "fast-scalp-fx", "--symbol", "EUR_USD")
    assert refused.code == 2
    assert "say --force to replace it" in refused.error
    made(run, "--force")


def test_bots_are_listed_and_one_that_cannot_be_read_says_why(run: Run, bots: Path) -> None:
    made(run)
    assert run("bot", "list").code == 0
    (bots / "broken.toml").write_text('name = "broken"\nstrateggy = "fast_scalp"\n')
    ended = run("bot", "list")
    assert ended.code == 2
    assert ["fast-scalp-fx-eurusd", "fast_scalp", "EUR_USD", "yes"] in [
        line.split()[:4] for line in ended.out.splitlines()
    ]
    assert "error: bots/broken.toml: strateggy: unknown setting; did you mean strategy" in ended.out


def test_a_setting_is_changed_and_comments_stay(run: Run, bots: Path) -> None:
    made(run)
    path = bots / "fast-scalp-fx-eurusd.toml"
    before = path.read_text()
    ended = run("bot", "edit", "fast-scalp-fx-eurusd", "--set", "gates.spread_pips_max=0.5")
    assert ended.out == "bots/fast-scalp-fx-eurusd.toml: gates.spread_pips_max = 0.5\n"
    after = path.read_text()
    assert tomllib.loads(after)["gates"]["spread_pips_max"] == 0.5
    assert after.count("#") == before.count("#")
    assert run("bot", "edit", path, "--unset", "gates.spread_pips_max").code == 0
    assert "spread_pips_max" not in tomllib.loads(path.read_text())["gates"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to change; give --set KEY=VALUE or --unset KEY"),
        (["--set", "gates.spred_pips_max=1"], "--set gates.spred_pips_max: unknown setting; did you mean"),
        (["--set", "sizing.units_max=1"], "units_min"),
        (
            ["--unset", "gates.per_day_max"],
            "gates.per_day_max is not set in it, so its default counts already",
        ),
    ],
)
def test_an_edit_that_cannot_be_meant_changes_nothing(
    run: Run, bots: Path, arguments: list[str], said: str
) -> None:
    made(run)
    before = (bots / "fast-scalp-fx-eurusd.toml").read_text()
    ended = run("bot", "edit", "fast-scalp-fx-eurusd", *arguments)
    assert ended.code == 2
    assert said in ended.error
    assert (bots / "fast-scalp-fx-eurusd.toml").read_text() == before


def test_a_bot_is_removed_only_by_a_person_or_with_yes(run: Run, bots: Path) -> None:
    made(run)
    refused = run("bot", "remove", "fast-scalp-fx-eurusd")
    assert (refused.code, list(bots.iterdir())) == (2, [bots / "fast-scalp-fx-eurusd.toml"])
    assert (
        run("bot", "remove", "fast-scalp-fx-eurusd", "--yes").out
        == "deleted bots/fast-scalp-fx-eurusd.toml\n"
    )
    assert list(bots.iterdir()) == []
    gone = run("bot", "remove", "fast-scalp-fx-eurusd", "--yes")
    assert gone.error == (
        "fast-scalp-fx-eurusd: no such file, and no bot of this name in bots; `tickwise bot add` makes one"
    )


def test_presets_and_settings_can_be_looked_up(run: Run) -> None:
    assert [row["preset"] for row in run("bot", "presets", "--json", "-").json["presets"]] == list(
        preset_names()
    )
    every = run("bot", "settings", "--json", "-").json["settings"]
    assert [row["key"] for row in every] == [row.key for row in settings_table()]
    shown = run("bot", "settings", "spread_pips_max", "--strategy", "fast_scalp").out
    assert "spread_pips_max = 0.35 pips  (a number)" in shown
    assert run("bot", "settings", "spraed_pips").error.endswith("did you mean spread_pips_max?")


def test_a_bot_is_shown_whole_with_what_said_each_value(
    run: Run, bots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(run, "--set", "name=quick")
    assert "spacing_s = 2.5 s  (bots/quick.toml)" in run("bot", "show", "quick").out.splitlines()
    monkeypatch.setenv("TICKWISE_QUICK_GATES_SPACING_S", "9")
    monkeypatch.setenv("TICKWISE_QUICK_GATES_SPACING", "9")
    ended = run("bot", "show", "quick", "--set", "gates.per_day_max=7", "--json", "-")
    found = {each["key"]: each for each in ended.json["settings"]}
    assert found["gates.per_day_max"] == {
        "key": "gates.per_day_max",
        "value": "7",
        "unit": "entries",
        "by": "--set gates.per_day_max",
    }
    assert found["gates.spacing_s"]["by"] == "TICKWISE_QUICK_GATES_SPACING_S"
    assert found["name"]["by"] == "bots/quick.toml"
    assert ended.err.splitlines() == [
        "warning: TICKWISE_QUICK_GATES_SPACING: no setting hears this variable, so it changes nothing; "
        "did you mean TICKWISE_QUICK_GATES_SPACING_S?"
    ]
