"""A sweep that was cut off goes on where it was, from nothing else than what it was begun with."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

import tickwise as tw
from oracles.bots import w1_bot
from oracles.tapes import chunk_of
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.sweep import workers
from tickwise.research.sweep.job import job_for
from tickwise.research.sweep.run import sweep
from tickwise.research.sweep.shared_tape import lay_out
from tickwise.research.watch import Unwatched

VARY = {"params.threshold_pips": [0.3, 0.4, 0.5], "exits.target_pips": [0.6, 1.0]}


@pytest.fixture(scope="module")
def tape() -> QuoteTape:
    return tape_of(chunk_of(3, 3_000, odd=False, spread=1), [("EUR_USD", "0.00001")])


@pytest.fixture(autouse=True)
def one_set_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickwise.research.sweep.shards.SHARD_SETS", 1)


class Interrupting(Unwatched):
    """Counts the sets that were run, and interrupts after so many."""

    def __init__(self, after: int = 99) -> None:
        self.after = after
        self.told: list[int] = []

    def ran(self, rows: int, total: int) -> None:
        self.told.append(rows)
        if rows == self.after:
            raise KeyboardInterrupt


def interrupted(tape: QuoteTape, place: Path, after: int = 4, **settings: Any) -> Path:
    with pytest.raises(KeyboardInterrupt):
        sweep(w1_bot(), tape, vary=VARY, out=place, processes=1, watch=Interrupting(after), **settings)
    assert not place.exists()
    return place.with_name(place.name + ".unfinished")


@pytest.mark.parametrize("processes", [1, 2])
def test_it_goes_on_without_losing_a_finished_shard(tape: QuoteTape, tmp_path: Path, processes: int) -> None:
    place, whole, watch = tmp_path / "found.csv", tmp_path / "whole.csv", Interrupting()
    kept = interrupted(tape, place)
    result = sweep(w1_bot(), tape, vary=VARY, out=place, processes=processes, watch=watch)
    sweep(w1_bot(), tape, vary=VARY, out=whole, processes=1)
    assert watch.told == [4, 5, 6]
    assert result.ran_now == 2
    assert not kept.exists()
    assert place.read_bytes() == whole.read_bytes()


def test_a_line_cut_off_in_the_writing_is_run_again(tape: QuoteTape, tmp_path: Path) -> None:
    place, watch = tmp_path / "found.csv", Interrupting()
    kept = interrupted(tape, place)
    kept.write_bytes(kept.read_bytes()[:-20])
    sweep(w1_bot(), tape, vary=VARY, out=place, processes=1, watch=watch)
    assert watch.told == [3, 4, 5, 6]


def test_what_changed_since_is_named_and_nothing_is_mixed(tape: QuoteTape, tmp_path: Path) -> None:
    place = tmp_path / "found.csv"
    kept = interrupted(tape, place)
    before = kept.read_bytes()
    other = tape_of(tape.read()._replace(ask=tape.read().ask + 1), [("EUR_USD", "0.00001")])
    for bot, on, vary, since, says in (
        (w1_bot(), other, VARY, None, "the tape"),
        (w1_bot(mean_quotes=20), tape, VARY, None, "the bot's settings"),
        (w1_bot(), tape, {**VARY, "exits.target_pips": [0.6, 1.1]}, None, "what is varied"),
        (w1_bot(), tape, VARY, tape.first_ts + 10**11, "the part of the tape"),
        (w1_bot(mean_quotes=20), other, VARY, None, "the tape and the bot's settings"),
    ):
        with pytest.raises(tw.ConfigError) as caught:
            sweep(bot, on, vary=vary, since=since, out=place, processes=1)
        assert str(caught.value) == (
            f"{kept} holds a sweep that was interrupted, and since then {says} changed: put that back, "
            "name another result, or give --force to begin anew"
        )
    assert kept.read_bytes() == before
    anew = Interrupting()
    sweep(w1_bot(), other, vary=VARY, out=place, processes=1, force=True, watch=anew)
    assert anew.told == [0, 1, 2, 3, 4, 5, 6]


def test_changed_code_refuses_to_go_on(tape: QuoteTape, tmp_path: Path) -> None:
    place = tmp_path / "found.csv"
    kept = interrupted(tape, place)
    first, *rest = kept.read_text().splitlines(keepends=True)
    kept.write_text(json.dumps({**json.loads(first), "code": "another"}) + "\n" + "".join(rest))
    with pytest.raises(tw.ConfigError, match="since then the code changed"):
        sweep(w1_bot(), tape, vary=VARY, out=place, processes=1)


def test_a_result_that_is_there_is_not_written_over(tape: QuoteTape, tmp_path: Path) -> None:
    place = tmp_path / "found.csv"
    place.write_text("precious")
    with pytest.raises(tw.ConfigError, match=r"it is there already: choose another name, or give --force"):
        sweep(w1_bot(), tape, vary=VARY, out=place)
    assert place.read_text() == "precious"
    for name, says in (
        ("a.xlsx", r"end the name with \.parquet, \.csv or \.json"),
        ("no/a.csv", "no folder"),
    ):
        with pytest.raises(tw.ConfigError, match=says):
            sweep(w1_bot(), tape, vary=VARY, out=tmp_path / name)


def test_a_process_that_is_killed_in_mid_shard_loses_nothing(tape: QuoteTape, tmp_path: Path) -> None:
    lay_out(tape, tmp_path)
    job, rows = job_for(w1_bot(), tmp_path), (0, tape.rows)
    worker = workers.Worker(job)
    try:
        task = (7, {"params.threshold_pips": 0.4}, rows)
        right = worker.do((0, [task]))
        os.kill(worker.running.pid, signal.SIGKILL)
        worker.running.wait()
        assert worker.do((0, [task])) == right
        assert right[1][0][1]["trades"] > 0
    finally:
        worker.end()


def test_a_process_that_always_ends_is_told_in_one_line(tape: QuoteTape, tmp_path: Path) -> None:
    lay_out(tape, tmp_path)
    job = job_for(w1_bot(), tmp_path)
    (tmp_path / "ts.column").unlink()
    worker = workers.Worker(job)
    try:
        with pytest.raises(tw.TickwiseError, match="ended 2 times over the same sets, the last time with"):
            worker.do((0, [(0, {}, (0, 10))]))
    finally:
        worker.end()


def test_every_process_is_gone_when_the_sweep_is_left(tape: QuoteTape, tmp_path: Path) -> None:
    lay_out(tape, tmp_path)
    job = job_for(w1_bot(), tmp_path)
    shards = [(at, [(at, {"params.threshold_pips": 0.4}, (0, tape.rows))]) for at in range(6)]
    begun: list[workers.Worker] = []

    class Watched(workers.Worker):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            begun.append(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(workers, "Worker", Watched)
        going = workers.done(job, shards, 2)
        next(going)
        going.close()
    assert [each.running.poll() for each in begun] == [-signal.SIGKILL, -signal.SIGKILL]
