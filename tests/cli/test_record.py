"""`data record`: the real command against the local OANDA keeps every quote, whatever ends it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.at_oanda import Oanda, environ_in, home_in, serving, started
from cli.commands import typed
from tickwise.market_data.tape import QuoteTape, open_tape

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")


@pytest.fixture(scope="module")
def oanda() -> Iterator[Oanda]:
    with serving() as served:
        yield served


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_ctrl_c_keeps_a_whole_tape_that_the_check_takes(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    arguments = ("data", "record", "a.parquet", "--instrument", "EUR_USD", "--instrument", "USD_JPY")
    with started(tmp_path, *arguments, "--rest", oanda.base) as command:
        command.until(lambda: size(tmp_path / "a.recording") > 4_000)
        ended = command.interrupted()
    assert ended.code == 0, ended.err
    assert ended.err.splitlines() == [
        "recording EUR_USD, USD_JPY; Ctrl-C ends it and keeps the tape",
        "wrote a.parquet",
    ]
    assert not (tmp_path / "a.recording").exists()
    tape = open_tape(tmp_path / "a.parquet")
    assert isinstance(tape, QuoteTape)
    assert tape.instruments == (("EUR_USD", "0.00001"), ("USD_JPY", "0.001"))
    quotes = tape.read()
    assert len(quotes.ts) > 50
    assert set((quotes.ask - quotes.bid).tolist()) == {3, 4}
    assert (quotes.ts_event > 0).all()
    found = typed("data", "check", "a.parquet", "--json", "-", environ=environ_in(tmp_path), cwd=tmp_path)
    assert [each["crossed"] for each in found.json["instruments"]] == [0, 0]
    assert oanda.changes == []


def test_a_process_that_is_killed_leaves_a_recording_to_import(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    arguments = ("data", "record", "a.parquet", "--instrument", "EUR_USD", "--rest", oanda.base)
    with started(tmp_path, *arguments) as command:
        command.until(lambda: size(tmp_path / "a.recording") > 2_000)
    told = environ_in(tmp_path)
    again = typed(*arguments, environ=told, cwd=tmp_path)
    assert (again.code, again.error) == (
        2,
        "a.recording: a recording that was cut off lies there: `tickwise data import a.recording a.parquet` "
        "makes a tape of it; or give --force to begin anew",
    )
    made = typed("data", "import", "a.recording", "a.parquet", environ=told, cwd=tmp_path)
    assert made.code == 0, made.err
    assert open_tape(tmp_path / "a.parquet").rows > 20


def test_a_stream_that_breaks_is_connected_anew_and_no_quote_is_kept_twice(
    tmp_path: Path, oanda: Oanda
) -> None:
    home_in(tmp_path)
    arguments = ("data", "record", "a.parquet", "--instrument", "USD_JPY", "--instrument", "EUR_USD")
    with started(tmp_path, *arguments, "--for", "6s", "--rest", oanda.base) as command:
        command.until(lambda: size(tmp_path / "a.recording") > 2_000)
        oanda.loop.call_soon_threadsafe(oanda.server.cut)
        ended = command.ended()
    assert ended.code == 0, ended.err
    assert "; connecting anew" in ended.err
    tape = open_tape(tmp_path / "a.parquet")
    assert isinstance(tape, QuoteTape)
    quotes = tape.read()
    for place in (0, 1):
        times = quotes.ts_event[quotes.instrument == place]
        assert len(times) > 20
        assert (times[1:] > times[:-1]).all()
    assert int(quotes.ts[-1]) - int(quotes.ts[0]) > 3 * 10**9


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (
            ("--instrument", "EUR_XXX"),
            2,
            "the venue refuses: oanda: account 101-001-1234567-001 cannot trade EUR_XXX;",
        ),
        (("--instrument", "EUR_USD", "--for", "soon"), 2, "'soon' is no span of time"),
        ((), 2, "Missing option '--instrument'."),
    ],
)
def test_what_cannot_be_recorded_is_one_line(
    tmp_path: Path, oanda: Oanda, arguments: tuple[str, ...], code: int, error: str
) -> None:
    home_in(tmp_path)
    told = environ_in(tmp_path)
    ended = typed("data", "record", "a.parquet", *arguments, "--rest", oanda.base, environ=told, cwd=tmp_path)
    assert ended.code == code
    assert ended.error.startswith(error)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["quick.toml", "tickwise.toml"]
