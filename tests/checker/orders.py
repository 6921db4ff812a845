"""Orders: an intent is one order, written first, with one end, out of doubt by evidence: I1 to I4 and I6."""

from __future__ import annotations

from collections import Counter, defaultdict

from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import walked
from checker.world import Asked, Made, Over, Traded
from tickwise.journal import entries as j

RISKY = ("enter", "leave", "set_stop", "cancel")


@invariant("I1")
def one_order(case: Case) -> Found:
    """An intent id is used once, sent once, and at most one order at the broker bears it."""
    intents: Counter[str] = Counter()
    for row in case.journal:
        if isinstance(row.entry, j.Intent | j.ExitIntent):
            intents[row.entry.order] += 1
            if intents[row.entry.order] == 2:
                yield (
                    row.entry.ts,
                    row.entry.order,
                    "the id of an intent is used for one intent, this is the second",
                )
    made: Counter[tuple[str, str]] = Counter()
    for each in case.happened(Made):
        assert isinstance(each, Made)
        if each.ours in intents:
            made[each.account, each.ours] += 1
            if made[each.account, each.ours] > 1:
                yield each.ts, each.ours, f"the broker has one order of an intent, {each.order} is another"
    yield from _sent_once(case)
    yield from _left_once(case)


def _sent_once(case: Case) -> Found:
    """Hold the number of sendings of each id against what the broker allows."""
    sent: dict[str, list[Asked]] = defaultdict(list)
    for asked in case.requests:
        if asked.verb in ("enter", "leave") and asked.order:
            sent[asked.order].append(asked)
    for order, times in sent.items():
        if len(times) > case.rules.send_max:
            late = times[case.rules.send_max]
            yield late.ts, order, f"an intent is sent {case.rules.send_max} times at most, this is one more"
        other = next((each for each in times if each.payload != times[0].payload), None)
        if other is not None:
            yield other.ts, order, "an intent that is sent again is the same bytes, these are others"


def _left_once(case: Case) -> Found:
    """Hold requests to leave that bear no id of ours against the intents to leave that position."""
    at_venue: dict[str, str] = {}
    wanted: Counter[str] = Counter()
    for row in case.journal:
        match row.entry:
            case j.Filled(venue_position=trade, position=position) if trade:
                at_venue[position] = trade
            case j.Adopted(venue_id=trade, position=position):
                at_venue[position] = trade
    for row in case.journal:
        if isinstance(row.entry, j.ExitIntent) and row.entry.position in at_venue:
            wanted[at_venue[row.entry.position]] += 1
    left: Counter[str] = Counter()
    for asked in case.requests:
        if asked.verb == "leave" and not asked.order and asked.trade:
            left[asked.trade] += 1
            if left[asked.trade] > wanted[asked.trade] * case.rules.send_max:
                yield (
                    asked.ts,
                    f"position {asked.trade}",
                    f"{wanted[asked.trade]} intents to leave it, and this is request {left[asked.trade]}",
                )


@invariant("I2")
def written_first(case: Case) -> Found:
    """What changes risk leaves after its intent is durable and a send mark of its bytes is written."""
    marks: dict[str, list[tuple[int, j.Sent]]] = defaultdict(list)
    decided: dict[str, int] = {}
    number = 0
    for row, told in walked(case):
        if isinstance(row.entry, j.Sent):
            marks[row.entry.payload].append((row.seq, row.entry))
            if number and row.entry.number != number + 1:
                yield (
                    row.entry.ts,
                    row.entry.order,
                    f"send mark {number + 1} is next, this is {row.entry.number}",
                )
            number = row.entry.number
            is_known = row.entry.order in told.orders or row.entry.verb in ("set_stop", "cancel")
            if not is_known:
                yield row.entry.ts, row.entry.order, "a send mark follows its intent, there is none before it"
        elif isinstance(row.entry, j.Intent | j.ExitIntent):
            decided.setdefault(row.entry.order, row.seq)
    for asked in case.requests:
        if asked.verb not in RISKY:
            continue
        fitting = [mark for mark in marks[asked.payload] if mark[1].ts <= asked.ts]
        if not fitting:
            if not _lost_with_a_process(case, asked.ts):
                yield (
                    asked.ts,
                    _name(asked),
                    f"a send mark with payload {asked.payload[:12]} stands first, there is none",
                )
            continue
        _, mark = fitting[0]
        marks[asked.payload].remove(fitting[0])
        if asked.order and mark.order != asked.order:
            yield asked.ts, asked.order, f"the send mark of these bytes names {mark.order}"
        seq = decided.get(mark.order)
        if seq is not None and case.durable and _durable(case, asked.ts) < seq:
            yield (
                asked.ts,
                mark.order,
                f"its intent, entry {seq}, is on disk first; {_durable(case, asked.ts)} are",
            )


