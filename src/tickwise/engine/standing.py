"""What people and programs said of bots, and what the core tripped, until it is lifted: switches and weights.

A lane that a reload brings, or brings back, begins with it: what was said is of the bot, not of its lane.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, TypeAlias

from tickwise.journal import entries as j

Switch: TypeAlias = tuple[str, str, str]
"""A switch by its kind, its scope and the scope's name."""

EVERY_BOT = ""
"""Whom a fact is about that names no bot."""


def weigh(weights: dict[str, float], fact: j.Fact) -> None:
    """Keep the weight that a fact gives a bot; one for every bot takes the place of each bot's own."""
    if fact.name != "weight":
        return
    if fact.bot == EVERY_BOT:
        weights.clear()
    weights[fact.bot] = fact.value


def turn(
    switches: dict[Switch, str],
    tripped: dict[Switch, None],
    switch: Switch,
    reason: str | None,
    *,
    by_core: bool,
) -> None:
    """Turn a switch on for a reason, or off; what a person turned on is not the core's any more."""
    tripped.pop(switch, None)
    if reason is None:
        switches.pop(switch, None)
        return
    switches[switch] = reason
    if by_core:
        tripped[switch] = None


def is_paused(row: j.LaneRow, switches: Container[Switch]) -> bool:
    """Tell whether a lane is paused by its bot or by its account."""
    return ("pause", "bot", row.bot) in switches or ("pause", "account", row.account) in switches


def begin_with(
    lanes: Any,
    rows: Sequence[j.LaneRow],
    switches: Container[Switch],
    weights: Mapping[str, float],
    exit_only: Container[str],
) -> None:
    """Set records of lanes to what stands for each; `exit_only` are the bot/instrument that only leave."""
    for place, row in enumerate(rows):
        lane = lanes[place]
        scopes = (("bot", row.bot), ("instrument", row.instrument), ("account", row.account))
        only_leaves = any(("exit_only", *scope) in switches for scope in scopes)
        lane["exit_only"] = int(only_leaves or f"{row.bot}/{row.instrument}" in exit_only)
        lane["paused"] = int(is_paused(row, switches))
        lane["weight"] = weights.get(row.bot, weights.get(EVERY_BOT, 1.0))
