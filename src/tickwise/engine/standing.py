"""What people and programs said of bots and what stands until they say otherwise: switches and weights.

A lane that a reload brings, or brings back, begins with it: what was said is of the bot, not of its lane.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from tickwise.journal import entries as j

EVERY_BOT = ""
"""Whom a fact is about that names no bot."""


def weigh(weights: dict[str, float], fact: j.Fact) -> None:
    """Keep the weight that a fact gives a bot; one for every bot takes the place of each bot's own."""
    if fact.name != "weight":
        return
    if fact.bot == EVERY_BOT:
        weights.clear()
    weights[fact.bot] = fact.value


def begin_with(
    lanes: Any,
    rows: Sequence[j.LaneRow],
    switches: Container[tuple[str, str, str]],
    weights: Mapping[str, float],
    exit_only: Container[str],
) -> None:
    """Set records of lanes to what stands for each; `exit_only` are the bot/instrument that only leave."""
    for place, row in enumerate(rows):
        lane = lanes[place]
        scopes = (("bot", row.bot), ("instrument", row.instrument), ("account", row.account))
        only_leaves = any(("exit_only", *scope) in switches for scope in scopes)
        lane["exit_only"] = int(only_leaves or f"{row.bot}/{row.instrument}" in exit_only)
        lane["paused"] = int(("pause", "bot", row.bot) in switches)
        lane["weight"] = weights.get(row.bot, weights.get(EVERY_BOT, 1.0))
