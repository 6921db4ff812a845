"""Say which name was meant when a calendar is asked for one it does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tickwise.errors import ConfigError


def unknown_name(kind: str, given: str, known: Iterable[str]) -> ConfigError:
    """Build the error for an unknown name of some kind: the nearest known one, or all of them."""
    by_lower = {name.lower(): name for name in sorted(known)}
    near = difflib.get_close_matches(given.lower(), by_lower, n=1, cutoff=0.5)
    advice = f"did you mean '{by_lower[near[0]]}'?" if near else f"choose from {', '.join(by_lower.values())}"
    return ConfigError(f"unknown {kind} '{given}': {advice}")
