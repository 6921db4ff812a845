"""Claims about the rows: every setting explains itself, and names agree with the rooms that use them."""

from __future__ import annotations

from typing import get_args

from tickwise.config import Row, settings_table
from tickwise.config.bot import SECTIONS
from tickwise.config.calendar import Category, Impact, Session
from tickwise.config.checks import WEEKDAYS
from tickwise.config.gates import ALL_STATES
from tickwise.config.made_for import MADE_FOR
from tickwise.config.terms import InstrumentTerms
from tickwise.core.instrument import ASSET_CLASSES, MARKETS
from tickwise.core.layout import FRAME_NAMES
from tickwise.core.types import STATES
from tickwise.kernels.strategy_file import names as strategies
from tickwise.market_data.calendars import SESSIONS, DailyWindow, TimeOfDay
from tickwise.market_data.calendars.news import CATEGORIES, IMPACTS


def row(key: str, strategy: str | None = None) -> Row:
    return next(each for each in settings_table(strategy) if each.key == key)


def test_every_setting_has_a_sentence_of_help_a_default_and_a_kind() -> None:
    for each in settings_table():
        assert each.help.endswith("."), each.key
        assert each.help[0].isupper(), each.key
        assert each.default, each.key
        assert each.kind, each.key


def test_a_row_says_all_there_is_to_know() -> None:
    assert row("gates.spread_pips_max") == Row(
        "gates.spread_pips_max",
        "a number",
        "0.35",
        "pips",
        "Widest spread at which a position is opened; below zero is off. Nothing wider can pay for one pip.",
        "up",
        -1.0,
    )
    assert row("gates.spread_pips_max").variable == "TICKWISE_GATES_SPREAD_PIPS_MAX"
    assert row("exits.anchor").kind == '"fill" or "decision"'
    assert row("calendar.sessions").kind == "a list of texts"
    assert row("fills.latency_ms_table").kind == "a list of numbers"


def test_defaults_of_a_strategy_are_shown_where_they_differ() -> None:
    assert [row("exits.stop_pips").default, row("exits.stop_pips", "fast_scalp").default] == ["0.0", "30.0"]
    assert row("exits.stop_pips", "trend_pullback").default == "0.0"


def test_names_of_settings_carry_their_unit_where_they_have_one() -> None:
    units = {
        "pips": "_pips",
        "s": "_s",
        "ms": "_ms",
        "min": "_min",
        "fraction": ("_fraction", "_share", "ramp", "_rate", "financing_"),
    }
    for each in settings_table():
        for part in [units.get(each.unit, "")]:
            said = [part] if isinstance(part, str) else list(part)
            assert any(word in each.key for word in said), each.key


def test_no_two_settings_share_a_variable() -> None:
    variables = [each.variable for each in settings_table()]
    assert len(variables) == len(set(variables))


def test_the_defaults_of_strategies_are_settings_of_strategies_there_are() -> None:
    for strategy, sections in MADE_FOR.items():
        assert strategy in strategies()
        for section, defaults in sections.items():
            assert set(defaults) <= set(SECTIONS[section].model_fields)


def test_names_that_another_room_understands_are_the_names_it_understands() -> None:
    assert set(get_args(Session)) == set(SESSIONS)
    assert set(get_args(Impact)) == set(IMPACTS)
    assert set(get_args(Category)) == set(CATEGORIES)
    assert set(ALL_STATES) == set(STATES.values())
    kinds = {
        name: get_args(get_args(field.annotation)[0]) for name, field in InstrumentTerms.model_fields.items()
    }
    assert set(kinds["asset_class"]) == set(ASSET_CLASSES)
    assert set(kinds["market"]) == set(MARKETS)
    frames = SECTIONS["market"].model_fields["classifier_frame"].annotation
    assert get_args(frames) == ("off", *FRAME_NAMES)


def test_the_calendars_read_the_default_windows_and_roll() -> None:
    calendar = SECTIONS["calendar"]()
    windows = [DailyWindow.parse_line(line) for line in calendar.model_dump()["quiet_windows"]]
    assert windows == [DailyWindow(180, 330, "Asia/Tokyo")]
    assert TimeOfDay.parse(*calendar.model_dump()["day_roll"].split()) == TimeOfDay(1020, "America/New_York")
    for day in WEEKDAYS:
        assert DailyWindow.parse_line(f"03:00-05:30 Asia/Tokyo {day}").weekdays
