"""Contracts and open interest out of Databento's definitions and statistics."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import databento_dbn as dbn
import pytest

from market_data.importers.dbn_made import DAY_NS, MONDAY, SPY_690, SPY_700, Names, metadata
from tickwise.errors import DataError
from tickwise.market_data.options.contract import contract_of
from tickwise.market_data.options.dbn_chain import read_dbn_chain
from tickwise.market_data.options.universe import Listing

NAMES: Names = {SPY_690: [(0, 1), (1, 2)], SPY_700: [(0, 2), (1, 1)], "ESM4 P5250": [(0, 3)]}
"""Two contracts of OPRA whose numbers change places on Tuesday, and one that is none of OPRA's."""


def statistic(number: int, ts: int, quantity: int, kind: dbn.StatType, *, deleted: bool = False) -> bytes:
    """Write the record of a statistic."""
    action = dbn.StatUpdateAction.DELETE if deleted else dbn.StatUpdateAction.NEW
    made = dbn.StatMsg(
        publisher_id=30,
        instrument_id=number,
        ts_event=ts,
        ts_recv=ts,
        ts_ref=ts,
        price=dbn.UNDEF_PRICE,
        quantity=quantity,
        stat_type=kind,
        update_action=action,
    )
    return bytes(made)


def listing(symbol: str, day: date, volume: float | None, held: float | None) -> Listing:
    return Listing(contract_of(symbol), day, None, volume, held, None, None, None)


def test_the_latest_statistic_of_a_contract_and_day_stands(tmp_path: Path) -> None:
    interest, volume = dbn.StatType.OPEN_INTEREST, dbn.StatType.CLEARED_VOLUME
    records = [
        statistic(1, MONDAY, 500, interest),
        statistic(1, MONDAY + 1, 501, interest),
        statistic(1, MONDAY + 2, 70, volume),
        statistic(2, MONDAY, 9, interest),
        statistic(2, MONDAY + 1, 9, interest, deleted=True),
        statistic(3, MONDAY, 8, interest),
        statistic(1, MONDAY + DAY_NS, 600, interest),
        statistic(1, MONDAY + DAY_NS, dbn.UNDEF_STAT_QUANTITY, volume),
        statistic(4, MONDAY, 8, interest),
    ]
    path = tmp_path / "stats.dbn"
    path.write_bytes(metadata("statistics", NAMES) + b"".join(records))
    monday, tuesday = date(2026, 1, 5), date(2026, 1, 6)
    whole = [
        listing("SPY260116C00690000", monday, 70.0, 501.0),
        listing("SPY260116C00700000", monday, None, None),
        listing("SPY260116C00700000", tuesday, None, 600.0),
    ]
    assert read_dbn_chain(path) == whole
    assert read_dbn_chain(path, "spy", tuesday) == whole[2:]
    with pytest.raises(DataError, match="no contract of OPRA of what was asked for"):
        read_dbn_chain(path, "QQQ")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="it ends within record 9: it was cut off"):
        read_dbn_chain(path)


def test_files_without_contracts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dbn").write_bytes(metadata("mbp-1", NAMES))
    with pytest.raises(DataError, match="give definitions or statistics of Databento"):
        read_dbn_chain(tmp_path)


def test_the_published_definitions_and_statistics_are_a_chain(real_data: Path, tmp_path: Path) -> None:
    opra = real_data / "dbn" / "databento-python" / "OPRA.PILLAR"
    for name in ("definition", "statistics", "cbbo-1m"):
        (tmp_path / f"{name}.dbn.zst").symlink_to(opra / f"test_data.{name}.dbn.zst")
    wanted = [listing("AAPL250221C00250000", date(2025, 2, 20), None, 57_924.0)]
    assert read_dbn_chain(tmp_path) == wanted
    spy = read_dbn_chain(real_data / "dbn" / "nautilus" / "definition-opra.dbn.zst")
    puts = ("SPY240119P00340000", "SPY240119P00370000")
    assert spy == [listing(put, date(2023, 8, 1), None, None) for put in puts]
