"""The settings of simulated fills that orders at a venue support, and none that they do not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import tomlkit

from oracles.bots import quiet
from oracles.entries_made import MONDAY, made
from research.oanda_told import at_oanda, late, slipped
from research.quality_made import MS, SECOND, entering, executed, opened, recorded, rested, written
from tickwise.core.params import TABLE_ROWS
from tickwise.journal import entries as j
from tickwise.research.quality.model import ROWS_OF_TABLE, Setting, fragment_of, settings_of
from tickwise.research.quality.orders import Executed

BASE = Executed(
    session="s1",
    order="s1-1",
    bot="fast",
    instrument="EUR_USD",
    reason="entry",
    status="filled",
    side=1,
    units=Decimal(10_000),
    decided_ts=MONDAY,
    sent_ts=MONDAY + MS,
    answered_ts=MONDAY + 40 * MS,
    filled_ts=MONDAY + 40 * MS,
    bid=110_000,
    ask=110_002,
    wanted=110_002,
    met=110_002,
    price=Fraction(110_003),
    share=Fraction(1),
    commission=0,
    was_unknown=False,
    says="",
    pip_ticks=Fraction(10),
)


def values(rows: list[Executed]) -> dict[str, Any]:
    """Give the settings that have a value."""
    return {each.name: each.value for each in settings_of(rows) if each.value is not None}


def test_no_orders_support_nothing_and_every_setting_says_how_many_it_needs() -> None:
    assert settings_of([]) == (
        Setting("latency_ms", None, 0, "too few: 0 of the 5 rows that are needed"),
        Setting("latency_ms_table", None, 0, "too few: 0 of the 64 rows that are needed"),
        Setting("slippage_pips", None, 0, "too few: 0 of the 5 rows that are needed"),
        Setting("slippage_pips_table", None, 0, "too few: 0 of the 64 rows that are needed"),
        Setting("reject_fraction", None, 0, "too few: 0 of the 100 rows that are needed"),
        Setting("partial_fill_fraction", None, 0, "too few: 0 of the 100 rows that are needed"),
        Setting("partial_share_min", None, 0, "too few: 0 of the 5 rows that are needed"),
        Setting("commission_per_unit", None, 0, "too few: 0 of the 5 rows that are needed"),
    )


def test_latency_is_the_median_wait_and_slippage_the_mean_beyond_the_touch_that_was_met() -> None:
    # Waits of 10 to 50 ms; the touch moved away in the meantime, and that is the wait's doing.
    rows = [
        BASE._replace(filled_ts=MONDAY + 10 * k * MS, met=110_010, price=Fraction(110_010 + k - 2))
        for k in range(1, 6)
    ]
    # One tick better counts as none: (0 + 0 + 1 + 2 + 3) / 5 ticks.
    assert values(rows) == {"latency_ms": 30.0, "slippage_pips": 0.12, "commission_per_unit": 0.0}


def test_a_table_has_the_middle_of_each_of_sixteen_equal_parts() -> None:
    rows = [BASE._replace(filled_ts=MONDAY + k * MS) for k in range(ROWS_OF_TABLE)]
    found = values(rows)
    assert found["latency_ms_table"] == tuple(4.0 * k + 2 for k in range(TABLE_ROWS))
    assert found["slippage_pips_table"] == (0.1,) * TABLE_ROWS
    assert "latency_ms_table" not in values(rows[:-1])


def test_rejects_that_the_simulated_exchange_makes_by_itself_are_not_counted_twice() -> None:
    refused = BASE._replace(status="rejected", share=Fraction(0), filled_ts=0, says="margin")
    rows = [BASE] * 95 + [refused] * 2 + [refused._replace(says="price_bound")] * 3
    assert values(rows)["reject_fraction"] == 0.02
    assert "reject_fraction" not in values(rows[1:])


def test_partial_fills_are_a_share_of_the_filled_and_the_least_part_is_kept() -> None:
    part = BASE._replace(status="cancelled", share=Fraction(3, 10))
    found = values([BASE] * 95 + [part] * 4 + [part._replace(share=Fraction(1, 4))])
    assert (found["partial_fill_fraction"], found["partial_share_min"]) == (0.05, 0.25)
    assert "partial_share_min" not in values([BASE] * 96 + [part] * 4)


def test_commission_is_given_only_where_it_is_the_same_for_each_unit() -> None:
    # Half a cent a thousand units: 0.05 of money for ten thousand, in millionths.
    same = [BASE._replace(commission=50_000)] * 3 + [BASE._replace(units=Decimal(500), commission=2_500)] * 3
    assert values(same)["commission_per_unit"] == 0.000005
    least = [*same, BASE._replace(units=Decimal(1), commission=1_000_000)]
    (found,) = [each for each in settings_of(least) if each.name == "commission_per_unit"]
    assert found == Setting(
        "commission_per_unit", None, 7, "not the same for each unit: look at the venue's terms"
    )


def test_an_order_whose_answer_was_lost_and_a_target_say_nothing_of_waits_and_slippage() -> None:
    lost = BASE._replace(was_unknown=True)
    target = BASE._replace(reason="target", status="rested", sent_ts=0)
    rows = [BASE] * 4 + [lost, target]
    counts = {each.name: each.rows for each in settings_of(rows)}
    assert (counts["latency_ms"], counts["slippage_pips"]) == (4, 5)


def test_the_fragment_is_a_table_that_a_bot_takes() -> None:
    rows = [BASE._replace(filled_ts=MONDAY + k * MS) for k in range(ROWS_OF_TABLE)]
    text = fragment_of(settings_of(rows), ["Sixty-four fills."])
    assert text.startswith("# Sixty-four fills.\n[fills]\nlatency_ms = 31.0  # median of 64 fills\n")
    assert "# reject_fraction: too few: 64 of the 100 rows that are needed\n" in text
    fills = quiet("fast_scalp", fills=tomlkit.parse(text).unwrap()["fills"]).fills
    assert {name: getattr(fills, name) for name in values(rows)} == values(rows)


def test_a_journal_and_its_recording_give_the_touch_that_each_fill_met(tmp_path: Path) -> None:
    entries: list[j.Entry] = [opened()]
    quotes = []
    for number in range(1, 6):
        at = MONDAY + number * SECOND
        entries += entering(number, at, answered=40, price=110_007)
        entries.append(made(j.StopSet, at + 50 * MS, position=f"s1-{number}", lane=0, stop=109_990, target=0))
        entries.append(rested(number, at + 90 * MS, price=109_986))
        quotes += [
            (at, 110_000, 110_002),
            (at + 20 * MS, 110_003, 110_005),
            (at + 80 * MS, 109_988, 109_990),
        ]
    rows = executed(written(tmp_path / "j.db", entries), recorded(tmp_path / "s1.tape", *quotes))
    assert [(each.touch_pips, each.met_pips) for each in rows] == [(0.5, 0.2), (0.4, 0.2)] * 5
    assert values(rows)["slippage_pips"] == 0.2
    assert values(rows)["latency_ms"] == 40.0
    assert "slippage_pips" not in values(executed(tmp_path / "j.db"))


def test_a_late_and_a_slipped_fill_at_the_local_oanda_are_told_apart(tmp_path: Path) -> None:
    found = {}
    for story in (late, slipped):
        told = at_oanda(story)
        (tmp_path / f"{story.__name__}.tape").write_bytes(told.recording)
        journal = written(tmp_path / f"{story.__name__}.db", [told.opened, *told.entries])
        (row,) = [
            each
            for each in executed(journal, tmp_path / f"{story.__name__}.tape", name="w1")
            if each.is_entry
        ]
        assert row.to_fill_ms is not None
        found[story.__name__] = (row.touch_pips, row.met_pips, row.to_fill_ms // 100)
    assert found == {"late": (3.0, 0.0, 15.0), "slipped": (0.5, 0.5, 5.0)}
