"""The command line as a whole: help, exit codes, and what a broken pipe or an interrupt does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.commands import Run, typed
from tickwise.cli import backtest, bots, control, demo, journal, readings, replay, run, tapes, why
from tickwise.cli.bytecode import keep_bytecode
from tickwise.cli.times import seconds_of
from tickwise.errors import ConfigError

HEAVY = ("numba", "numpy", "duckdb", "pydantic")


def commands() -> Iterator[tuple[tuple[str, ...], str]]:
    """Give every command that is not a group, with its example."""
    yield ("backtest",), backtest.EXAMPLE
    yield ("demo",), demo.EXAMPLE
    yield ("run",), run.EXAMPLE
    yield ("replay",), replay.EXAMPLE
    yield ("why",), why.EXAMPLE
    yield from (((command.__name__,), example) for command, example in control.COMMANDS)
    yield from (((command.__name__,), example) for command, example in readings.COMMANDS)
    yield from ((("journal", name), example) for name, _, example in journal.COMMANDS)
    yield from ((("data", name), example) for name, _, example in tapes.COMMANDS)
    yield from ((("bot", name), example) for name, _, example in bots.COMMANDS)


@pytest.mark.parametrize(("command", "example"), list(commands()))
def test_every_command_has_help_with_an_example_of_itself(
    run: Run, command: tuple[str, ...], example: str
) -> None:
    ended = run(*command, "--help")
    assert ended.code == 0
    assert "Example: tickwise " + " ".join(command) in " ".join(ended.out.split())
    assert example.startswith("Example: tickwise " + " ".join(command))


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom tickwise.cli.shell import run\nassert run(['--help']) == 0\n"
        f"assert not set({HEAVY}) & set(sys.modules), sorted(set({HEAVY}) & set(sys.modules))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_version_is_printed(run: Run) -> None:
    assert run("version").out == run("--version").out
    assert run("version").out.startswith("tickwise 0.")


def test_a_reader_who_has_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tickwise", "bot", "settings"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_an_interrupt_ends_with_130_and_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tickwise", "data", "synth", "tape.parquet", "--days", "5000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        while not list(tmp_path.iterdir()):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == "interrupted; no file was left half written\n"
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_file_the_system_refuses_is_told_in_one_line(tmp_path: Path) -> None:
    ended = typed("data", "check", "/dev/null/x", cwd=tmp_path)
    assert ended.code in (1, 2)
    assert ended.error.startswith("/dev/null/x: ")


def test_the_demo_is_told_as_lines_of_json(run: Run) -> None:
    ended = run("demo", "--headless", "--until", "1m", "--json")
    assert ended.code == 0
    assert all(isinstance(json.loads(line), dict) for line in ended.out.splitlines())


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90.0), ("10m", 600.0), ("1.5h", 5400.0), ("2d", 172_800.0), ("45", 45.0)]
)
def test_spans_of_time_are_read_as_people_type_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


def test_a_span_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="write it like 90s, 10m"):
        seconds_of("soon")


def test_bytecode_is_kept_in_the_cache_where_python_would_keep_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKWISE_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    keep_bytecode()
    assert sys.pycache_prefix is None
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep_bytecode()
    assert (sys.pycache_prefix, sys.dont_write_bytecode) == (str(tmp_path / "bytecode"), False)
