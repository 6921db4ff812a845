"""What several commands take: settings as KEY=VALUE, columns as OURS=THEIRS."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from tickwise.errors import ConfigError


def changes_of(pairs: Sequence[str]) -> dict[str, str]:
    """Read settings given as KEY=VALUE. Raises ConfigError for one that is not so written."""
    return dict(_pair(pair, "--set", "gates.spread_pips_max=0.5") for pair in pairs)


def columns_of(pairs: Sequence[str]) -> dict[str, str]:
    """Read columns given as OURS=THEIRS, several between commas. Raises ConfigError as `changes_of` does."""
    each = [part for pair in pairs for part in pair.split(",") if part]
    return dict(_pair(part, "--columns", "ts=time,bid=Bid,ask=Ask") for part in each)


def _pair(pair: str, option: str, example: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"{option} {pair}: write it like {option} {example}")
    return key.strip(), value.strip()


def choice_of(given: str, choices: Sequence[str], option: str) -> Any:
    """Give a choice back if it is one. Raises ConfigError naming the choices there are."""
    if given not in choices:
        near = get_close_matches(given, choices, n=1, cutoff=0.6)
        advice = f"did you mean {near[0]}?" if near else f"choose from {', '.join(choices)}"
        raise ConfigError(f"{option} {given}: no such choice; {advice}")
    return given
