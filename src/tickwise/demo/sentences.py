"""One sentence for each thing that happens: what was done, at which price, and why.

Pure: an event and the terms of its lane in, a sentence out. A sentence has no time and no bot in front; the
view and the plain lines put them there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tickwise.core.types import (
    AT_VENUE,
    BREAK_EVEN,
    BREAKER_TRIPPED,
    COMMAND,
    DAY_LOSS_FLATTEN,
    FLATTEN,
    MANUAL,
    MARGIN_CLOSEOUT,
    MILLION,
    REJECTED_BOUND,
    REJECTED_STOP,
    SECOND,
    SESSION_END,
    SOFT_STOP,
    STOP,
    TARGET,
    TIME,
    TRAILING,
    UNPROTECTED,
    UNREALISED_LOSS,
)
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
from tickwise.demo.readings import refusal
from tickwise.demo.terms import Terms, lasting, signed

LEFT: Mapping[int, str] = MappingProxyType(
    {
        TARGET: "at target",
        STOP: "by its stop at",
        TIME: "by its time stop at",
        SOFT_STOP: "by its soft stop at",
        TRAILING: "by its trailing stop at",
        BREAK_EVEN: "by its break-even stop at",
        SESSION_END: "before the session's end at",
        UNREALISED_LOSS: "by the limit of an open loss at",
        FLATTEN: "by a command to flatten at",
        DAY_LOSS_FLATTEN: "by the lost day at",
        COMMAND: "by a command at",
        UNPROTECTED: "because no stop of it rested at the venue at",
        MANUAL: "by hand at the venue at",
        MARGIN_CLOSEOUT: "by the venue for want of margin at",
        AT_VENUE: "at the venue at",
    }
)
"""Why a position was left, by reason."""

WAITED_FOR: Mapping[str, str] = MappingProxyType(
    {
        "session": "its trading session began",
        "news": "the news window is over",
        "rollover": "the rollover is over",
        "holiday": "the market is open again",
        "time_of_day": "the quiet window is over",
        "market_state": "the market suits it again",
        "day_loss": "another trading day began",
        "warming_up": "it has seen enough",
    }
)
"""What ended a wait, by gate."""


def _burst(event: Opened, terms: Terms) -> str:
    threshold = float(terms.bot.params.get("threshold_pips", 0.6))
    where = "above" if event.units > 0 else "below"
    quotes = terms.bot.params.get("mean_quotes", 16)
    return f"the mid ran {event.score * threshold:.1f} pips {where} its mean of {quotes} quotes"


def _pullback(event: Opened, terms: Terms) -> str:
    trend, move = ("up", "dip") if event.units > 0 else ("down", "rise")
    return f"a {move} to the fast average ended, the trend is {trend}"


SIGNALS: Mapping[str, Callable[[Opened, Terms], str]] = MappingProxyType(
    {"fast_scalp": _burst, "trend_pullback": _pullback}
)
"""What each of the demo's strategies saw when it gave a signal."""


def sentence(event: Event, terms: Terms) -> str:
    """Tell an event in one sentence."""
    match event:
        case Opened():
            return _opened(event, terms)
        case Closed():
            return _closed(event, terms)
        case NotFilled():
            return _not_filled(event, terms)
        case StopMoved():
            why = "to break even" if event.reason == BREAK_EVEN else "trailing the price"
            return f"moved its stop to {terms.price(event.stop)}, {why} at {terms.price(event.price)}"
        case Refused():
            many = "a signal" if event.signals == 1 else f"{event.signals} signals"
            return f"refused {many}: {refusal(event.reading, terms, event.ts)}"
        case Waits():
            return f"opens nothing: {refusal(event.reading, terms, event.ts)}"
        case Resumes():
            return f"may trade again: {WAITED_FOR.get(event.gate, 'the gate is open')}"
        case DayLost():
            limit = terms.bot.gates.day_loss_fraction_max
            return f"lost {limit:.0%} of the day's equity: nothing more is opened until the next trading day"
        case Tripped():
            return _tripped(event, terms)


def _opened(event: Opened, terms: Terms) -> str:
    done = "bought" if event.units > 0 else "sold"
    why = SIGNALS[terms.bot.strategy](event, terms)
    levels = f"stop {terms.price(event.stop)}, target {terms.price(event.target)}"
    return f"{done} {terms.quantity(event.units)} at {terms.price(event.price)}: {why}; {levels}"


def _closed(event: Closed, terms: Terms) -> str:
    result = f"{terms.gained(event.gain)} pips, {signed(event.pnl / int(MILLION), 2)} {terms.currency}"
    where = f"{LEFT[event.reason]} {terms.price(event.exit_price)}"
    return f"closed {where}: {result} after {lasting(event.held_ns)}"


def _not_filled(event: NotFilled, terms: Terms) -> str:
    why = {
        REJECTED_BOUND: f"the price ran more than {terms.bot.fills.slippage_pips_max:g} pips away",
        REJECTED_STOP: "the price was at its stop already",
    }.get(event.reason, "the venue rejected it")
    done = "to buy" if event.units > 0 else "to sell"
    return f"order {done} {terms.quantity(event.units)} was not filled: {why}"


def _tripped(event: Tripped, terms: Terms) -> str:
    if event.which == BREAKER_TRIPPED:
        rest = lasting(int(terms.bot.gates.breaker_rest_s * int(SECOND)))
        failures, symbol = terms.bot.gates.breaker_failures, terms.instrument.symbol
        return f"{failures} orders in a row failed: nothing more is opened on {symbol} for {rest}"
    account = terms.bot.account
    within = lasting(int(account.kill_window_s * int(SECOND)))
    return (
        f"{account.kill_failures} orders failed within {within}: the kill switch is on until a person's word"
    )
