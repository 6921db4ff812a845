"""Halts: nothing enters after one, they last until a command, and repeats are one: I15 I17 I23."""

from __future__ import annotations

from collections import defaultdict

from checker.case import Case
from checker.invariants import Found, invariant, shown
from checker.told import Order, Told, walked
from checker.world import SECOND, Row
from tickwise.journal import entries as j

STOPS_ENTRIES = ("halt", "kill", "pause", "exit_only")


@invariant("I15")
def no_entry_after_a_halt(case: Case) -> Found:
    """No entry has a send mark behind a halt of its scope."""
    for row, told in walked(case):
        order = _entering(row, told)
        halt = _halt_of(told, order) if order else None
        if order and halt:
            yield row.entry.ts, order.id, f"no entry is sent after {_named(halt)}, this is entry {row.seq}"


def _entering(row: Row, told: Told) -> Order | None:
    """Give the order whose send mark an entry of the journal is, where it enters."""
    if isinstance(row.entry, j.Sent) and row.entry.verb == "enter":
        return told.orders.get(row.entry.order)
    return None


def _halt_of(told: Told, order: Order) -> Row | None:
    """Give the first switch that is on and stops the entries of an order."""
    scopes = (
        ("house", ""),
        ("account", order.account),
        ("instrument", order.instrument),
        ("bot", order.bot),
    )
    found = [
        told.switches[switch, scope, name]
        for switch in STOPS_ENTRIES
        for scope, name in scopes
        if (switch, scope, name) in told.switches
    ]
    return min(found, key=lambda row: row.seq, default=None)


def _named(row: Row) -> str:
    match row.entry:
        case j.Switched() as e:
            return f"the {e.switch} of {e.scope} {e.name}".rstrip() + f" in entry {row.seq}"
        case j.SwitchTripped() as e:
            return f"the kill of account {e.account} in entry {row.seq}"
    return f"entry {row.seq}"


@invariant("I17")
def halts_last(case: Case) -> Found:
    """A halt and a lost day outlive restart and reload, and end by a command that names a reason."""
    began = 0
    for row, told in walked(case):
        entry = row.entry
        if isinstance(entry, j.SessionOpened | j.SessionRecovered | j.Reloaded):
            began = row.seq
        yield from _lifted(entry, told)
        yield from _forgotten(case, entry, told)
        order = _entering(row, told)
        if order is None:
            continue
        halt = _halt_of(told, order)
        if halt is not None and halt.seq < began:
            yield entry.ts, order.id, f"{_named(halt)} outlives entry {began}, and this one is sent"
        lost = told.lost_days.get(order.account)
        if lost is not None and _same_day(case, lost, entry.ts):
            yield entry.ts, order.id, f"the day was lost at {shown(lost)}, nothing enters until the next one"


def _lifted(entry: j.Entry, told: Told) -> Found:
    """Find a switch that was lifted by anything but a command with a reason."""
    if not isinstance(entry, j.Switched) or entry.on or entry.switch == "pause":
        return
    name = f"{entry.switch} of {entry.scope} {entry.name}".rstrip()
    if not any(command.actor == entry.actor for command in told.commands.values()):
        yield (
            entry.ts,
            name,
            f"it is lifted by a person's command, none of {entry.actor or 'nobody'} is being run",
        )
    elif not entry.reason.strip():
        yield entry.ts, name, "it is lifted for a reason, none is named"


def _forgotten(case: Case, entry: j.Entry, told: Told) -> Found:
    """Find a session that opens without knowing that the day is lost."""
    if isinstance(entry, j.BalanceSeen) and entry.why == "opening" and not entry.day_lost:
        lost = told.lost_days.get(entry.account)
        if lost is not None and _same_day(case, lost, entry.ts):
            yield (
                entry.ts,
                entry.account,
                f"the day was lost at {shown(lost)}, the session opens as if it were not",
            )


def _same_day(case: Case, since: int, until: int) -> bool:
    return not any(since < start <= until for start in case.rules.day_starts)


@invariant("I23")
def repeats_are_stopped(case: Case) -> Found:
    """After so many entries in so long a bot is disabled until somebody enables it."""
    most, span = case.rules.repeat_max, case.rules.repeat_ns
    if not most:
        return
    sent: dict[str, list[int]] = defaultdict(list)
    since: dict[str, int] = {}
    for row, told in walked(case):
        if isinstance(row.entry, j.Switched) and not row.entry.on and row.entry.scope == "bot":
            since.pop(row.entry.name, None)
            sent.pop(row.entry.name, None)
        order = _entering(row, told)
        if order is None:
            continue
        if order.bot in since:
            says = (
                f"{most} entries in {span / SECOND:.0f} s disabled {order.bot} at {shown(since[order.bot])}"
            )
            yield row.entry.ts, order.id, f"{says}, nobody enabled it since"
        sent[order.bot] = [ts for ts in sent[order.bot] if ts > row.entry.ts - span] + [row.entry.ts]
        if len(sent[order.bot]) >= most:
            since.setdefault(order.bot, row.entry.ts)
