"""Option symbols: every one that can be written is read back, and every other is refused with the reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.errors import DataError
from tickwise.market_data.options.occ import STRIKE_MAX, OccSymbol, occ_symbol, parse_occ

roots = st.from_regex(r"[0-9]?[A-Z]{1,5}[0-9]?", fullmatch=True).filter(lambda root: len(root) <= 6)
symbols = st.builds(
    occ_symbol,
    roots,
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(("C", "P")),
    st.integers(1, STRIKE_MAX),
)


@settings(deadline=None, derandomize=True)
@given(symbols)
def test_every_symbol_is_read_back_from_either_form(symbol: OccSymbol) -> None:
    assert parse_occ(symbol.compact) == symbol
    assert parse_occ(symbol.padded) == symbol
    assert len(symbol.padded) == 21
    assert symbol.compact == symbol.padded.replace(" ", "")


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=24))
def test_a_text_is_a_symbol_that_writes_itself_again_or_it_is_refused(text: str) -> None:
    try:
        symbol = parse_occ(text)
    except DataError:
        return
    assert symbol.compact == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "symbol", "letters", "is_standard"),
    [
        ("TSLA250117C00420000", OccSymbol("TSLA", date(2025, 1, 17), "C", 420_000), "TSLA", True),
        ("SPY   260116C00690000", OccSymbol("SPY", date(2026, 1, 16), "C", 690_000), "SPY", True),
        ("SPXW260105P06900500", OccSymbol("SPXW", date(2026, 1, 5), "P", 6_900_500), "SPXW", True),
        ("F260116C00000500", OccSymbol("F", date(2026, 1, 16), "C", 500), "F", True),
        ("X260116C00007125", OccSymbol("X", date(2026, 1, 16), "C", 7_125), "X", True),
        ("AAPL1260116P00150000", OccSymbol("AAPL1", date(2026, 1, 16), "P", 150_000), "AAPL", False),
        ("1SPX260116P05000000", OccSymbol("1SPX", date(2026, 1, 16), "P", 5_000_000), "SPX", False),
        ("SPX   000229C99999999", OccSymbol("SPX", date(2000, 2, 29), "C", 99_999_999), "SPX", True),
    ],
)
def test_the_parts_of_a_symbol(text: str, symbol: OccSymbol, letters: str, is_standard: bool) -> None:
    found = parse_occ(text)
    assert (found, found.letters, found.is_standard) == (symbol, letters, is_standard)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "write it like SPY260116C00690000"),
        ("SPY", "write it like SPY260116C00690000"),
        ("spy260116c00690000", "symbols are in capitals: SPY260116C00690000"),
        ("SPY260116X00690000", "C or P"),
        ("SPY260230C00690000", "260230 is no day of the calendar"),
        ("SPY261316C00690000", "261316 is no day of the calendar"),
        ("SPY260116C00000000", "0.001 to 99999.999 is possible"),
        ("260116C00690000", "option root ''"),
        ("BRK.B260116C00690000", "option root 'BRK.B'"),
        ("  SPY260116C00690000", "option root '  SPY'"),
        ("S PY260116C00690000", "option root 'S PY'"),
        ("SPYSPYS260116C00690000", "22 places, and a symbol has 21 at most"),
        ("SPY26\u0660116C00690000", "write it like"),
    ],
)
def test_what_is_no_symbol_says_why(text: str, why: str) -> None:
    with pytest.raises(DataError) as refused:
        parse_occ(text)
    assert why in str(refused.value)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize(
    ("root", "expiry", "right", "strike"),
    [
        ("TOOLONG", date(2026, 1, 16), "C", 1),
        ("SPY", date(1999, 12, 31), "C", 1),
        ("SPY", date(2100, 1, 1), "C", 1),
        ("SPY", date(2026, 1, 16), "c", 1),
        ("SPY", date(2026, 1, 16), "C", STRIKE_MAX + 1),
        ("SPY", date(2026, 1, 16), "C", -1),
    ],
)
def test_parts_that_cannot_be_written_are_refused(root: str, expiry: date, right: str, strike: int) -> None:
    with pytest.raises(DataError, match="option"):
        occ_symbol(root, expiry, right, strike)
