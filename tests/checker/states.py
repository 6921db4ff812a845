"""The listed edges: what may be told of an order and of a position next: I5."""

from __future__ import annotations

from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import Told, walked
from tickwise.journal import entries as j

EDGES: dict[str, tuple[str, ...]] = {
    "intended": ("sent", "denied", "unknown", "accepted", "filled", "ended"),
    "sent": ("accepted", "unknown", "filled", "ended"),
    "accepted": ("accepted", "unknown", "filled", "ended"),
    "partly_filled": ("accepted", "unknown", "filled", "ended"),
    "unknown": ("accepted", "unknown", "filled", "ended", "never_received"),
    "filled": ("accepted", "filled"),
    "closed_partial": ("accepted", "filled"),
    "cancelled": ("accepted", "filled"),
    "rejected": ("filled",),
    "expired": ("accepted", "filled"),
    "never_received": ("accepted", "filled", "ended"),
    "denied": (),
}
"""From each state of an order to what may be told of it next. An order that turns up after all is believed, a
fill that crosses an end too; a send mark may be lost with a process."""


@invariant("I5")
def listed_edges(case: Case) -> Found:
    """Orders and positions move along listed edges only."""
    for row, told in walked(case):
        entry = row.entry
        move = _move(entry)
        if move:
            name = entry.order  # type: ignore[attr-defined]
            order = told.orders.get(name)
            if order is None:
                if name and move != "filled":
                    yield entry.ts, name, f"{move} follows an intent, there is none"
            elif (order.is_exit or not isinstance(entry, j.Reduced)) and move not in EDGES[order.state]:
                yield entry.ts, name, f"{order.state} may not become {move}"
        yield from _positions(entry, told)


def _move(entry: j.Entry) -> str:
    """Name what an entry tells of an order; "" for nothing."""
    match entry:
        case j.Sent(verb="enter" | "leave"):
            return "sent"
        case j.Ended(status="never_received"):
            return "never_received"
        case j.Ended():
            return "ended"
        case j.Filled() | j.Reduced():
            return "filled"
        case j.Accepted() | j.Unknown() | j.Denied():
            return type(entry).__name__.lower()
    return ""


def _positions(entry: j.Entry, told: Told) -> Found:
    held = told.positions
    match entry:
        case j.Filled(position=name, added=added):
            if added != (name in held):
                was = "is open" if name in held else "is not open"
                yield entry.ts, name, f"a fill that {'adds' if added else 'opens'}, and the position {was}"
            elif added and held[name].units * entry.units < 0:
                yield entry.ts, name, "what adds to a position goes the way the position goes"
        case j.Reduced(position=name, units=units):
            if name not in held:
                yield entry.ts, name, "what is left was open before, this position is not"
            elif units * held[name].units <= 0 or abs(units) > abs(held[name].units):
                yield entry.ts, name, f"{units} of {held[name].units} units cannot be left"
            elif entry.left != held[name].units - units:
                yield (
                    entry.ts,
                    name,
                    f"{held[name].units - units} units stay open, the entry says {entry.left}",
                )
        case j.StopSet(position=name) | j.StopIntent(position=name):
            if name not in held:
                yield entry.ts, name, "a stop belongs to an open position, this one is not open"
        case j.Adopted(position=name):
            if name in held:
                yield entry.ts, name, "what is adopted was not ours before, this position is"
