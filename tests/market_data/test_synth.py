"""The synthetic market: lawful, repeatable, and with what a scalper must survive."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.news import NewsItem
from tickwise.market_data.calendars.news_files import read_news
from tickwise.market_data.chunks import BarChunk, QuoteChunk, joined
from tickwise.market_data.synth import (
    Character,
    characters_of,
    news_csv,
    synthesise,
    synthetic_bars,
    synthetic_news,
    tape_instruments,
)
from tickwise.market_data.tape import TapeWriter, open_tape

SECOND_NS = 1_000_000_000
HOUR_NS = 3600 * SECOND_NS
DAY_NS = 24 * HOUR_NS


def utc(text: str) -> int:
    return round(datetime.fromisoformat(text + "+00:00").timestamp()) * SECOND_NS


def new_york(text: str) -> int:
    return (
        round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York")).timestamp())
        * SECOND_NS
    )


MONDAY = utc("2024-06-03 00:00")
FRIDAY_CLOSE = new_york("2024-06-07 17:00")
SUNDAY_OPEN = new_york("2024-06-09 17:00")


def quotes(instruments: list[str], since: int, until: int, seed: int = 1, **settings: Any) -> QuoteChunk:
    return joined(synthesise(instruments, since, until, seed, **settings))


def mids(chunk: QuoteChunk) -> np.ndarray[Any, np.dtype[np.float64]]:
    return 0.5 * (chunk.bid.astype(np.int64) + chunk.ask)


def spreads(chunk: QuoteChunk) -> np.ndarray[Any, np.dtype[np.int32]]:
    return chunk.ask - chunk.bid


def within(chunk: QuoteChunk, since: int, until: int) -> QuoteChunk:
    first, last = np.searchsorted(chunk.ts, (since, until))
    return QuoteChunk(*(column[first:last] for column in chunk))


def same(one: Any, other: Any) -> bool:
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def minute_moves(chunk: QuoteChunk) -> np.ndarray[Any, np.dtype[np.float64]]:
    at = np.arange(chunk.ts[0], chunk.ts[-1], 60 * SECOND_NS)
    return np.diff(mids(chunk)[np.searchsorted(chunk.ts, at, side="right") - 1])


@pytest.fixture(scope="module")
def week() -> QuoteChunk:
    return quotes(["EUR_USD"], MONDAY, FRIDAY_CLOSE)


@settings(deadline=None, max_examples=15)
@given(
    st.integers(0, 2**64),
    st.integers(utc("2006-01-01 00:00"), utc("2035-01-01 00:00")),
    st.integers(1, 5 * HOUR_NS),
    st.sampled_from(["ecn", "retail"]),
)
def test_any_tape_is_sorted_uncrossed_and_within_its_span(
    seed: int, since: int, length: int, profile: str
) -> None:
    chunks = list(synthesise(["EUR_USD", "XAU_USD", "BTC_USD"], since, since + length, seed, profile=profile))
    for chunk in chunks:
        assert len(chunk.ts)
        assert (np.diff(chunk.ts) >= 0).all()
        assert ((chunk.bid > 0) & (chunk.ask > chunk.bid)).all()
        assert chunk.ts[0] >= since
        assert chunk.ts[-1] < since + length
        assert set(np.unique(chunk.instrument)) <= {0, 1, 2}


def test_columns_are_those_of_a_tape() -> None:
    one, two = (
        quotes(["EUR_USD"], MONDAY, MONDAY + HOUR_NS),
        quotes(["EUR_USD", "BTC_USD"], MONDAY, MONDAY + HOUR_NS),
    )
    assert [column.dtype for column in two[:4]] == [np.int64, np.int32, np.int32, np.int16]
    assert len(one.instrument) == 0
    assert [len(column) for column in two] == [len(two.ts)] * 4 + [0] * 3


def test_the_same_seed_gives_the_same_tape_and_another_seed_another() -> None:
    first, again, other = (quotes(["EUR_USD"], MONDAY, MONDAY + 3 * HOUR_NS, seed) for seed in (7, 7, 8))
    assert same(first, again)
    assert not same(first, other)


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 60_000))
def test_the_tape_is_the_same_however_it_is_cut(rows: int) -> None:
    since, until = MONDAY + 11 * HOUR_NS + 1234, MONDAY + 13 * HOUR_NS - 77
    whole = quotes(["EUR_USD", "XAU_USD"], since, until, chunk_rows=10**9)
    parts = list(synthesise(["EUR_USD", "XAU_USD"], since, until, 1, chunk_rows=rows))
    assert [len(part.ts) for part in parts[:-1]] == [rows] * (len(parts) - 1)
    assert 0 < len(parts[-1].ts) <= rows
    assert same(joined(parts), whole)


def test_a_longer_tape_begins_with_the_shorter_one() -> None:
    until = new_york("2024-06-03 08:29:58")  # an item of news comes just after
    long = quotes(["EUR_USD"], MONDAY, until + 6 * HOUR_NS)
    assert same(quotes(["EUR_USD"], MONDAY, until), within(long, MONDAY, until))


def test_an_instrument_quotes_the_same_whatever_is_beside_it() -> None:
    alone = quotes(["XAU_USD"], MONDAY, MONDAY + 2 * HOUR_NS)
    among = quotes(["EUR_USD", "XAU_USD", "BTC_USD"], MONDAY, MONDAY + 2 * HOUR_NS)
    picked = among.instrument == 1
    assert same(alone[:3], [column[picked] for column in among[:3]])


def test_the_first_chunk_of_twenty_years_comes_at_once() -> None:
    first = next(
        synthesise(["EUR_USD"], utc("2006-01-02 00:00"), utc("2026-01-02 00:00"), 1, chunk_rows=1000)
    )
    assert len(first.ts) == 1000


@pytest.mark.parametrize("friday", ["2024-03-08", "2024-06-07", "2024-11-01"])
def test_currencies_rest_from_friday_to_sunday_new_york_also_where_clocks_change(friday: str) -> None:
    close = new_york(f"{friday} 17:00")
    opening = new_york(str(np.datetime64(friday) + 2) + " 17:00")
    chunk = quotes(["EUR_USD"], close - 2 * HOUR_NS, opening + 2 * HOUR_NS)
    inside = (chunk.ts >= close) & (chunk.ts < opening)
    assert not inside.any()
    before, after = chunk.ts[chunk.ts < close], chunk.ts[chunk.ts >= opening]
    assert close - before[-1] < 60 * SECOND_NS
    assert after[0] - opening < 60 * SECOND_NS


def test_coins_trade_through_the_weekend() -> None:
    chunk = quotes(["BTC_USD"], FRIDAY_CLOSE, SUNDAY_OPEN)
    assert np.diff(chunk.ts).max() < 60 * SECOND_NS


def test_the_market_reopens_at_another_price() -> None:
    gaps = []
    for seed in range(12):
        since, until = FRIDAY_CLOSE - HOUR_NS, SUNDAY_OPEN + HOUR_NS
        chunk = quotes(["EUR_USD"], since, until, seed)
        reopened = int(np.searchsorted(chunk.ts, SUNDAY_OPEN))
        gaps.append(abs(mids(chunk)[reopened] - mids(chunk)[reopened - 1]))
    assert np.median(gaps) > 30  # ticks: three pips
    assert max(gaps) < 1500


def test_quotes_come_a_few_times_a_second_and_never_faster_than_four_on_average(week: QuoteChunk) -> None:
    per_hour = np.bincount((week.ts - MONDAY) // HOUR_NS)
    assert per_hour.max() / 3600 < 4.1
    busy = within(week, new_york("2024-06-04 08:00"), new_york("2024-06-04 11:00"))
    spacing_ms = np.diff(busy.ts) / 1e6
    assert 100 < np.percentile(spacing_ms, 10) < np.median(spacing_ms) < 400
    tokyo = within(week, utc("2024-06-04 02:00"), utc("2024-06-04 05:00"))
    assert len(tokyo.ts) < 0.7 * len(busy.ts)


@pytest.mark.parametrize(("profile", "lowest", "highest"), [("ecn", 1, 4), ("retail", 9, 16)])
def test_spreads_in_londons_hours_are_those_of_the_profile(profile: str, lowest: int, highest: int) -> None:
    chunk = quotes(["EUR_USD"], utc("2024-06-04 07:00"), utc("2024-06-04 11:00"), profile=profile, news=())
    assert [lowest, highest] == pytest.approx(np.percentile(spreads(chunk), (5, 90)), abs=2)
    assert lowest <= np.median(spreads(chunk)) <= highest


@pytest.mark.parametrize("symbol", ["EUR_USD", "GBP_USD", "USD_JPY", "BTC_USD"])
@pytest.mark.parametrize("profile", ["ecn", "retail"])
def test_the_spread_at_the_rollover_is_far_wider_than_at_noon(symbol: str, profile: str) -> None:
    at = {}
    for hour in (12, 17):
        since = new_york(f"2024-06-04 {hour}:00")
        at[hour] = np.median(spreads(quotes([symbol], since, since + HOUR_NS // 4, profile=profile)))
    assert at[17] > 3 * at[12]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moves_have_fat_tails_and_come_in_clusters_even_without_news(seed: int) -> None:
    moves = minute_moves(quotes(["EUR_USD"], MONDAY, FRIDAY_CLOSE, seed, news=()))
    squares = moves**2
    assert (moves**4).mean() / squares.mean() ** 2 > 3.5
    for lag in (1, 10, 30):
        assert np.corrcoef(squares[lag:], squares[:-lag])[0, 1] > 0.05
    assert abs(np.corrcoef(moves[1:], moves[:-1])[0, 1]) < 0.15


def test_the_day_moves_as_much_as_the_character_says() -> None:
    days = [
        minute_moves(quotes(["EUR_USD"], MONDAY, MONDAY + DAY_NS, seed, news=())).sum() for seed in range(40)
    ]
    assert 0.7 < np.std(days) / (0.0045 * 110_000) < 1.5


def test_dollar_pairs_move_together() -> None:
    one = minute_moves(quotes(["EUR_USD"], MONDAY, MONDAY + DAY_NS, news=()))
    for symbol, sign in (("GBP_USD", 1), ("USD_JPY", -1)):
        other = minute_moves(quotes([symbol], MONDAY, MONDAY + DAY_NS, news=()))
        rows = min(len(one), len(other))
        assert sign * np.corrcoef(one[:rows], other[:rows])[0, 1] > 0.25


def test_news_blows_the_spread_out_for_about_a_minute_and_moves_the_price() -> None:
    at = utc("2024-06-04 12:30")
    item = NewsItem(at, "USD", "high", "CPI m/m", "macro")
    quiet, loud = (quotes(["EUR_USD"], at - HOUR_NS, at + HOUR_NS, news=news) for news in ((), (item,)))

    def median_spread(chunk: QuoteChunk, since_s: int, until_s: int) -> float:
        return float(np.median(spreads(within(chunk, at + since_s * SECOND_NS, at + until_s * SECOND_NS))))

    assert same(within(quiet, 0, at - 6 * SECOND_NS), within(loud, 0, at - 6 * SECOND_NS))
    assert median_spread(loud, 0, 5) > 5 * median_spread(quiet, 0, 5)
    assert median_spread(loud, 15, 30) > 2 * median_spread(quiet, 15, 30)
    assert median_spread(loud, 90, 300) < 1.5 * median_spread(quiet, 90, 300)
    jump = np.ptp(mids(within(loud, at - SECOND_NS, at + 10 * SECOND_NS)))
    assert jump > 3 * np.ptp(mids(within(quiet, at - SECOND_NS, at + 10 * SECOND_NS)))


def test_news_of_another_currency_does_not_move_an_instrument() -> None:
    item = NewsItem(utc("2024-06-04 12:30"), "NZD", "high", "CPI q/q", "macro")
    since, until = utc("2024-06-04 12:00"), utc("2024-06-04 13:00")
    assert same(quotes(["EUR_USD"], since, until, news=(item,)), quotes(["EUR_USD"], since, until, news=()))


def test_the_news_of_a_seed_is_a_calendar_that_can_be_written_and_read(tmp_path: Path) -> None:
    items = synthetic_news(MONDAY, MONDAY + 28 * DAY_NS, 1)
    assert items == synthetic_news(MONDAY, MONDAY + 28 * DAY_NS, 1)
    assert items != synthetic_news(MONDAY, MONDAY + 28 * DAY_NS, 2)
    assert {(item.currency, item.impact) for item in items} >= {
        ("USD", "high"),
        ("EUR", "medium"),
        ("GBP", "high"),
    }
    assert 30 < len(items) < 120
    file = tmp_path / "news.csv"
    file.write_text(news_csv(items), encoding="utf-8")
    assert read_news(file) == items


def test_by_default_the_tape_feels_the_news_of_its_seed() -> None:
    until = MONDAY + DAY_NS
    news = synthetic_news(MONDAY, until, 1)
    assert same(quotes(["EUR_USD"], MONDAY, until), quotes(["EUR_USD"], MONDAY, until, news=news))


def scalped_pips(chunk: QuoteChunk) -> list[float]:
    """Trade W1 of the reference rules, spacing and entries a minute left out; give each trade's pips."""
    trades, side, entered, entry, target = [], 0, 0, 0, 0
    window: deque[int] = deque(maxlen=32)
    for ts, bid, ask in zip(chunk.ts.tolist(), chunk.bid.tolist(), chunk.ask.tolist(), strict=True):
        window.append(bid + ask)
        if side:
            price = bid if side > 0 else ask
            gain = side * (price - entry)
            if gain >= target or gain <= -300 or (ts - entered >= 60 * SECOND_NS and gain < 4):
                trades.append(0.1 * min(gain, target))
                side = 0
        elif len(window) == 32 and ask - bid <= 3 and max(window) - min(window) >= 16:
            momentum = 16 * (bid + ask) - sum(list(window)[16:])
            if abs(momentum) >= 6 * 32:
                side = 1 if momentum > 0 else -1
                entered, entry, target = ts, ask if side > 0 else bid, 10 + max(ask - bid, 2)
    return trades


