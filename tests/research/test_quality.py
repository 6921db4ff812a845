"""Execution quality: journals made by hand, and the figures worked out beside them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from oracles.entries_made import MONDAY, made
from research.quality_made import (
    MS,
    SECOND,
    entering,
    executed,
    leaving,
    opened,
    recorded,
    rested,
    written,
)
from tickwise.errors import DataError
from tickwise.journal import entries as j
from tickwise.research.quality.figures import Figure, figure_of
from tickwise.research.quality.tables import Line, quality_of

HOUR = 3_600 * SECOND
MEASURES = ("touch_pips", "mid_pips", "to_sent_ms", "to_answer_ms", "to_fill_ms")


def measured(row: object) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in MEASURES)


def test_an_entry_is_held_against_touch_and_mid_and_every_wait_of_it_is_measured(tmp_path: Path) -> None:
    path = written(tmp_path / "j.db", [opened(), *entering(1, MONDAY, sent=3, answered=45, price=110_007)])
    (row,) = executed(path)
    assert (row.reason, row.status, row.side, row.units) == ("entry", "filled", 1, Decimal(10_000))
    assert measured(row) == (0.5, 0.6, 3.0, 42.0, 45.0)
    assert row.spread_pips == 0.2


def test_a_sale_below_the_bid_is_worse_and_above_it_better(tmp_path: Path) -> None:
    entries = [
        *entering(1, MONDAY, units=-10_000, price=109_996),
        *leaving(1, MONDAY + SECOND, units=-10_000, wanted=110_002, price=110_002),
        *entering(2, MONDAY + 2 * SECOND, units=-10_000, price=110_003),
    ]
    found = executed(written(tmp_path / "j.db", [opened(), *entries]))
    assert [(each.reason, each.touch_pips) for each in found] == [
        ("entry", 0.4),
        ("time", 0.0),
        ("entry", -0.3),
    ]


def test_an_exit_is_held_against_the_quote_of_its_decision_in_the_recording(tmp_path: Path) -> None:
    left = MONDAY + 5 * SECOND
    entries = [opened(), *entering(1, MONDAY), *leaving(1, left, wanted=110_010, price=110_008)]
    journal = written(tmp_path / "j.db", entries)
    tape = recorded(
        tmp_path / "s1.tape",
        (MONDAY, 110_000, 110_002),
        (left - 1, 110_010, 110_014),
        (left + 1, 109_000, 109_010),
    )
    _, row = executed(journal, tape)
    assert (row.reason, row.bid, row.ask, row.spread_pips) == ("time", 110_010, 110_014, 0.4)
    assert measured(row) == (0.2, 0.4, 0.0, 20.0, 20.0)
    assert executed(journal)[1].mid_pips is None


def test_a_quote_of_another_touch_than_was_decided_on_is_not_believed(tmp_path: Path) -> None:
    entries = [opened(), *entering(1, MONDAY), *leaving(1, MONDAY + 9, wanted=110_010, price=110_008)]
    tape = recorded(tmp_path / "s1.tape", (MONDAY, 110_000, 110_002))
    _, row = executed(written(tmp_path / "j.db", entries), tape)
    assert (row.touch_pips, row.mid_pips, row.spread_pips) == (0.2, None, None)


def test_a_stop_that_the_venue_filled_is_held_against_where_it_rested_last(tmp_path: Path) -> None:
    entries = [
        opened(),
        *entering(1, MONDAY, stop=109_700),
        made(j.StopSet, MONDAY + SECOND, position="s1-1", lane=0, stop=109_990, target=110_015),
        rested(1, MONDAY + 2 * SECOND, price=109_983),
        *entering(2, MONDAY + 3 * SECOND, target=110_012),
        rested(2, MONDAY + 4 * SECOND, price=110_012, reason="target"),
    ]
    rows = executed(written(tmp_path / "j.db", entries))
    resting = [each for each in rows if each.is_resting]
    assert [(each.reason, each.wanted, each.touch_pips) for each in resting] == [
        ("stop", 109_990, 0.7),
        ("target", 110_012, 0.0),
    ]
    assert {measured(each)[1:] for each in resting} == {(None, None, None, None)}
    found = quality_of(rows)
    assert (found.orders, found.ended) == (2, {"filled": 2})
    assert [(line.group, line.filled) for line in found.tables["reason"]] == [
        ("entry", 2),
        ("stop", 1),
        ("target", 1),
    ]
    assert [(line.group, line.filled) for line in found.tables["side"]] == [("buy", 2)]


def test_an_order_whose_answer_was_lost_has_a_price_and_no_latency(tmp_path: Path) -> None:
    intent, sent, filled = entering(1, MONDAY, answered=9_000)
    lost = made(j.Unknown, MONDAY + 5 * SECOND)
    rows = executed(written(tmp_path / "j.db", [opened(), intent, sent, lost, filled]))
    assert measured(rows[0]) == (0.1, 0.2, 1.0, None, None)
    assert quality_of(rows).answers_lost == 1


def test_what_was_rejected_is_answered_and_counted_by_its_reason_and_has_no_slippage(tmp_path: Path) -> None:
    rows = executed(written(tmp_path / "j.db", [opened(), *entering(1, MONDAY, answered=30, price=0)]))
    found = quality_of(rows)
    assert measured(rows[0]) == (None, None, 1.0, 29.0, None)
    assert (found.ended, found.refused) == ({"rejected": 1}, {"margin": 1})


def test_medians_are_members_and_too_few_rows_give_none() -> None:
    assert figure_of([4.0, None, 1.0, 3.0, 2.0]) == Figure(4, None, None, None)
    assert figure_of([5.0, 4.0, 1.0, 3.0, 2.0]) == Figure(5, 3.0, None, None)
    assert figure_of(map(float, range(1, 11))) == Figure(10, 5.0, 9.0, None)
    assert figure_of(map(float, range(1, 101))) == Figure(100, 50.0, 90.0, 99.0)


def test_the_tables_have_a_line_for_each_hour_spread_size_side_and_reason(tmp_path: Path) -> None:
    entries: list[j.Entry] = []
    for number in range(1, 7):
        at = MONDAY + number * SECOND
        price = 110_000 + 2 * number + 1
        entries += entering(number, at, spread=2, answered=10 * number, price=price)
        entries += leaving(number, at + SECOND // 2, wanted=110_000, price=109_999)
    later = MONDAY + 2 * HOUR
    entries += entering(7, later, spread=14, units=-500, price=110_000)
    found = quality_of(executed(written(tmp_path / "j.db", [opened(), *entries])))
    groups = {
        name: [(line.group, line.orders, line.is_thin) for line in lines]
        for name, lines in found.tables.items()
    }
    assert groups == {
        "all": [("entries", 7, False), ("exits", 6, False)],
        "hour": [("15:00", 12, False), ("17:00", 1, True)],
        "spread": [("to 0.5", 6, False), ("to 1.5", 1, True), ("not known", 6, False)],
        "size": [("from 100", 1, True), ("from 10,000", 12, False)],
        "side": [("buy", 6, False), ("sell", 7, False)],
        "reason": [("entry", 7, False), ("time", 6, False)],
    }
    # Six of the first hour and one of the third: touches 0.1, 0.3 ... 1.1 and 0.0; waits 10 to 60 and 40.
    assert found.tables["all"][0] == Line(
        "entries",
        7,
        7,
        {
            "touch_pips": Figure(7, 0.5, None, None),
            "mid_pips": Figure(7, 0.7, None, None),
            "to_sent_ms": Figure(7, 1.0, None, None),
            "to_answer_ms": Figure(7, 39.0, None, None),
            "to_fill_ms": Figure(7, 40.0, None, None),
        },
    )
    assert found.quotes_unknown == 6


def test_orders_decided_before_the_moment_asked_for_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "j.db", [opened(), *entering(1, MONDAY), *entering(2, MONDAY + SECOND)])
    assert [each.order for each in executed(path, since_ts=MONDAY + MS)] == ["s1-2"]


def test_an_instrument_whose_pip_nobody_knows_is_named(tmp_path: Path) -> None:
    odd = (j.InstrumentRow("ODD", "0.5", "1", "USD"),)
    path = written(tmp_path / "j.db", [opened(instruments=odd)])
    with pytest.raises(DataError, match="ODD: neither the session's configs nor the catalogue say"):
        executed(path)


def test_a_pip_that_a_config_describes_is_used(tmp_path: Path) -> None:
    text = 'name = "fast"\n[instrument.EUR_USD]\npip = "0.001"\n'
    entries = [opened(configs=(j.ConfigText("fast", "ab", text),)), *entering(1, MONDAY, price=110_052)]
    (row,) = executed(written(tmp_path / "j.db", entries))
    assert row.touch_pips == 0.5
