"""OANDA's price stream and candles, as people record them, become tapes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tickwise.errors import DataError
from tickwise.market_data.check import check
from tickwise.market_data.importers import format_of, import_file, open_any
from tickwise.market_data.tape import BarTape, Tape

TS = 1_772_442_000_123_456_789
HEARTBEAT = '{"type":"HEARTBEAT","time":"2026-03-02T09:00:01.000000000Z"}'


def price(bid: str, ask: str, time: str = "2026-03-02T09:00:00.123456789Z", name: str = "EUR_USD") -> str:
    """Write a line as the price stream does."""
    return json.dumps(
        {
            "type": "PRICE",
            "time": time,
            "bids": [{"price": bid, "liquidity": 1_000_000}, {"price": "1.0", "liquidity": 5}],
            "asks": [{"price": ask, "liquidity": 500_000}],
            "closeoutBid": bid,
            "closeoutAsk": ask,
            "status": "tradeable",
            "tradeable": True,
            "instrument": name,
        }
    )


def candle(time: str, low: str, sides: tuple[str, ...] = ("bid", "ask"), **more: Any) -> dict[str, Any]:
    """Give a candle as the endpoint does, a pip from low to high."""
    high = f"{float(low) + 0.0001:.5f}"
    side = {"o": low, "h": high, "l": low, "c": high}
    return {"complete": True, "volume": 7, "time": time, **dict.fromkeys(sides, side), **more}


def imported(tmp_path: Path, text: str, name: str = "stream.jsonl", **more: Any) -> Tape:
    (tmp_path / name).write_text(text)
    return import_file(tmp_path / name, tmp_path / "tape.parquet", force=True, **more)


def test_lines_of_the_price_stream_are_seen_and_kept_to_the_nanosecond(tmp_path: Path) -> None:
    lines = [price("1.10000", "1.10012"), HEARTBEAT, price("1.10001", "1.10013", "1772442001.5")]
    tape = imported(tmp_path, "\n".join(lines) + "\n")
    quotes = tape.read()
    assert tape.instruments == (("EUR_USD", "0.00001"),)
    assert quotes.ts.tolist() == [TS, 1_772_442_001_500_000_000]
    assert quotes.bid.tolist() == [110_000, 110_001]
    assert quotes.ask.tolist() == [110_012, 110_013]
    assert quotes.bid_size.tolist() == [1_000_000, 1_000_000]
    assert quotes.ask_size.tolist() == [500_000, 500_000]
    assert check(tape).instruments[0].rows == 2


def test_a_stream_of_several_instruments_gives_the_one_that_is_asked_for(tmp_path: Path) -> None:
    text = price("1.10000", "1.10012") + "\n" + price("150.000", "150.004", name="USD_JPY") + "\n"
    with pytest.raises(
        DataError, match=r"stream.jsonl: holds EUR_USD, USD_JPY: choose one with --instrument"
    ):
        imported(tmp_path, text)
    with pytest.raises(DataError, match="holds EUR_USD, USD_JPY, and GBP_USD was asked for"):
        imported(tmp_path, text, instrument="GBP_USD")
    tape = imported(tmp_path, text, instrument="USD_JPY")
    assert (tape.instruments, tape.read().bid.tolist()) == ((("USD_JPY", "0.001"),), [150_000])


def test_a_line_that_is_malformed_is_named_or_left_out(tmp_path: Path) -> None:
    text = (
        price("1.10000", "1.10012") + '\n{"type":"PRICE","time":"2026\n' + price("1.10001", "1.10013") + "\n"
    )
    with pytest.raises(DataError, match=r"row 2 \(prices counted from 1\): ts is empty or cannot be read"):
        imported(tmp_path, text)
    assert not (tmp_path / "tape.parquet").exists()
    assert imported(tmp_path, text, faulty="drop").read().bid.tolist() == [110_000, 110_001]


@pytest.mark.parametrize("layout", ["a line each", "one file", "packed"])
def test_candles_become_bars_whole_ones_once(tmp_path: Path, layout: str) -> None:
    first = [candle(f"2026-03-02T09:0{k}:00.000000000Z", f"1.1000{k}") for k in range(3)]
    second = [first[2], candle("2026-03-02T09:03:00.000000000Z", "1.10003")]
    second.append(candle("2026-03-02T09:04:00.000000000Z", "1.10004", complete=False))
    answers = [{"instrument": "EUR_USD", "granularity": "M1", "candles": each} for each in (first, second)]
    path = tmp_path / "eurusd.json"
    if layout == "one file":
        whole = {**answers[0], "candles": [*first, *second]}
        path.write_text(json.dumps(whole, indent=2))
    else:
        path.write_text("".join(json.dumps(each) + "\n" for each in answers))
    if layout == "packed":
        packed = tmp_path / "eurusd.json.gz"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    assert format_of(path) == "oanda"
    tape = import_file(path, tmp_path / "tape.parquet")
    assert isinstance(tape, BarTape)
    bars = tape.read()
    assert (tape.frame_s, tape.instruments) == (60, (("EUR_USD", "0.00001"),))
    assert bars.ts.tolist() == [1_772_442_000_000_000_000 + k * 60_000_000_000 for k in range(4)]
    assert bars.bid_open.tolist() == [110_000, 110_001, 110_002, 110_003]
    assert bars.ask_high.tolist() == [110_010, 110_011, 110_012, 110_013]
    assert bars.volume.tolist() == [7, 7, 7, 7]


def test_candles_of_mid_prices_are_both_sides(tmp_path: Path) -> None:
    candles = [candle(f"2026-03-02T09:0{k}:00.000000000Z", f"1.1000{k}", ("mid",)) for k in range(2)]
    bars = imported(tmp_path, json.dumps({"instrument": "EUR_USD", "candles": candles}) + "\n").read()
    assert bars.bid_open.tolist() == bars.ask_open.tolist() == [110_000, 110_001]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"instrument": "EUR_USD", "candles": [\n{"time": ', "cannot be read as JSON: .* it may be cut off"),
        ('{"instrument": "EUR_USD", "candles": []}\n{"errorMessage": "no"}\n', "answer 2 has no candles"),
        ('{"instrument": "EUR_USD", "candles": []}\nno\n', "line 2 is no JSON"),
        ('{"type": "HEARTBEAT"}\n', "no line of it names an instrument"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        imported(tmp_path, text)


def test_the_shared_tape_written_as_a_stream_comes_back_as_it_was(tmp_path: Path, real_data: Path) -> None:
    wanted = open_any(real_data / "quotes" / "eurusd_oanda_20140501_0509.parquet")
    chunk = wanted.read(wanted.first_ts, wanted.first_ts + 4 * 3_600 * 10**9)
    with (tmp_path / "stream.jsonl").open("w") as lines:
        for ts, bid, ask in zip(chunk.ts.tolist(), chunk.bid.tolist(), chunk.ask.tolist(), strict=True):
            time = f"{ts // 10**9}.{ts % 10**9:09}"
            lines.write(price(f"{bid / 100_000:.5f}", f"{ask / 100_000:.5f}", time) + "\n")
    tape = import_file(tmp_path / "stream.jsonl", tmp_path / "tape.parquet")
    read = tape.read()
    assert len(chunk.ts) > 1_000
    for name in ("ts", "bid", "ask"):
        assert getattr(read, name).tolist() == getattr(chunk, name).tolist()
