"""The demo without a picture: a plain line, or a line of JSON, for each thing that happens, and a summary.

What goes to the output is the same for the same seed; what the wall clock says goes to the errors' stream.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tickwise.core.types import REASONS, REJECTS, SECOND, SWITCHES
from tickwise.demo.events import (
    Closed,
    DayLost,
    Event,
    NotFilled,
    Opened,
    Refused,
    Resumes,
    StopMoved,
    Tripped,
    Waits,
)
from tickwise.demo.play import Play
from tickwise.demo.sentences import sentence
from tickwise.demo.summary import iso, summary, summary_lines
from tickwise.demo.terms import Terms, clock, day, terms_of

UNTIL_S = 1800.0
"""How much market time a run without a picture plays unless told: half an hour, news included."""

Write = Callable[[str], None]
"""Takes one line without its end."""

KINDS = {
    Opened: "opened",
    NotFilled: "not_filled",
    StopMoved: "stop_moved",
    Closed: "closed",
    Refused: "refused",
    Waits: "waits",
    Resumes: "resumes",
    DayLost: "day_lost",
    Tripped: "tripped",
}
"""How each kind of event is called in JSON."""


def play_through(
    play: Play, until_s: float, write: Write, first_trade: Callable[[], None], *, is_json: bool
) -> None:
    """Play `until_s` seconds of market time without waiting; call `first_trade` once a trade was told."""
    terms = terms_of(play.bots, play.market.tape, play.session, play.market.news)
    if not is_json:
        begin = f"{day(play.ts)} {clock(play.ts)} UTC"
        market = f"synthetic market, seed {play.market.seed}"
        write(f"PAPER, {market}, from {begin}, {until_s / 60:g} minutes of it")
    today, is_first = day(play.ts), True
    for event in play.until(play.market.begin_ts + int(until_s * int(SECOND))):
        own = terms[event.lane]
        if not is_json and day(event.ts) != today:
            today = day(event.ts)
            write(f"{today} UTC")
        write(json.dumps(record(event, own)) if is_json else line(event, own))
        if is_first and isinstance(event, Closed):
            is_first = False
            first_trade()
    found = summary(play, terms)
    for text in [json.dumps({"event": "summary", **found})] if is_json else summary_lines(found):
        write(text)


def line(event: Event, terms: Terms) -> str:
    """Write an event as a line: the time of the market, the bot, the sentence."""
    return f"{clock(event.ts)} {terms.bot.name}: {sentence(event, terms)}"


def record(event: Event, terms: Terms) -> dict[str, Any]:
    """Write an event as plain values: prices and money in their currencies, times in nanoseconds UTC."""
    found: dict[str, Any] = {
        "event": KINDS[type(event)],
        "ts": event.ts,
        "time": iso(event.ts),
        "bot": terms.bot.name,
        "instrument": terms.instrument.symbol,
        "says": sentence(event, terms),
    }
    return {**found, **_numbers(event, terms)}


def _numbers(event: Event, terms: Terms) -> dict[str, Any]:
    """Give the numbers of an event; a gate's reading and limit are in the core's own units."""
    match event:
        case Opened():
            levels = {name: float(terms.price(getattr(event, name))) for name in ("price", "stop", "target")}
            return {"units": event.units, **levels, "score": event.score}
        case Closed():
            return {
                "units": event.side * event.units,
                "reason": REASONS[event.reason],
                "exit_price": float(terms.price(event.exit_price)),
                "gain_pips": event.gain / terms.instrument.pip_ticks + 0.0,
                "pnl": event.pnl / 1e6,
                "held_s": event.held_ns / int(SECOND),
            }
        case NotFilled():
            return {"units": event.units, "reason": REJECTS[event.reason]}
        case StopMoved():
            return {"reason": REASONS[event.reason], "stop": float(terms.price(event.stop))}
        case Refused() | Waits():
            read = event.reading
            numbers = {} if read.allows else {"reading": read.value, "limit": read.limit, "until": read.until}
            counted = {"signals": event.signals} if isinstance(event, Refused) else {}
            return {"gate": read.name, "code": read.code, **numbers, **counted}
        case Resumes():
            return {"gate": event.gate}
        case Tripped():
            return {"switch": SWITCHES[event.which]}
        case _:
            return {}
