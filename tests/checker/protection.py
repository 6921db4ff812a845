"""Protection: entries have stops, no stop loosens, exits leave: I11 I13 I20."""

from __future__ import annotations

from checker.bare import our_trades
from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import told_by, walked
from checker.windows import most_in
from checker.world import SECOND, Rests, Traded
from tickwise.journal import entries as j

REDUCES = ("leave", "set_stop", "cancel")


@invariant("I11")
def no_entry_without_a_stop(case: Case) -> Found:
    """Every entry that is decided and every one that leaves carries a stop."""
    for row in case.journal:
        if isinstance(row.entry, j.Intent) and row.entry.stop <= 0:
            yield (
                row.entry.ts,
                row.entry.order,
                f"an entry is decided with a stop, its distance is {row.entry.stop}",
            )
    for asked in case.requests:
        if asked.verb == "enter" and asked.stop <= 0:
            yield asked.ts, asked.order, f"an entry leaves with a stop, the bytes say {asked.stop}"


@invariant("I13")
def never_looser(case: Case) -> Found:
    """We move a stop toward less risk only, but by a command."""
    stops: dict[str, int] = {}
    resting: dict[str, int] = {}
    units: dict[str, int] = {}
    ours = our_trades(case)
    for each in case.happened(Traded, Rests):
        assert isinstance(each, Traded | Rests)
        if isinstance(each, Traded):
            units[each.trade] = units.get(each.trade, 0) + each.units
            continue
        before, held = stops.get(each.trade, 0), units.get(each.trade, 0)
        stops[each.trade] = each.stop or before
        is_moved = each.stop != resting.get(each.trade, 0)
        resting[each.trade] = each.stop
        side = 1 if held > 0 else -1
        is_looser = held and before and is_moved and (each.stop == 0 or side * (each.stop - before) < 0)
        if each.by == "client" and is_looser and not _commanded(case, ours.get(each.trade, ""), each):
            yield (
                each.ts,
                ours.get(each.trade, each.trade),
                f"a stop at {before} moves toward less risk, not to {each.stop}",
            )


def _commanded(case: Case, position: str, moved: Rests) -> bool:
    """Tell whether the journal cites a command for a stop."""
    commands = {row.entry.command for row in case.journal if isinstance(row.entry, j.CommandStarted)}
    return any(
        isinstance(row.entry, j.StopIntent)
        and row.entry.position == position
        and row.entry.stop == moved.stop
        and row.entry.ts <= moved.ts
        and any(command in row.entry.reason for command in commands)
        for row in case.journal
    )


@invariant("I20")
def exits_always_leave(case: Case) -> Found:
    """Nothing denies what reduces risk, it does not wait, and a part of the budget is kept for it."""
    yield from _denied(case)
    yield from _waited(case)
    rules = case.rules
    if rules.requests_per_s:
        share = int(rules.requests_per_s * (1.0 - rules.kept_fraction))
        others = [asked.ts for asked in case.requests if asked.verb not in REDUCES]
        for ts, count in most_in(others, SECOND, share):
            yield (
                ts,
                "",
                f"{share} requests a second that reduce no risk, the rest is kept; these are {count}",
            )


def _denied(case: Case) -> Found:
    """Find exits that were not let out and not asked for again while the position stayed open."""
    for row, told in walked(case):
        entry = row.entry
        order = told.orders.get(getattr(entry, "order", ""))
        if not isinstance(entry, j.Denied) or order is None or not order.is_exit:
            continue
        due = entry.ts + case.rules.exit_again_ns
        again = any(
            isinstance(other.entry, j.ExitIntent)
            and other.entry.position == order.position
            and other.seq > row.seq
            and other.entry.ts <= due
            for other in case.journal
        )
        if not again and order.position in told_by(case, due).positions and due <= case.end_ts:
            yield entry.ts, order.id, f"no gate, halt or limit denies an exit, this one was: {entry.why}"


def _waited(case: Case) -> Found:
    """Find exits that were decided and did not leave in time, though their position was open."""
    if not case.requests:
        return
    delay = case.rules.exit_delay_ns
    for row in case.journal:
        exit_ = row.entry
        if not isinstance(exit_, j.ExitIntent) or exit_.ts + delay > case.end_ts:
            continue
        if any(exit_.ts <= stop.ts <= exit_.ts + delay for stop in case.stops):
            continue
        told = told_by(case, exit_.ts + delay)
        order = told.orders[exit_.order]
        if order.state == "intended" and exit_.position in told.positions:
            yield exit_.ts, exit_.order, f"an exit leaves within {delay / SECOND:.1f} s, this one did not"
