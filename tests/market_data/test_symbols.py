"""Names of files name instruments, and instruments have customary increments."""

from __future__ import annotations

import pytest

from tickwise.market_data.symbols import increments_of, symbol_of


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("eurusd_oanda_20140501_0509", "EUR_USD"),
        ("DAT_ASCII_EURUSD_T_202001", "EUR_USD"),
        ("xauusd_oanda_m1", "XAU_USD"),
        ("btcusdt_binance_usdm", "BTC_USDT"),
        ("btcperp_ftx", "BTC_PERP"),
        ("dogeusdt", "DOGE_USDT"),
        ("EUR-JPY ticks", "EUR_JPY"),
        ("GBP_USD", "GBP_USD"),
        ("eurusd2019", "EUR_USD"),
        ("spy_usa_m1_20230803", "SPY"),
        ("6eh4_cme_m1", "6EH4"),
        ("...", "..."),
    ],
)
def test_a_file_is_named_after_its_instrument(name: str, symbol: str) -> None:
    assert symbol_of(name) == symbol


@pytest.mark.parametrize(
    ("symbol", "increments"),
    [
        ("EUR_USD", ("0.00001", "0.0001")),
        ("USD_JPY", ("0.001", "0.01")),
        ("XAU_USD", ("0.001", "0.01")),
        ("XAG_USD", ("0.00001", "0.0001")),
        ("BTC_USDT", ("0.01", "1")),
        ("BTC_PERP", None),
        ("SPY", None),
    ],
)
def test_spot_pairs_have_customary_increments(symbol: str, increments: tuple[str, str] | None) -> None:
    assert increments_of(symbol) == increments
