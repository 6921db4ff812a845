"""What an entry was decided on, and that frames and numbers add up: I19 I21 I42 I43."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import defaultdict
from typing import Any

from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import Told, walked
from checker.world import SECOND, Quoted
from tickwise.journal import entries as j


@invariant("I19")
def only_on_facts(case: Case) -> Found:
    """An entry is decided only where every stream lives, the market is open and nothing is in doubt."""
    calendar = 0
    for row, told in walked(case):
        entry = row.entry
        if isinstance(entry, j.CalendarRefreshed) and not entry.error:
            calendar = entry.ts
        if not isinstance(entry, j.Intent):
            continue
        for says in (*_missing(case, entry, told, calendar), *_unheard(case, entry.ts)):
            yield entry.ts, entry.order, says


def _unheard(case: Case, ts: int) -> list[str]:
    """Say which streams had brought nothing for too long: by their bytes, whatever the journal says."""
    found = []
    for stream, most in case.rules.heard_ns.items():
        times = case.heard.get(stream, ())
        at = bisect_right(times, ts)
        waited = ts - times[at - 1] if at else ts
        if waited > most:
            says = f"{stream} brought something within {most / SECOND:.0f} s"
            found.append(f"an entry is decided where {says}; nothing came for {waited / SECOND:.1f} s")
    return found


def _missing(case: Case, intent: j.Intent, told: Told, calendar: int) -> list[str]:
    """Say which facts an entry lacked."""
    found = [f"stream {name} lives" for name in case.rules.streams if name not in told.dead]
    found += [f"stream {name} lives" for name in told.dead if told.is_dead(name, intent.instrument)]
    doubted = [
        o.id for o in told.orders.values() if o.state == "unknown" and o.instrument == intent.instrument
    ]
    found += [f"no order of {intent.instrument} is unknown, {order} is" for order in doubted]
    for instrument, since, until in case.rules.closed:
        if instrument in ("", intent.instrument) and since <= intent.ts < until:
            found.append(f"{intent.instrument} may be entered at this time")
    age = case.rules.calendar_age_ns
    if age and (not calendar or intent.ts - calendar > age):
        found.append(f"the calendar was read within {age / SECOND:.0f} s")
    return [f"an entry is decided where {each}; it does not hold" for each in found]


@invariant("I21")
def only_on_fresh_prices(case: Case) -> Found:
    """An entry is decided on a sound price the venue had moments ago, and leaves before it is stale."""
    quotes: dict[str, list[Quoted]] = defaultdict(list)
    for each in case.happened(Quoted):
        assert isinstance(each, Quoted)
        quotes[each.instrument].append(each)
    intents: dict[str, j.Intent] = {}
    for row in case.journal:
        if isinstance(row.entry, j.Intent):
            intents[row.entry.order] = row.entry
            for says in _unsound(case, row.entry, quotes[row.entry.instrument]):
                yield row.entry.ts, row.entry.order, says
    deadline = case.rules.deadline_ns
    for asked in case.requests if deadline else ():
        intent = intents.get(asked.order)
        if asked.verb == "enter" and intent is not None and asked.ts - intent.ts > deadline:
            late = (asked.ts - intent.ts) / SECOND
            yield (
                asked.ts,
                asked.order,
                f"an entry leaves within {deadline / SECOND:.3f} s, this one after {late:.3f}",
            )


def _unsound(case: Case, intent: j.Intent, quotes: list[Quoted]) -> list[str]:
    """Say what is wrong with the price of an entry."""
    found = []
    if intent.bid <= 0 or intent.ask <= 0:
        found.append(f"prices are above zero, these are {intent.bid} and {intent.ask}")
    if intent.bid > intent.ask:
        found.append(f"the bid is below the ask, these are {intent.bid} and {intent.ask}")
    if case.truth is None or not case.rules.quote_age_ns:
        return found
    until = bisect_right(quotes, intent.ts, key=lambda quote: quote.ts)
    fitting = [at for at in range(until) if (quotes[at].bid, quotes[at].ask) == (intent.bid, intent.ask)]
    if not fitting:
        return [*found, f"the venue had the price {intent.bid}/{intent.ask} before, it never did"]
    at = fitting[-1]
    age = intent.ts - quotes[at].ts
    if age > case.rules.quote_age_ns:
        most = f"{case.rules.quote_age_ns / SECOND:.3f} s"
        found.append(f"its price is at most {most} old, it is {age / SECOND:.3f} s")
    if not quotes[at].tradeable:
        found.append("the venue traded at that price, it did not")
    if case.rules.band_ticks and _jumped(quotes, at, until) > case.rules.band_ticks:
        found.append(
            f"a jump of {_jumped(quotes, at, until)} ticks is confirmed by another price, this one is not"
        )
    return found


def _jumped(quotes: list[Quoted], at: int, until: int) -> int:
    """Give by how many ticks a price jumped, 0 where the next one agrees or there was none before."""
    if at == 0:
        return 0
    jump = abs(quotes[at].bid - quotes[at - 1].bid)
    is_confirmed = any(abs(quotes[other].bid - quotes[at].bid) * 2 < jump for other in range(at + 1, until))
    return 0 if is_confirmed else jump


@invariant("I42")
def every_frame_counts(case: Case) -> Found:
    """Every frame that was received is one of used, duplicate, late, invalid, conflated; none was made up."""
    for each in case.frames:
        parts = (each.used, each.duplicate, each.late, each.invalid, each.conflated)
        if sum(parts) != each.received:
            yield case.end_ts, each.source, f"{each.received} frames came, {sum(parts)} are accounted for"
        if min(parts) < 0:
            yield case.end_ts, each.source, f"a count is not below zero, these are {parts}"
        if each.sent and each.received > each.sent:
            yield case.end_ts, each.source, f"{each.sent} frames were sent, {each.received} came"


FLOATS = {("Intent", "score"), ("TradeBooked", "score"), ("Fact", "value")}
"""The only fields of the journal that are floats: none of them is money, price or time."""

NO_NUMBER = re.compile(rb"(?i)(?<![\w.])-?(nan|inf(inity)?)(?![\w.])")


@invariant("I43")
def whole_numbers(case: Case) -> Found:
    """No float is money, price or time in the journal, and nothing there or on the wire is no number."""
    for row in case.journal:
        kind = type(row.entry).__name__
        for name in row.entry.__struct_fields__:
            for value in _numbers(getattr(row.entry, name)):
                if not isinstance(value, float):
                    continue
                if (kind, name) not in FLOATS:
                    yield (
                        row.entry.ts,
                        f"entry {row.seq}",
                        f"{kind}.{name} is a whole number, it is {value!r}",
                    )
                elif not math.isfinite(value):
                    yield row.entry.ts, f"entry {row.seq}", f"{kind}.{name} is finite, it is {value!r}"
    for asked in case.requests:
        if NO_NUMBER.search(asked.body):
            yield asked.ts, asked.order, "what leaves is numbers, these bytes have one that is none"


def _numbers(value: Any) -> list[Any]:
    """Give every number in a value, however deep."""
    if isinstance(value, tuple | list):
        return [number for each in value for number in _numbers(each)]
    if hasattr(value, "__struct_fields__"):
        return [number for name in value.__struct_fields__ for number in _numbers(getattr(value, name))]
    return [value] if isinstance(value, int | float) else []