def _lost_with_a_process(case: Case, ts: int) -> bool:
    """Tell whether a send mark of this moment may have been lost: it need not be durable, its intent must."""
    stop = next((stop for stop in case.stops if stop.ts >= ts), None)
    if stop is None:
        return False
    kept = [row for row in case.journal if row.seq <= stop.durable_seq]
    return not kept or kept[-1].entry.ts <= ts


def _durable(case: Case, ts: int) -> int:
    return max((seq for at, seq in case.durable if at <= ts), default=0)


def _name(asked: Asked) -> str:
    return asked.order or f"{asked.verb} {asked.trade}"


@invariant("I3")
def one_end(case: Case) -> Found:
    """Every intent comes to exactly one end; unknown is none."""
    patience = case.rules.terminal_ns + case.rules.lateness_ns
    last = None
    for row, told in walked(case):
        last = told
        if isinstance(row.entry, j.Ended | j.Denied) and row.entry.order in told.orders:
            was = told.orders[row.entry.order]
            if was.ends and was.ends[-1] != "never_received":
                yield row.entry.ts, was.id, f"an order ends once: it was {was.ends[-1]} and ends again"
    end = case.end_ts or (case.journal[-1].entry.ts if case.journal else 0)
    for order in last.orders.values() if last else ():
        if order.works and order.decided_ts + patience < end:
            yield order.decided_ts, order.id, f"every intent comes to an end, it is still {order.state}"


@invariant("I4")
def out_of_doubt_by_evidence(case: Case) -> Found:
    """An unknown order ends by a word of the broker's that is in its truth, or by evidence."""
    proven: dict[str, j.Evidence] = {}
    for row, told in walked(case):
        entry = row.entry
        if isinstance(entry, j.Evidence):
            proven[entry.order] = entry
            yield from _sound(case, entry, told)
        order = told.orders.get(getattr(entry, "order", ""))
        if order is None or order.state != "unknown" or not _moves(entry):
            continue
        if isinstance(entry, j.Ended) and entry.status == "never_received":
            found = proven.get(order.id)
            if found is None or found.found:
                yield (
                    entry.ts,
                    order.id,
                    "never received is said by evidence that it was not found, there is none",
                )
        elif isinstance(entry, j.Denied) or getattr(entry, "by", "venue") == "core":
            yield entry.ts, order.id, "an unknown order ends by the broker's word, this is our own"
        elif not getattr(entry, "mark", 0) and order.id not in proven:
            yield entry.ts, order.id, "an unknown order ends by a change of the broker's, this names no mark"
        elif getattr(entry, "mark", 0) and not _is_true(case, entry, order.id, order.account):
            yield entry.ts, order.id, f"the broker's change {entry.mark} is no {type(entry).__name__} of it"  # type: ignore[attr-defined]


def _moves(entry: j.Entry) -> bool:
    return isinstance(entry, j.Accepted | j.Filled | j.Reduced | j.Ended | j.Denied)


def _sound(case: Case, evidence: j.Evidence, told: object) -> Found:
    """Hold evidence that an order was not found against when it was sent, and against the truth."""
    order = told.orders.get(evidence.order)  # type: ignore[attr-defined]
    if order is None or evidence.found:
        return
    if order.mark < evidence.since:
        yield (
            evidence.ts,
            order.id,
            f"it was looked for since {evidence.since}, it was sent at mark {order.mark}",
        )
    sent = order.sent_ts or order.decided_ts
    if evidence.ts <= sent + case.rules.lateness_ns:
        waited = (evidence.ts - sent) / 1e9
        yield (
            evidence.ts,
            order.id,
            f"the broker may act for {case.rules.lateness_ns / 1e9:.0f} s, {waited:.1f} were waited",
        )
    made = next((m for m in case.happened(Made) if m.ours == order.id and m.ts <= evidence.ts), None)  # type: ignore[union-attr]
    if made is not None:
        yield evidence.ts, order.id, f"called not found, and the broker has it since {made.mark}"  # type: ignore[union-attr]


def _is_true(case: Case, entry: j.Entry, order: str, account: str) -> bool:
    """Tell whether the broker knows a change with this mark that names this order, or none."""
    if case.truth is None:
        return True
    mark = entry.mark  # type: ignore[attr-defined]
    fitting = [
        each
        for each in case.happened(Made, Over, Traded)
        if each.mark == mark and each.account == account  # type: ignore[union-attr]
    ]
    return any(each.ours in (order, "") for each in fitting)  # type: ignore[union-attr]


@invariant("I6")
def filled_once(case: Case) -> Found:
    """An execution of an account is applied once."""
    applied: dict[tuple[str, str], int] = {}
    for row, told in walked(case):
        entry = row.entry
        if not isinstance(entry, j.Filled | j.Reduced):
            continue
        order = told.orders.get(entry.order)
        account = entry.account or (order.account if order else "")
        before = applied.setdefault((account, entry.execution), row.seq)
        if before != row.seq:
            says = f"execution {entry.execution} is applied once, entry {before} did it before"
            yield entry.ts, entry.order or entry.position, says
