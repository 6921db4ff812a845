"""How often the venue is asked: within the budget (I22), and never again for an order (I24)."""

from __future__ import annotations

from checker.case import Case
from checker.invariants import Found, invariant
from checker.windows import largest_in, most_in
from checker.world import MINUTE, SECOND


@invariant("I22")
def within_budget(case: Case) -> Found:
    """In every stretch of a second and of a minute, requests and new connections keep to their budget."""
    times = [asked.ts for asked in case.requests]
    budgets = (
        ("requests", times, SECOND, case.rules.requests_per_s),
        ("requests", times, MINUTE, case.rules.requests_per_min),
        ("new connections", list(case.connects), SECOND, case.rules.connections_per_s),
    )
    for what, found, span, limit in budgets:
        if limit:
            for ts, count in most_in(found, span, limit):
                yield ts, what, f"{limit} in {span // SECOND} s at most, these are {count}"


@invariant("I24")
def never_again(case: Case) -> Found:
    """No transport sends an order again, and an outage does not multiply requests."""
    sent: dict[str, int] = {}
    for asked in case.requests:
        if asked.verb != "enter":
            continue
        before = sent.setdefault(asked.payload, asked.ts)
        if before != asked.ts:
            after = (asked.ts - before) / SECOND
            yield asked.ts, asked.order, f"the bytes of an order leave once, these left {after:.3f} s before"
    yield from _amplified(case)


def _amplified(case: Case) -> Found:
    """Hold the busiest minute of each outage against the busiest one outside of all."""
    if not case.outages:
        return
    times = [asked.ts for asked in case.requests]

    def in_outage(ts: int) -> bool:
        return any(since <= ts < until for since, until in case.outages)

    normal = largest_in([ts for ts in times if not in_outage(ts)], MINUTE)
    limit = int(normal * case.rules.amplified_max)
    for since, until in case.outages:
        for ts, count in most_in([ts for ts in times if since <= ts < until], MINUTE, limit):
            yield (
                ts,
                "requests",
                f"a minute of an outage has {limit} at most, {normal} are usual; this has {count}",
            )
