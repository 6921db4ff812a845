"""What is kept and by whom: the chain, one run a seed, one holder, time in order: I25 I27 I31 I39."""

from __future__ import annotations

import json
import struct
from hashlib import sha256
from itertools import pairwise

from checker.case import Case
from checker.invariants import Found, invariant, shown
from checker.world import SECOND, Stored
from tickwise.journal import entries as j

FIRST = bytes(32)


@invariant("I25")
def chain_holds(case: Case) -> Found:
    """Numbers have no gap, every link follows from all before it, and no noted head is ahead of the end."""
    for before, row in pairwise(case.journal):
        if row.seq != before.seq + 1:
            yield (
                row.entry.ts,
                f"entry {row.seq}",
                f"entry {before.seq + 1} comes after {before.seq}, this does",
            )
    digest, seq = FIRST, 0
    entries = {row.seq: row.entry for row in case.journal}
    for stored in case.stored:
        problem = _problem(stored, seq, digest, entries.get(stored.seq))
        if problem:
            yield stored.ts, f"entry {stored.seq}", problem
        digest, seq = stored.digest, stored.seq
        if case.anchor and stored.seq == case.anchor[0] and stored.digest != case.anchor[1]:
            yield stored.ts, f"entry {stored.seq}", "its digest is the one that was noted, it is another"
    if case.anchor and case.stored and seq < case.anchor[0]:
        yield case.end_ts, f"entry {case.anchor[0]}", f"it was noted as written, the journal ends at {seq}"


def _problem(stored: Stored, seq: int, before: bytes, entry: j.Entry | None) -> str:
    """Say why a stored entry does not follow; "" where it does."""
    if stored.seq != seq + 1:
        return f"entry {seq + 1} comes after {seq}, this does"
    numbers = struct.pack(">qi", stored.seq, stored.version)
    if sha256(before + numbers + stored.body).digest() != stored.digest:
        return "its digest follows from all before it, it does not"
    said = json.loads(stored.body)
    if (said["kind"], said["ts"], said["event"]) != (stored.kind, stored.ts, stored.event):
        return "kind, time and event beside its bytes are those in them, they are others"
    if entry is not None and (entry.ts, entry.event) != (stored.ts, stored.event):
        return "what was read of it is what is stored, it is not"
    return ""


@invariant("I27")
def one_run_a_seed(case: Case) -> Found:
    """The same seed gives the same run in every process."""
    for number, trace in enumerate(case.traces[1:], 2):
        if trace != case.traces[0]:
            yield (
                case.end_ts,
                f"run {number}",
                f"it has the trace {case.traces[0][:12]} of the first, not {trace[:12]}",
            )


@invariant("I31")
def one_holder(case: Case) -> Found:
    """At most one process holds an account; only the holder writes and asks."""
    leases = sorted(case.leases)
    for before, lease in pairwise(leases):
        if lease.since < before.until and lease.owner != before.owner:
            yield (
                lease.since,
                lease.owner,
                f"one process holds an account, {before.owner} does until {shown(before.until)}",
            )
        if lease.owner != before.owner and lease.token <= before.token:
            yield (
                lease.since,
                lease.owner,
                f"a new holder has a token above {before.token}, this has {lease.token}",
            )
    for asked in case.requests if leases else ():
        if not any(lease.owner == asked.owner and lease.since <= asked.ts < lease.until for lease in leases):
            yield (
                asked.ts,
                asked.owner,
                f"only who holds the account sends, this is a {asked.verb} of another",
            )
    tokens = {lease.token for lease in leases}
    last = 0
    for seq, token in case.tokens:
        if token < last:
            yield _ts_of(case, seq), f"entry {seq}", f"token {last} has written, {token} writes no more"
        elif tokens and token not in tokens:
            yield _ts_of(case, seq), f"entry {seq}", f"only a holder writes, token {token} is none's"
        last = max(last, token)


def _ts_of(case: Case, seq: int) -> int:
    return next((row.entry.ts for row in case.journal if row.seq == seq), case.end_ts)


LATE_NS = 2 * SECOND
"""A day begins with the first timer behind its start."""


@invariant("I39")
def time_in_order(case: Case) -> Found:
    """Times and events of the journal never go back; each trading day begins once, when it begins."""
    for before, row in pairwise(case.journal):
        if row.entry.ts < before.entry.ts:
            back = (before.entry.ts - row.entry.ts) / SECOND
            yield row.entry.ts, f"entry {row.seq}", f"time never goes back, it does by {back:.3f} s"
        if row.entry.event < before.entry.event and not isinstance(row.entry, j.SessionOpened):
            yield (
                row.entry.ts,
                f"entry {row.seq}",
                f"event {before.entry.event} was taken, {row.entry.event} follows",
            )
    if case.rolls is None or not case.journal:
        return
    began = case.journal[0].entry.ts
    for start in (each for each in case.rules.day_starts if began < each < case.end_ts):
        times = [roll for roll in case.rolls if start <= roll < start + LATE_NS]
        if len(times) != 1:
            yield start, "trading day", f"it begins once, it did {len(times)} times"
    for roll in case.rolls:
        if not any(start <= roll < start + LATE_NS for start in case.rules.day_starts):
            yield roll, "trading day", "a day begins when the calendar says so, this one did not"
