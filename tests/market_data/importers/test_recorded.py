"""A recording of an engine becomes a tape of its quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwise.errors import DataError
from tickwise.market_data.chunks import TapeInstrument
from tickwise.market_data.importers import format_of, import_file
from tickwise.market_data.recording import Recorder

INSTRUMENTS = (TapeInstrument("EUR_USD", "0.00001"), TapeInstrument("USD_JPY", "0.001"))


def recorded(path: Path, quotes: int) -> Path:
    """Record quotes of two instruments by turns, each after a timer and a price out of the past."""
    recorder = Recorder(path, INSTRUMENTS)
    for k in range(quotes):
        recorder.timer(3 * k, 10 + k)
        recorder.history(3 * k + 1, 10 + k, 5, 1, 2, 0)
        recorder.quote(3 * k + 2, 10 + k, 9 + k, 100 + k, 103 + k, k % 2, 1000.0, 2000.0)
    recorder.close()
    return path


def test_its_quotes_are_the_tape_and_nothing_besides(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.recording", 3)
    with path.open("ab") as file:
        file.write(b"half a row")
    assert format_of(path) == "recording"
    tape = import_file(path, tmp_path / "tape.parquet")
    quotes = tape.read()
    assert tape.instruments == INSTRUMENTS
    assert quotes.ts.tolist() == [10, 11, 12]
    assert quotes.ts_event.tolist() == [9, 10, 11]
    assert (quotes.bid.tolist(), quotes.ask.tolist()) == ([100, 101, 102], [103, 104, 105])
    assert quotes.instrument.tolist() == [0, 1, 0]
    assert (quotes.bid_size.tolist(), quotes.ask_size.tolist()) == ([1000] * 3, [2000] * 3)


def test_what_is_not_in_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no quote was recorded"):
        import_file(recorded(tmp_path / "a.recording", 0), tmp_path / "tape.parquet")
    with pytest.raises(DataError, match="holds EUR_USD, USD_JPY, and GBP_USD was asked for"):
        import_file(recorded(tmp_path / "b.recording", 1), tmp_path / "tape.parquet", instrument="GBP_USD")
