"""The keys a bot's document may have, and which one was meant by one it may not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from tickwise.config.bot import BY_STATE, SECTIONS, BotConfig, Changing, StateSettings
from tickwise.config.setting import Section
from tickwise.config.terms import InstrumentTerms

STATES: tuple[str, ...] = get_args(Changing)

TOP: Mapping[str, Any] = {
    name: field.annotation
    for name, field in BotConfig.model_fields.items()
    if name not in (*SECTIONS, "params", "instrument", "states")
}
"""The settings that stand above all tables, with their types."""


def fields_of(section: type[Section]) -> dict[str, Any]:
    """Name the settings of a section with their types."""
    return {name: field.annotation for name, field in section.model_fields.items()}


def keys_of(params: Mapping[str, Any], described: Iterable[str]) -> dict[str, Any]:
    """Give every key with its type, for a strategy's params and the instruments that are described."""
    keys = dict(TOP)
    keys |= {f"params.{name}": kind for name, kind in params.items()}
    for section, model in SECTIONS.items():
        keys |= {f"{section}.{name}": kind for name, kind in fields_of(model).items()}
    for symbol in described:
        keys |= {f"instrument.{symbol}.{name}": kind for name, kind in fields_of(InstrumentTerms).items()}
    for state in STATES:
        keys |= {f"states.{state}.params.{name}": kind for name, kind in params.items()}
        for section in BY_STATE:
            keys |= {
                f"states.{state}.{section}.{name}": kind
                for name, kind in fields_of(SECTIONS[section]).items()
            }
    return keys


def nearest(key: str, known: Iterable[str]) -> str | None:
    """Give the key that was most likely meant: of the same table first, then its name in another."""
    keys = list(known)
    table, _, name = key.rpartition(".")
    beside = {each.rpartition(".")[2]: each for each in keys if each.rpartition(".")[0] == table}
    close = difflib.get_close_matches(name, beside, n=1, cutoff=0.7)
    if close:
        return beside[close[0]]
    leaves = {each.rpartition(".")[2]: each for each in reversed(keys) if not each.startswith("states.")}
    alike = difflib.get_close_matches(name, leaves, n=1, cutoff=0.75)
    return leaves[alike[0]] if alike else None


def tables_of(key: str) -> tuple[str, ...]:
    """Name the tables that may stand at a place: those of the top, of a state, of a state's own."""
    path = key.split(".") if key else []
    if not path:
        return (*SECTIONS, "params", "instrument", "states")
    if path == ["states"]:
        return STATES
    if len(path) == 2 and path[0] == "states":
        return tuple(StateSettings.model_fields)
    return ()
