"""Which changes of settings let more happen than before, and which cannot happen while an engine runs.

What is compared is what would count: for every state of the market and every instrument both have, with the
defaults that depend on them filled in. Where two values cannot be compared, the change counts as looser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from tickwise.config.bot import SECTIONS, BotConfig
from tickwise.config.calendar import Session
from tickwise.config.engine import TABLES, EngineConfig, engine_rows
from tickwise.config.instruments import instrument_of
from tickwise.config.keys import STATES, TOP
from tickwise.config.records import unit_limits
from tickwise.config.setting import Row, written
from tickwise.config.table import settings_table
from tickwise.core.instrument import Instrument

Verdict: TypeAlias = Literal["free", "tighter", "looser", "fixed"]

OWN_CHANGES = ("name", "instruments")
"""What is no change of a setting: another name is another bot, and instruments come and go."""

EMPTY_IS_ITS_OWN = ("calendar.news_categories", "calendar.news_currencies")
"""Lists whose empty form means the instrument's, which may be more or fewer than what is named."""

WEIGHT: dict[Verdict, int] = {"free": 0, "tighter": 1, "looser": 2, "fixed": 3}
"""The weightier of two verdicts on one setting counts."""


class Moved(NamedTuple):
    """A setting that changed: of which bot ("" is the engine), what it was, what it is, what that does."""

    bot: str
    key: str
    was: str
    now: str
    verdict: Verdict


def moved_in_bot(was: BotConfig, now: BotConfig) -> tuple[Moved, ...]:
    """Give what changed between two configs of one bot, in the order of a bot's file."""
    rows = {row.key: row for row in settings_table()}
    found: dict[str, Moved] = {}
    said_was, said_now = _said(was), _said(now)
    for place in _places(was, now):
        before, after = _counting(was, *place), _counting(now, *place)
        for key in dict.fromkeys((*before, *after)):
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            verdict = _verdict(key, rows.get(_row_key(key)), old, new)
            shown = key if said_was.get(key) != said_now.get(key) else f"states.{place[0]}.{key}"
            seen = found.get(shown)
            if seen is None or WEIGHT[seen.verdict] < WEIGHT[verdict]:
                a, b = (said_was, said_now) if shown == key else (before, after)
                found[shown] = Moved(now.name, shown, written(a.get(key)), written(b.get(key)), verdict)
    return tuple(found.values())


def moved_in_engine(was: EngineConfig, now: EngineConfig) -> tuple[Moved, ...]:
    """Give what changed between two configs of the engine."""
    found = []
    for row in engine_rows():
        table, _, name = row.key.rpartition(".")
        assert not table or table in TABLES
        old = getattr(getattr(was, table) if table else was, name)
        new = getattr(getattr(now, table) if table else now, name)
        if old != new:
            found.append(Moved("", row.key, written(old), written(new), _verdict(row.key, row, old, new)))
    return tuple(found)


def _places(was: BotConfig, now: BotConfig) -> Iterator[tuple[str | None, Instrument | None]]:
    """Give each state of the market with each instrument under which the two are compared."""
    both = [symbol for symbol in was.instruments if symbol in now.instruments]
    states = (None, *(name for name in STATES if name in was.states or name in now.states))
    for state in states:
        for symbol in both:
            yield state, instrument_of(now, symbol)
        if not both:
            yield state, None


def _counting(bot: BotConfig, state: str | None, instrument: Instrument | None) -> dict[str, Any]:
    """Give every setting as it counts in a state for an instrument."""
    params, gates, exits, sizing = bot.in_state(state)
    tables: dict[str, Any] = {"gates": gates, "exits": exits, "sizing": sizing}
    found = {name: getattr(bot, name) for name in TOP if name not in OWN_CHANGES}
    found |= {f"params.{name}": value for name, value in params.items()}
    for name in SECTIONS:
        table = tables.get(name, getattr(bot, name))
        found |= {f"{name}.{key}": value for key, value in table.model_dump().items()}
    for symbol, described in bot.instrument.items():
        found |= {f"instrument.{symbol}.{key}": value for key, value in described.model_dump().items()}
    if not found["calendar.sessions"]:
        found["calendar.sessions"] = get_args(Session)
    if instrument is not None:
        units = unit_limits(sizing, instrument)
        found |= {
            "sizing.units_fixed": units.fixed,
            "sizing.units_min": units.least,
            "sizing.units_max": units.most,
            "sizing.margin_rate": instrument.margin_rate
            if sizing.margin_rate is None
            else sizing.margin_rate,
        }
    return found


def _said(bot: BotConfig) -> dict[str, Any]:
    """Give every setting as it stands, without what a state of the market changes."""
    found = _counting(bot, None, None)
    found["calendar.sessions"] = bot.calendar.sessions
    return found


def _row_key(key: str) -> str:
    """Give the key of the row a setting belongs to."""
    parts = key.split(".")
    return f"instrument.SYMBOL.{parts[-1]}" if parts[0] == "instrument" else key


def _verdict(key: str, row: Row | None, was: Any, now: Any) -> Verdict:
    """Judge the change of one setting."""
    if row is None or row.looser is None:
        return "free"
    if row.looser == "fixed":
        return "fixed"
    if row.looser == "any":
        return "looser" if was else "tighter"
    if was is None or now is None:
        return "looser"
    if isinstance(was, (tuple, list)):
        return _of_lists(key, row, was, now)
    if isinstance(row.looser, tuple):
        return "looser" if row.looser.index(now) > row.looser.index(was) else "tighter"
    sign = 1 if row.looser == "up" else -1
    return "looser" if sign * _size(row, now) > sign * _size(row, was) else "tighter"


def _of_lists(key: str, row: Row, was: Any, now: Any) -> Verdict:
    """Judge the change of a list: whether it holds all it held, or nothing it did not."""
    if key in EMPTY_IS_ITS_OWN and not (was and now):
        return "looser"
    inside, around = (now, was) if row.looser == "more" else (was, now)
    return "tighter" if set(inside) <= set(around) else "looser"


def _size(row: Row, value: float) -> float:
    """Give a number by which a limit is compared: one that is off is the loosest there is."""
    is_off = value < 0 if row.off < 0 else value == row.off
    return inf if row.looser == "up" and is_off and not isinstance(value, bool) else float(value)


def in_words(moved: Iterable[Moved]) -> tuple[str, ...]:
    """Write changes for a person: whose, what, from what to what."""
    return tuple(f"{each.bot or 'engine'}: {each.key} {each.was} to {each.now}" for each in moved)
