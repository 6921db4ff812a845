"""When the faults are over, all comes back by itself: I40."""

from __future__ import annotations

from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import told_by
from checker.world import SECOND
from tickwise.journal import entries as j


@invariant("I40")
def recovers(case: Case) -> Found:
    """After the faults: every stream lives and the books agree in a minute, no intent hangs after two."""
    if not case.calm_ts:
        return
    ready = case.calm_ts + case.rules.ready_ns
    if ready <= case.end_ts:
        yield from _not_ready(case, ready)
    quiet = case.calm_ts + case.rules.quiet_ns
    if case.rules.quiet_ns and quiet <= case.end_ts and not any(ts <= quiet for ts in case.quiet):
        within = f"{case.rules.quiet_ns / SECOND:.0f} s after the faults"
        yield quiet, "-", f"nothing is on its way and our books are the broker's {within}, they are not"
    terminal = case.calm_ts + case.rules.terminal_ns
    if terminal <= case.end_ts:
        yield from _hanging(case, terminal)


def _not_ready(case: Case, due: int) -> Found:
    told = told_by(case, due)
    within = f"within {case.rules.ready_ns / SECOND:.0f} s after the faults"
    for stream, dead in told.dead.items():
        for instrument, is_dead in dead.items():
            if is_dead:
                yield due, f"{stream} {instrument}".rstrip(), f"it lives {within}, it does not"
    for stream in case.rules.streams:
        if stream not in told.dead:
            yield due, stream, f"it lives {within}, nothing was heard of it"
    accounts = {lane.account for lane in told.lanes}
    agreed = {
        row.entry.account
        for row in case.journal
        if isinstance(row.entry, j.Reconciled) and case.calm_ts < row.entry.ts <= due
    }
    for account in sorted(accounts - agreed):
        yield due, account, f"its books are held against the venue's {within}, they were not"


def _hanging(case: Case, due: int) -> Found:
    """Find intents without an end, but those that wait for the broker's lateness bound."""
    told = told_by(case, due)
    for order in told.orders.values():
        is_late = (
            order.state == "unknown"
            and due - (order.sent_ts or order.decided_ts) <= 2 * case.rules.lateness_ns
        )
        if order.works and order.decided_ts < case.calm_ts and not is_late:
            within = f"{case.rules.terminal_ns / SECOND:.0f} s after the faults"
            yield due, order.id, f"it has come to its end {within}, it is still {order.state}"
