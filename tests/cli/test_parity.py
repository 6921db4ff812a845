"""The command `parity`: a session beside its simulation, for people and for scripts."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cli.commands import Run
from cli.sessions import SESSION, Held
from research.oanda_told import at_oanda, late
from research.quality_made import written
from tickwise.cli import parity
from tickwise.market_data.recording import ROW


def test_the_help_has_an_example_and_says_what_the_exit_code_means(run: Run) -> None:
    ended = run("parity", "--help")
    assert ended.code == 0
    assert "Example: tickwise parity" in " ".join(ended.out.split())
    assert parity.EXAMPLE.startswith("Example: tickwise parity")
    assert "The exit code is 1" in " ".join(ended.out.split())


def test_a_session_on_paper_is_all_as_simulated(held: Held, run: Run) -> None:
    ended = run("parity", "--db", held.journal)
    found = run("parity", SESSION, "--db", held.journal, "--json", "-").json
    trades = run("summary", "--db", held.journal, "--json", "-").json
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == (
        f"{trades['trades']} orders, all as simulated, {trades['net_pnl']:+,.2f} USD"
    )
    assert f"- {found['decisions_equal']} decisions are equal, 0 only the session's, 0 only the" in ended.out
    assert found["first_difference"] == ""
    assert found["compared"] == trades["trades"]
    assert set(found["causes"].values()) == {0}
    assert max(map(len, ended.out.splitlines())) <= 80


def test_what_cannot_be_read_is_one_line(held: Held, run: Run, tmp_path: Path) -> None:
    no_session = run("parity", "none", "--db", held.journal)
    assert no_session.code == 2
    assert no_session.error.startswith("no session none in this journal: `tickwise journal sessions`")
    no_tape = run("parity", "--db", held.journal, "--tape", tmp_path / "none")
    assert (no_tape.code, no_tape.error) == (2, f"{tmp_path}/none: no such recording")


def test_a_session_at_the_local_oanda_is_told_with_its_causes(run: Run, tmp_path: Path) -> None:
    told = at_oanda(late)
    (tmp_path / "w1.tape").write_bytes(told.recording)
    opened = msgspec.structs.replace(told.opened, tape=str(tmp_path / "w1.tape"))
    journal = written(tmp_path / "journal.db", [opened, *told.entries])
    ended = run("parity", "--db", journal)
    found = run("parity", "--db", journal, "--json", "-").json
    assert (ended.code, ended.err) == (0, "")
    # Bought at 110,037 instead of 110,007, and left at 110,030: 10,000 units, ten cents a tick.
    assert ended.out.splitlines()[0] == "1 order: -0.70, simulated +2.30, a difference of -3.00 USD"
    assert "latency -3.00 1 the mid moved between the two fills" in " ".join(ended.out.split())
    assert "- 2 decisions are equal, 0 only the session's, 0 only the simulation's" in ended.out
    assert found["difference_millionths"] == sum(found["causes"].values()) == -3_000_000
    assert found["is_explained"] is True


def test_decisions_that_no_answer_explains_end_with_1(held: Held, run: Run, tmp_path: Path) -> None:
    bytes_ = bytearray(held.recording.read_bytes())
    start = bytes_.index(b"\n") + 1
    for at in range(3_000, 3_400):
        bytes_[start + at * ROW.itemsize + ROW.fields["ask"][1]] ^= 0x20
    copy = tmp_path / "copy.recording"
    copy.write_bytes(bytes_)
    ended = run("parity", "--tape", copy, "--db", held.journal)
    assert ended.code == 1
    assert "every answer before it was as assumed" in " ".join(ended.out.split())


def test_other_settings_of_fills_are_simulated_where_they_are_given(
    held: Held, run: Run, tmp_path: Path
) -> None:
    own = run("parity", "--db", held.journal, "--json", "-").json
    fills = tmp_path / "fills.toml"
    fills.write_text("[fills]\ncommission_per_unit = 0.00001\n")
    found = run("parity", "--db", held.journal, "--fills", fills, "--json", "-").json
    # Half a dollar for each fill of 50,000 units, of which a trade has two; the session paid none.
    assert [each["causes"]["costs"] for each in found["trades"]] == [1_000_000] * own["compared"]
    assert found["pnl_millionths"] == own["pnl_millionths"]
    assert found["difference_millionths"] == found["causes"]["costs"]


def test_a_file_that_is_no_table_of_fills_is_one_line(held: Held, run: Run, tmp_path: Path) -> None:
    fills = tmp_path / "fills.toml"
    for text, says in (
        (
            "[gates]\n",
            f"{fills}: only the table [fills] belongs here, as `tickwise quality --write` makes it",
        ),
        ("[fills]\nlatency_ms = -1\n", f"{fills}: fills.latency_ms"),
        ("[fills\n", f"{fills}: not TOML: "),
    ):
        fills.write_text(text)
        ended = run("parity", "--db", held.journal, "--fills", fills)
        assert ended.code == 2
        assert ended.error.startswith(says)