def test_a_fast_scalper_takes_winning_and_losing_trades() -> None:
    pips = np.array(scalped_pips(quotes(["EUR_USD"], utc("2024-06-04 12:00"), utc("2024-06-04 16:00"))))
    assert len(pips) > 40
    assert 0.25 < (pips > 0).mean() < 0.7
    assert abs(pips.mean()) < 1.0


def folded(chunk: QuoteChunk, frame_s: int) -> list[tuple[float, ...]]:
    """Bars of quotes, one at a time, as plainly as can be written."""
    bars: list[tuple[float, ...]] = []
    frames = chunk.ts // (frame_s * SECOND_NS)
    for frame in np.unique(frames):
        rows = frames == frame
        sides = [(s[0], s.max(), s.min(), s[-1]) for s in (chunk.bid[rows], chunk.ask[rows])]
        bars.append((frame * frame_s * SECOND_NS, *sides[0], *sides[1], rows.sum()))
    return bars


@pytest.mark.parametrize("frame_s", [5, 60, 900, 3600])
def test_bars_are_the_quotes_folded(frame_s: int) -> None:
    since, until = FRIDAY_CLOSE - 2 * HOUR_NS, FRIDAY_CLOSE + HOUR_NS
    bars: BarChunk = joined(synthetic_bars("EUR_USD", since, until, 1, frame_s=frame_s))
    assert list(zip(*(column.tolist() for column in bars), strict=True)) == folded(
        quotes(["EUR_USD"], since, until), frame_s
    )


