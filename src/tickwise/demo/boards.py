"""A lane's board: the seven stages of gates as they stand at a moment, and the one that refuses first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tickwise.core.outcome import STAGES
from tickwise.core.types import STATES
from tickwise.demo.frame import Mark, Stage
from tickwise.demo.readings import refusal
from tickwise.demo.terms import Terms, until
from tickwise.session.session import Explanation, GateReading

GATE_STAGES = tuple(STAGES[place] for place in range(1, 8))
"""The seven stages of the chain, in order."""

SIZING = STAGES[8]
"""What sizing denies is shown with the signal: it has no stage of its own."""

HELD = ("in_position", "pending")
"""Outcomes while a bot holds something, or is about to."""

AT_QUOTES: Mapping[str, str] = MappingProxyType(
    {
        "in_position": "in a position: only its exits are watched",
        "pending": "its order is on its way to the venue",
        "no_signal": "every gate is open: looks for a signal at each quote",
        "intent": "every gate is open, and there is a signal",
    }
)
"""What an outcome that is no refusal means for a bot that is asked at each quote."""

AT_BARS: Mapping[str, str] = MappingProxyType(
    {
        **AT_QUOTES,
        "no_signal": "every gate is open: no signal at the last closed bar",
        "intent": "every gate is open: asked again when the bar closes",
    }
)
"""The same for a bot that is asked when a bar closes: between two closes its last signal stands."""


def verdict(explained: Explanation, terms: Terms) -> str:
    """Say in one line what the lane does at this moment, and why."""
    said = (AT_BARS if terms.is_on_bars else AT_QUOTES).get(explained.outcome)
    if said is not None:
        return said
    first = next(gate for gate in explained.gates if gate.name == explained.outcome)
    return f"refuses: {refusal(first, terms, explained.ts)}"


def is_refused(explained: Explanation) -> bool:
    """Tell whether a gate refuses at this moment."""
    return explained.outcome not in AT_QUOTES


def stages(explained: Explanation, terms: Terms) -> tuple[Stage, ...]:
    """Give the seven stages, each with its verdict and what it reads."""
    return tuple(_stage(name, explained, terms) for name in GATE_STAGES)


def _stage(name: str, explained: Explanation, terms: Terms) -> Stage:
    names = (name, SIZING) if name == GATE_STAGES[-1] else (name,)
    gates = [gate for gate in explained.gates if gate.stage in names]
    refusing = [gate for gate in gates if not gate.allows]
    if not refusing:
        return Stage(name, Mark.ALLOWS, _reads(name, gates, explained, terms))
    if refusing[0].name == "no_signal":
        return Stage(name, Mark.QUIET, "none at the last bar" if terms.is_on_bars else "none at this quote")
    if refusing[0].name == "open_bot" and explained.outcome in HELD:
        return Stage(name, Mark.HOLDS, f"{refusing[0].value:.0f} of {refusing[0].limit:.0f} open")
    is_first = refusing[0].name == explained.outcome
    return Stage(name, Mark.FIRST if is_first else Mark.REFUSES, refusal(refusing[0], terms, explained.ts))


def _reads(name: str, gates: Sequence[GateReading], explained: Explanation, terms: Terms) -> str:
    """Say what an open stage reads: the number that would close it."""
    by_name = {gate.name: gate for gate in gates}
    if name in ("session", "news"):
        ends = [gate.until for gate in gates if gate.until is not None and gate.name != "calendar_stale"]
        return f"clear until {until(min(ends), explained.ts)}" if ends else "clear"
    if name == "spread":
        spread = by_name["spread_pips"]
        return f"{terms.pips(spread.value)} of {terms.bot.gates.spread_pips_max:g} pips"
    if name == "position":
        held = by_name["open_bot"]
        return f"{held.value:.0f} of {held.limit:.0f} open"
    if name == "daily loss":
        day = by_name["day_loss"]
        return f"{max(0.0, day.value) / 1e6:,.2f} of {terms.money(day.limit)}"
    if name == "market state":
        return STATES[int(by_name["market_state"].value)]
    return "yes, at the last bar" if terms.is_on_bars else "yes"
