"""The bytes that leave say what was decided: I41. Other code than the engine's has read them."""

from __future__ import annotations

from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import Told, take
from checker.world import Asked, Row
from tickwise.journal import entries as j


@invariant("I41")
def bytes_are_the_intent(case: Case) -> Found:
    """Side, units, instrument, stop, target and bound of what leaves are those that were decided."""
    intents = {row.entry.order: row.entry for row in case.journal if isinstance(row.entry, j.Intent)}
    told, rows = Told(), iter(case.journal)
    pending: Row | None = next(rows, None)
    for asked in sorted(case.requests, key=lambda each: each.ts):
        while pending is not None and pending.entry.ts <= asked.ts:
            take(told, pending)
            pending = next(rows, None)
        if asked.verb not in ("enter", "leave", "set_stop"):
            continue
        about = asked.order or f"{asked.verb} {asked.trade}"
        if asked.says:
            yield asked.ts, about, f"the bytes can be read by another parser, they cannot: {asked.says}"
        elif asked.verb == "enter":
            intent = intents.get(asked.order)
            if intent is None:
                yield asked.ts, about, "an entry leaves for an intent, there is none of this id"
            else:
                yield from ((asked.ts, about, says) for says in _entry_differs(asked, intent))
        else:
            yield from ((asked.ts, about, says) for says in _other_differs(asked, told, case))


def _entry_differs(asked: Asked, intent: j.Intent) -> list[str]:
    side = 1 if intent.units > 0 else -1
    target = intent.price + side * intent.target if intent.target else 0
    decided = {
        "account": intent.account,
        "instrument": intent.instrument,
        "units": intent.units,
        "stop": intent.stop,
        "target": target,
        "bound": intent.bound,
    }
    found = [
        f"{name}: decided is {value}, the bytes say {getattr(asked, name)}"
        for name, value in decided.items()
        if getattr(asked, name) != value
    ]
    if intent.bound and side * (intent.bound - intent.price) < 0:
        found.append(f"bound: the worst price {intent.bound} is better than the price {intent.price}")
    return found


def _other_differs(asked: Asked, told: Told, case: Case) -> list[str]:
    """Hold a request to leave or to move a stop against the position it names."""
    position = next((p for p in told.positions.values() if p.venue_position == asked.trade), None)
    if position is None:
        gone = next((p for p in told.gone.values() if p.venue_position == asked.trade), None)
        return [] if gone is not None else [f"position {asked.trade} of the broker is not known here"]
    if asked.verb == "leave":
        wanted = [abs(o.units) for o in told.orders.values() if o.is_exit and o.position == position.id]
        if asked.units and asked.units not in wanted:
            return [f"units: to leave {wanted} was decided, the bytes say {asked.units}"]
        return []
    decided = _stops_decided(case, position.id, asked.ts)
    return (
        [] if asked.stop in decided else [f"stop: decided are {sorted(decided)}, the bytes say {asked.stop}"]
    )


def _stops_decided(case: Case, position: str, ts: int) -> set[int]:
    """Give every price at which the stop of a position was to be, or rested, by a time."""
    decided: set[int] = set()
    distance = 0
    for row in case.journal:
        if row.entry.ts > ts:
            break
        match row.entry:
            case j.Intent() as e if e.order == position:
                distance = e.stop if e.units > 0 else -e.stop
            case j.Filled() as e if e.position == position:
                decided |= {e.stop, e.price - distance}
            case j.StopIntent() | j.StopSet() | j.Adopted() as e if e.position == position:
                decided.add(e.stop)
    return decided - {0}