def test_a_tape_of_it_can_be_written_and_read(tmp_path: Path) -> None:
    names = ["EUR_USD", "BTC_USD"]
    with TapeWriter(
        tmp_path / "synth.parquet", tape_instruments(names), source="synthetic, seed 1"
    ) as writer:
        for chunk in synthesise(names, MONDAY, MONDAY + HOUR_NS, 1, chunk_rows=5000):
            writer.append(chunk)
    tape = open_tape(tmp_path / "synth.parquet")
    assert [(each.symbol, each.tick) for each in tape.instruments] == [
        ("EUR_USD", "0.00001"),
        ("BTC_USD", "0.01"),
    ]
    assert same(tape.read(), quotes(names, MONDAY, MONDAY + HOUR_NS))


def test_a_character_of_ones_own_stands_beside_the_known_ones() -> None:
    own = Character("ABC_XYZ", "0.1", "crypto", 500.0, 0.01, 0.0, 7.0, 0.0, 1.0)
    chunk = quotes([own, "EUR_USD"], MONDAY, MONDAY + HOUR_NS)  # type: ignore[list-item]
    assert abs(np.median(mids(chunk)[chunk.instrument == 0]) - 5000) < 100
    assert tape_instruments([own]) == (("ABC_XYZ", "0.1"),)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            {"instruments": ["EUR_UDS"]},
            "unknown instrument of the synthetic market 'EUR_UDS': did you mean 'EUR_USD'",
        ),
        ({"instruments": []}, "a synthetic market of no instruments: choose from EUR_USD"),
        ({"instruments": ["EUR_USD", "EUR_USD"]}, "an instrument stands twice in EUR_USD, EUR_USD"),
        ({"profile": "retial"}, "unknown profile of the synthetic market 'retial': did you mean 'retail'"),
        ({"until_ns": MONDAY}, "it must end after it begins"),
        ({"seed": -1}, "the seed -1 of a synthetic market is negative: use 0 or more"),
        ({"chunk_rows": 0}, "chunks of 0 rows: use 1 or more"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once_in_one_line(wrong: dict[str, Any], says: str) -> None:
    asked = {"instruments": ["EUR_USD"], "since_ns": MONDAY, "until_ns": FRIDAY_CLOSE, "seed": 1} | wrong
    with pytest.raises(ConfigError, match=says) as error:
        synthesise(**asked)
    assert "\n" not in str(error.value)


def test_bars_that_do_not_divide_the_hour_are_refused() -> None:
    with pytest.raises(ConfigError, match="synthetic bars of 7 s: choose a length that divides the hour"):
        synthetic_bars("EUR_USD", MONDAY, FRIDAY_CLOSE, 1, frame_s=7)


def test_every_known_character_fits_an_int32_and_a_tape() -> None:
    for profile in ("ecn", "retail"):
        for character in characters_of(["EUR_USD", "GBP_USD", "USD_JPY", "XAU_USD", "BTC_USD"], profile):
            assert character.price / float(character.tick) < 2**31 / 100
            assert character.quotes_per_s <= 4.0
