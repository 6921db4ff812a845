"""What a symbol says of its contract: what it is on, until when, and for how many."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tickwise.core.options.black import CALL, PUT, black_scholes
from tickwise.core.options.greeks import black_scholes_greeks
from tickwise.errors import DataError
from tickwise.market_data.options.contract import OptionContract, contract_of
from tickwise.market_data.options.occ import parse_occ
from tickwise.market_data.options.worth import Conditions, Worth, worth_at_price, worth_at_volatility


def utc_ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def test_a_contract_has_all_its_symbol_says() -> None:
    symbol = parse_occ("AAPL240621C00192500")
    found = contract_of("AAPL240621C00192500")
    closes = utc_ns("2024-06-21T20:00")
    assert found == OptionContract(symbol, "AAPL", CALL, 192_500, date(2024, 6, 21), closes, 100)
    assert (found.strike, found.is_european) == (Decimal("192.5"), False)


@pytest.mark.parametrize(
    ("text", "underlying", "right", "expires", "multiplier", "is_european"),
    [
        ("SPXW240621P05300000", "SPX", PUT, "2024-06-21T20:00", 100, True),
        ("SPX240621P05300000", "SPX", PUT, "2024-06-21T13:30", 100, True),
        ("SPY240119C00470000", "SPY", CALL, "2024-01-19T21:00", 100, False),
        ("AAPL1240119C00470000", "AAPL", CALL, "2024-01-19T21:00", None, False),
        ("2SPX240119C04700000", "SPX", CALL, "2024-01-19T21:00", None, True),
        ("AAPL140719C00650000", "AAPL", CALL, "2014-07-18T20:00", 100, False),
    ],
)
def test_roots_say_the_underlying_the_settlement_and_the_delivery(
    text: str, underlying: str, right: int, expires: str, multiplier: int | None, is_european: bool
) -> None:
    found = contract_of(text)
    assert found.underlying == underlying
    assert found.right == right
    assert found.expires_ts == utc_ns(expires)
    assert found.multiplier == multiplier
    assert found.is_european == is_european


def test_the_years_left_count_calendar_time_and_end_at_zero() -> None:
    contract = contract_of("AAPL240621C00192500")
    assert contract.years_left(utc_ns("2024-06-11T20:00")) == 10 / 365
    assert contract.years_left(utc_ns("2024-06-22T20:00")) == 0.0


AT = Conditions(utc_ns("2024-05-31T20:00"), 191.2, 0.05, 0.005)


def test_a_volatility_gives_a_price_and_that_price_the_volatility() -> None:
    contract = contract_of("AAPL240621C00192500")
    terms = (CALL, 191.2, 192.5, 21 / 365, 0.05, 0.005)
    priced = worth_at_volatility(contract, AT, 0.22)
    price, greeks = black_scholes(*terms, 0.22), black_scholes_greeks(*terms, 0.22)
    assert priced == Worth(contract, AT, 21 / 365, price, 0.0, 0.22, greeks, "")
    back = worth_at_price(contract, AT, price)
    assert back.volatility == pytest.approx(0.22, abs=1e-12)
    assert back.greeks == pytest.approx(greeks, abs=1e-9)


def test_a_price_that_implies_no_volatility_has_a_reason_and_no_greeks() -> None:
    contract = contract_of("AAPL240621C00150000")
    why = "the price is not above what exercise would bring"
    found = worth_at_price(contract, AT, 40.0)
    assert found == Worth(contract, AT, 21 / 365, 40.0, 191.2 - 150.0, None, None, why)


@pytest.mark.parametrize(
    ("conditions", "price", "why"),
    [
        (AT, 0.0, "the price is 0: give a positive number"),
        (AT, float("nan"), "the price is nan"),
        (AT._replace(underlying_price=-1.0), 1.0, "the price of the underlying is -1"),
        (AT._replace(rate=5.0), 1.0, "the rate is 5: give a fraction, 0.05 for 5 %"),
        (AT._replace(dividend=float("nan")), 1.0, "the dividend yield is nan"),
        (AT._replace(ts=utc_ns("2024-06-21T20:00")), 1.0, "it expired on 2024-06-21"),
    ],
)
def test_what_cannot_be_meant_is_refused(conditions: Conditions, price: float, why: str) -> None:
    with pytest.raises(DataError) as refused:
        worth_at_price(contract_of("AAPL240621C00192500"), conditions, price)
    assert why in str(refused.value)
