"""The ledger of a moment in a trader's units: pips, seconds and money.

Each gate measures something of its own, so each has a way to write its reading and its limit. A gate that the
config switches off is `off`, not a gate that allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan
from types import MappingProxyType
from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.instruments import instrument_of
from tickwise.core.instrument import Instrument, at_tick
from tickwise.core.types import DAY, HOUR, MILLION, MINUTE, NEVER, SECOND, STATES
from tickwise.market_data.findings import utc
from tickwise.session.session import Explanation, GateReading


class Terms(NamedTuple):
    """What readings are written in: the instrument's pips and units, and money of the account's currency."""

    instrument: Instrument
    currency: str
    off: frozenset[str] = frozenset()
    """Gates that the config switches off though they read something."""


def terms_of(bot: BotConfig, symbol: str, tick: str) -> Terms:
    """Give the terms of a bot on an instrument, in the tick its prices are counted in."""
    off = frozenset(() if bot.gates.spread_monitor else ("spread_monitor",))
    return Terms(at_tick(instrument_of(bot, symbol), tick), bot.account.currency, off)


class Line(NamedTuple):
    """One gate of the ledger, in words."""

    stage: str
    gate: str
    reading: str
    limit: str
    verdict: str
    """Allows, refuses or off."""
    until: str
    """The UTC time before which the verdict stands but for an event; empty where none is known."""


class Written(NamedTuple):
    """A reading and its limit as text, and whether the gate is switched on."""

    reading: str
    limit: str = ""
    on: bool = True


def ledger(explanation: Explanation, terms: Terms) -> tuple[Line, ...]:
    """Write every gate of a moment that was asked."""
    return tuple(_line(gate, terms) for gate in explanation.gates)


def _line(gate: GateReading, terms: Terms) -> Line:
    written = WAYS.get(gate.name, _plain)(gate, terms)
    on = written.on and gate.name not in terms.off
    verdict = "refuses" if not gate.allows else "allows" if on else "off"
    until = "" if gate.until is None else utc(gate.until)
    return Line(gate.stage, gate.name, written.reading, written.limit, verdict, until)


def duration(ns: float) -> str:
    """Write a span of nanoseconds in the unit a person would take."""
    for unit, name in ((int(DAY), "d"), (int(HOUR), "h"), (int(MINUTE), "min"), (int(SECOND), "s")):
        if abs(ns) >= unit:
            return f"{_short(ns / unit)} {name}"
    return f"{_short(ns / 1e6)} ms"


def _short(value: float) -> str:
    """Write a number with thousands apart and no more digits than say something."""
    if isnan(value):
        return "not known"
    shown = f"{value:,.2f}" if abs(value) < 1_000 else f"{value:,.0f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _plain(gate: GateReading, _: Terms) -> Written:
    return Written(_short(gate.value), _short(gate.limit))


def _switch(gate: GateReading, _: Terms) -> Written:
    return Written("no" if gate.allows else "yes", "no")


def _calendar(gate: GateReading, _: Terms) -> Written:
    if gate.allows:
        return Written("outside")
    return Written(f"{duration(gate.value)} into it", f"lasts {duration(gate.limit)}")


def _count(gate: GateReading, _: Terms) -> Written:
    return Written(_short(gate.value), _short(gate.limit) if gate.limit else "", bool(gate.limit))


def _least(gate: GateReading, _: Terms) -> Written:
    known = "not known" if gate.value < 0 else _short(gate.value)
    on = gate.limit >= 0
    return Written(known, f"{_short(gate.limit)} at least" if on else "", on)


def _time(gate: GateReading, _: Terms) -> Written:
    return Written(_span(gate.value), duration(gate.limit) if gate.limit else "", bool(gate.limit))


def _span(ns: float) -> str:
    """Write a span, or that what it counts from has not been."""
    return "never yet" if ns >= float(NEVER) / 2 else duration(ns)


def _rest(gate: GateReading, _: Terms) -> Written:
    return Written("none" if gate.allows else f"{duration(gate.value)} left", "none")


def _pips(gate: GateReading, terms: Terms) -> Written:
    pip = terms.instrument.pip_ticks
    limit = f"{_short(gate.limit / pip)} pips" if gate.limit >= 0 else "not known"
    off = gate.allows and gate.value > gate.limit
    return Written(f"{_short(gate.value / pip)} pips", "" if off else limit, not off)


def _stop(gate: GateReading, terms: Terms) -> Written:
    given = gate.value > 0
    return Written(f"{_short(gate.value / terms.instrument.pip_ticks)} pips" if given else "the config's")


def _money(gate: GateReading, _: Terms) -> Written:
    on = gate.limit != 0
    return Written(_amount(gate.value), _amount(gate.limit) if on else "", on)


def _amount(millionths: float) -> str:
    return f"{millionths / float(MILLION):,.2f}"


def _millionths(gate: GateReading, _: Terms) -> Written:
    on = gate.limit != 0
    return Written(_percent(gate.value / 1e6), _percent(gate.limit / 1e6) if on else "", on)


def _fraction(gate: GateReading, _: Terms) -> Written:
    on = gate.limit != 0
    return Written(_percent(gate.value), _percent(gate.limit) if on else "", on)


def _percent(fraction: float) -> str:
    return "not known" if isnan(fraction) else f"{100 * fraction:.4g} %"


def _ratio(gate: GateReading, _: Terms) -> Written:
    return Written(f"{gate.value:.3g}", f"{gate.limit:.3g}", gate.limit != 0)


def _units(gate: GateReading, terms: Terms) -> Written:
    step = float(terms.instrument.unit_step)
    return Written(_short(gate.value * step), _short(gate.limit * step) if gate.limit else "", gate.limit > 0)


def _least_units(gate: GateReading, terms: Terms) -> Written:
    written = _units(gate, terms)
    return Written(written.reading, f"{written.limit} at least" if written.on else "", written.on)


def _state(gate: GateReading, _: Terms) -> Written:
    refused = [name for state, name in STATES.items() if int(gate.limit) >> state & 1]
    return Written(STATES[int(gate.value)], f"not {', '.join(refused)}" if refused else "", bool(refused))


def _seen(gate: GateReading, _: Terms) -> Written:
    return Written(f"have {_short(gate.value)}", f"need {_short(gate.limit)}")


def _side(gate: GateReading, _: Terms) -> Written:
    return Written({1: "buy", -1: "sell"}.get(int(gate.value), "none"))


WAYS: Mapping[str, Callable[[GateReading, Terms], Written]] = MappingProxyType(
    {
        **dict.fromkeys(("paused", "halted", "connection", "kill_switch"), _switch),
        **dict.fromkeys(
            ("session", "time_of_day", "rollover", "holiday", "expiry", "news", "calendar_stale"), _calendar
        ),
        **dict.fromkeys(("quote_age", "underlying_age", "spacing", "adaptive_interval"), _time),
        **dict.fromkeys(("cool_down", "back_off", "breaker"), _rest),
        **dict.fromkeys(("spread_pips", "spread_monitor"), _pips),
        **dict.fromkeys(("open_interest", "volume"), _least),
        **dict.fromkeys(("open_bot", "open_instrument", "open_pocket", "open_account", "open_house"), _count),
        **dict.fromkeys(("per_minute", "per_hour", "per_day", "repeat"), _count),
        **dict.fromkeys(("correlation", "value_cap", "day_loss", "pocket_loss", "balance", "margin"), _money),
        "unknown_order": _plain,
        "spread_fraction": _millionths,
        "quote_size": _least_units,
        "units_cap": _units,
        "denied_size": _least_units,
        "price_band": _fraction,
        "market_state": _state,
        "warming_up": _seen,
        "no_signal": _side,
        "denied_stop": _stop,
        "score": _ratio,
        "cost": _ratio,
    }
)
"""How each gate's reading is written."""
