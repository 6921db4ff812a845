"""Positions without a stop at the broker: a person hears of it at once, and they are left: I12.

OANDA's stop is for all that is left of a trade, so a stop that rests is as large as what is open. The time
begins when the client could know: when what took the stop away was told whole by a stream or a read, or,
where the process ended, when the next one had held its books against the broker's. A broker that cannot be
reached, refuses, or has closed its market leaves a position open; then leaving it was asked for in time and
goes on being asked for, and a person was told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from checker.case import Case
from checker.invariants import Found, invariant
from checker.world import SECOND, Rests, Traded
from tickwise.journal import entries as j


class Bare(NamedTuple):
    """A time in which a position had no stop at the broker, and from when the client could know."""

    position: str
    since: int
    until: int
    known: int


@invariant("I12")
def never_bare(case: Case) -> Found:
    """A position has a stop at the broker; else there is an alarm within 1 s, and it is flat within 5 s."""
    for trade, name in our_trades(case).items():
        for bare in _bare(case, trade, name):
            yield from _left_at_last(case, bare)
            yield from _told(case, bare)
            yield from _flat(case, bare)


def our_trades(case: Case) -> dict[str, str]:
    """Name our positions by the broker's names of them, whether we know of them already or not."""
    ours = {}
    intents = {row.entry.order for row in case.journal if isinstance(row.entry, j.Intent)}
    for each in case.happened(Traded):
        if isinstance(each, Traded) and each.ours in intents and each.cause == "entry":
            ours.setdefault(each.trade, each.ours)
    for row in case.journal:
        match row.entry:
            case j.Filled(venue_position=trade, position=name) if trade:
                ours[trade] = name
            case j.Adopted(venue_id=trade, position=name):
                ours[trade] = name
    return ours


def _bare(case: Case, trade: str, name: str) -> Iterator[Bare]:
    """Give the times in which a position is open at the broker and has no stop there."""
    units, stop, begun = 0, 0, None
    events = [each for each in case.happened(Traded, Rests) if each.trade == trade]  # type: ignore[union-attr]
    for at, each in enumerate(events):
        assert isinstance(each, Traded | Rests)
        if isinstance(each, Traded):
            units += each.units
        else:
            stop = each.stop
        more = at + 1 < len(events) and events[at + 1].ts == each.ts
        is_bare = units != 0 and stop == 0
        if is_bare and begun is None and not more:
            begun = each
        elif not is_bare and begun is not None:
            yield Bare(name, begun.ts, each.ts, _known(case, begun, name))
            begun = None
    if begun is not None:
        yield Bare(name, begun.ts, case.end_ts, _known(case, begun, name))


def _known(case: Case, begun: Traded | Rests, name: str) -> int:
    """Give when the client could know: told by bytes, or by its own journal; an adopted one not before."""
    known, adopted = max(begun.ts, begun.visible_ts), 0
    for row in case.journal:
        entry = row.entry
        if begun.ts <= entry.ts < known and getattr(entry, "mark", 0) >= begun.mark:
            known = entry.ts
        if isinstance(entry, j.Adopted) and entry.position == name:
            adopted = entry.ts
    return max(known, adopted)


def _left_at_last(case: Case, bare: Bare) -> Found:
    """Find what was not even left by a bound that holds whether anybody could know or not."""
    due = bare.since + case.rules.bare_ns_max
    if bare.until > due and not _exits(case, bare, due):
        allowed = case.rules.bare_ns_max / SECOND
        says = (
            f"no stop at the broker for {(bare.until - bare.since) / SECOND:.3f} s, {allowed:.3f} s at most"
        )
        yield due, bare.position, f"{says}, and nothing leaves the position"


def _told(case: Case, bare: Bare) -> Found:
    """Find a position of which no person heard in time."""
    due = case.due(bare.known, case.rules.bare_alarm_ns)
    if min(bare.until, case.end_ts) > due and not _alarms(case, bare, due):
        within = f"{case.rules.bare_alarm_ns / SECOND:.3f} s"
        yield (
            due,
            bare.position,
            f"a person hears within {within} that it has no stop, nobody did",
        )


def _flat(case: Case, bare: Bare) -> Found:
    """Find a position that was not left in time, where the broker had no part in it."""
    due = case.due(bare.known, case.rules.bare_flat_ns)
    if min(bare.until, case.end_ts) <= due:
        return
    within = f"{case.rules.bare_flat_ns / SECOND:.3f} s"
    asked = _asked_out(case, bare)
    if not any(ts <= due for ts in asked):
        yield (
            due,
            bare.position,
            f"without a stop it is flat within {within}, nothing sent leaves it",
        )
        return
    told = due + case.rules.bare_alarm_ns
    if min(bare.until, case.end_ts) > told and "not_flat" not in _alarms(case, bare, told):
        yield told, bare.position, f"without a stop it is flat within {within}, it is not and nobody was told"
    for before, after in zip(asked, [*asked[1:], min(bare.until, case.end_ts)], strict=True):
        again = case.due(before, case.rules.bare_again_ns)
        if after > again:
            most = f"{case.rules.bare_again_ns / SECOND:.0f} s"
            yield again, bare.position, f"leaving it is asked for again within {most}, it was not"


def _exits(case: Case, bare: Bare, due: int) -> set[str]:
    """Give the orders by which a position was to be left that were decided by a time."""
    return {
        row.entry.order
        for row in case.journal
        if isinstance(row.entry, j.ExitIntent) and row.entry.position == bare.position and row.entry.ts <= due
    }


def _asked_out(case: Case, bare: Bare) -> list[int]:
    """Give when leaving a position was sent: while it had no stop, or before and without an end by then."""
    exits, asked, under_way = _exits(case, bare, bare.until), [], {}
    for row in case.journal:
        match row.entry:
            case j.Sent(verb="leave", order=order, ts=ts) if order in exits and ts <= bare.until:
                asked.append(ts)
                under_way[order] = ts
            case j.Ended(order=order, ts=ts) if order in under_way and ts < bare.since:
                asked.remove(under_way.pop(order))
    return asked


def _alarms(case: Case, bare: Bare, due: int) -> set[str]:
    """Give what a person was told of a position while it had no stop, by a time."""
    return {
        row.entry.what
        for row in case.journal
        if isinstance(row.entry, j.Alarm)
        and row.entry.level == "critical"
        and row.entry.says.partition(":")[0] == bare.position
        and bare.since <= row.entry.ts <= due
    }
