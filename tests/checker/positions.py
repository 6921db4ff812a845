"""Positions and money: ours are the broker's, what is not ours is seen and counts: I7 to I10 and I14."""

from __future__ import annotations

from collections import Counter

from checker.case import Cap, Case
from checker.invariants import Found, invariant
from checker.told import Order, Told, told_by, walked
from checker.world import FOREVER, SECOND, Asked, Made, Over, Paid, Traded
from tickwise.journal import entries as j


@invariant("I7")
def same_positions(case: Case) -> Found:
    """Where all is quiet, what the journal holds open is what the broker holds open, to the unit."""
    if case.truth is None:
        return
    for ts in case.quiet:
        ours = _held(told_by(case, ts))
        theirs: Counter[tuple[str, str, str]] = Counter()
        for each in case.happened(Traded):
            assert isinstance(each, Traded)
            if each.ts <= ts:
                theirs[each.account, each.instrument, each.trade] += each.units
        for key in sorted(ours.keys() | theirs.keys()):
            if ours[key] != theirs[key]:
                account, instrument, trade = key
                yield (
                    ts,
                    f"{instrument} {trade} of {account}",
                    f"the broker has {theirs[key]} units, we {ours[key]}",
                )


def _held(told: Told) -> Counter[tuple[str, str, str]]:
    """Give the units of each position, foreign ones too, by account, instrument and the broker's name."""
    held: Counter[tuple[str, str, str]] = Counter()
    for position in told.positions.values():
        held[position.account, position.instrument, position.venue_position] += position.units
    for foreign in told.foreign.values():
        held[foreign.account, foreign.instrument, foreign.venue_id] += foreign.units
    return held


@invariant("I8")
def same_money(case: Case) -> Found:
    """Where all is quiet, profit, costs and flows of the journal are the change of the broker's balance."""
    if case.truth is None:
        return
    yield from _balances_told(case)
    for ts in case.quiet:
        ours: dict[str, int] = {}
        for row in case.journal:
            if row.entry.ts <= ts:
                _book(ours, row.entry)
        theirs: dict[str, int] = {}
        for each in case.happened(Traded, Paid):
            assert isinstance(each, Traded | Paid)
            if each.ts <= ts:
                theirs[each.account] = each.balance
        for account in sorted(ours.keys() & theirs.keys()):
            if abs(ours[account] - theirs[account]) > case.rules.cash_tolerance:
                says = (
                    f"the broker has {theirs[account] / 1e6:.6f}, our bookings make {ours[account] / 1e6:.6f}"
                )
                yield ts, account, says


def _book(balances: dict[str, int], entry: j.Entry) -> None:
    """Add what an entry moves to an account whose opening balance is known."""
    match entry:
        case j.BalanceSeen(why="opening"):
            balances[entry.account] = entry.balance
        case j.BalanceSeen() if entry.account in balances:
            balances[entry.account] += entry.flow
        case j.Filled() if entry.account in balances:
            balances[entry.account] -= entry.commission
        case j.Reduced() if entry.account in balances:
            balances[entry.account] += entry.gross - entry.commission + entry.financing


def _balances_told(case: Case) -> Found:
    """Hold each balance that an entry tells against the broker's at that change."""
    theirs = {
        (each.account, each.mark): each.balance  # type: ignore[union-attr]
        for each in case.happened(Traded, Paid)
    }
    for row in case.journal:
        entry = row.entry
        if not isinstance(entry, j.Filled | j.Reduced | j.BalanceSeen) or not entry.balance:
            continue
        balance = theirs.get((entry.account, entry.mark), entry.balance)
        if balance != entry.balance:
            says = f"after change {entry.mark} the balance is {balance / 1e6:.6f}"
            yield entry.ts, entry.account, f"{says}, told is {entry.balance / 1e6:.6f}"


@invariant("I9")
def foreign_seen(case: Case) -> Found:
    """What the broker has and we did not ask for is counted in time; nothing is entered there until then."""
    yield from _not_taken_in(case)
    seen, asked = _first_seen(case)
    intents = {r.entry.order for r in case.journal if isinstance(r.entry, j.Intent | j.ExitIntent)}
    over = _over(case)
    begun: set[str] = set()
    for each in case.happened(Made, Traded):
        assert isinstance(each, Made | Traded)
        name = each.trade if isinstance(each, Traded) else each.order
        if name in begun or each.ours in intents or (isinstance(each, Made) and each.trade):
            continue
        begun.add(name)
        due = each.visible_ts + case.rules.foreign_ns
        at = seen.get((each.account, name))
        if due < over.get((each.account, name), due + 1) and due <= case.end_ts and (at is None or at > due):
            late = "it never was" if at is None else f"it was after {(at - each.visible_ts) / SECOND:.3f} s"
            yield (
                due,
                name,
                f"what is not ours is counted within {case.rules.foreign_ns / SECOND:.0f} s, {late}",
            )
        until = min(over.get((each.account, name), case.end_ts + 1), case.end_ts + 1 if at is None else at)
        for entry in asked:
            if entry.instrument == each.instrument and each.visible_ts < entry.ts < until:
                yield (
                    entry.ts,
                    entry.order,
                    f"nothing is entered there before {name}, which is not ours, is counted",
                )


def _not_taken_in(case: Case) -> Found:
    """Find positions of our own orders that the journal did not take in within the same time."""
    intents = {row.entry.order for row in case.journal if isinstance(row.entry, j.Intent)}
    seen, _ = _first_seen(case)
    for each in case.happened(Traded):
        assert isinstance(each, Traded)
        if each.cause != "entry" or each.ours not in intents:
            continue
        due = case.due(_believed(case, each.account, each.visible_ts), case.rules.foreign_ns)
        at = seen.get((each.account, each.trade))
        if due <= case.end_ts and (at is None or at > due):
            late = "it never was" if at is None else f"it was after {(at - each.visible_ts) / SECOND:.3f} s"
            within = f"{case.rules.foreign_ns / SECOND:.0f} s"
            yield due, each.ours, f"what was filled of ours is taken in within {within}, {late}"


def _believed(case: Case, account: str, known: int) -> int:
    """Give from when the changes of an account are believed that were told at a time.

    A stream that was dead is believed when what it missed was read; until then nothing enters.
    """
    is_live, limit = True, case.rules.foreign_ns
    for row in case.journal:
        entry = row.entry
        if not isinstance(entry, j.Connection) or entry.stream != f"changes of {account}" or entry.instrument:
            continue
        if is_live and entry.ts > known + limit:
            break
        if entry.live and not is_live:
            known = max(known, entry.ts)
        is_live = entry.live
    return known if is_live else FOREVER


def _first_seen(case: Case) -> tuple[dict[tuple[str, str], int], list[Asked]]:
    """Give when each foreign thing was first counted or found to be ours, and the entries that left."""
    seen: dict[tuple[str, str], int] = {}
    for row in case.journal:
        match row.entry:
            case j.ForeignSeen() as e:
                seen.setdefault((e.account, e.venue_id), e.ts)
            case j.Adopted() as e:
                seen.setdefault((e.account, e.venue_id), e.ts)
            case j.Filled() as e:
                seen.setdefault((e.account, e.venue_position), e.ts)
    return seen, [asked for asked in case.requests if asked.verb == "enter"]


def _over(case: Case) -> dict[tuple[str, str], int]:
    """Give when positions and orders of the broker ended."""
    over: dict[tuple[str, str], int] = {}
    units: Counter[tuple[str, str]] = Counter()
    for each in case.happened(Traded, Over):
        if isinstance(each, Traded):
            units[each.account, each.trade] += each.units
            if units[each.account, each.trade] == 0:
                over[each.account, each.trade] = each.ts
            over.setdefault((each.account, each.order), each.ts)
        elif isinstance(each, Over):
            over.setdefault((each.account, each.order), each.ts)
    return over


@invariant("I10")
def all_counts(case: Case) -> Found:
    """At each entry what is open, on its way, unknown and foreign, with this one, keeps to every cap."""
    for row, told in walked(case):
        entry = row.entry
        if not isinstance(entry, j.Sent) or entry.verb != "enter" or entry.order not in told.orders:
            continue
        order = told.orders[entry.order]
        for cap in case.rules.caps:
            if not _concerns(cap, order):
                continue
            units, count = _exposure(told, cap, order)
            name = f"{cap.scope} {getattr(order, cap.scope, '')}".rstrip()
            if cap.units_max and units > cap.units_max:
                yield entry.ts, order.id, f"{cap.units_max} units at most in {name}, with this one {units}"
            if cap.count_max and count > cap.count_max:
                yield entry.ts, order.id, f"{cap.count_max} at most in {name}, this is number {count}"


def _concerns(cap: Cap, order: Order) -> bool:
    return cap.scope == "house" or cap.name in ("", getattr(order, cap.scope))


def _exposure(told: Told, cap: Cap, order: Order) -> tuple[int, int]:
    """Give units and number of all that may be open in an order's scope, the order included."""
    name = getattr(order, cap.scope, "")

    def inside(thing: object) -> bool:
        return cap.scope == "house" or getattr(thing, cap.scope, None) == name

    sizes = [abs(each.units) for each in told.positions.values() if inside(each)]
    sizes += [abs(each.left) for each in told.working() if inside(each) and each is not order]
    sizes += [abs(each.units) for each in told.foreign.values() if inside(each)]
    return sum(sizes) + abs(order.left), len(sizes) + 1


@invariant("I14")
def none_flips(case: Case) -> Found:
    """What is on its way to close is no more than what is open, and only an entry turns a position around."""
    for row, told in walked(case):
        entry = row.entry
        if not isinstance(entry, j.Sent) or entry.verb != "leave" or entry.order not in told.orders:
            continue
        order = told.orders[entry.order]
        position = told.positions.get(order.position)
        others = [
            each
            for each in told.orders.values()
            if each.is_exit and each.position == order.position and each.sent_seq and each is not order
        ]
        is_open = abs(position.units) if position else 0
        parts = [abs(each.left) for each in (order, *others)]
        if case.rules.whole_closes_once and position:
            parts = [part for part in parts if part < is_open]
        closing = sum(parts)
        if closing > is_open:
            yield (
                entry.ts,
                order.id,
                f"{is_open} units of {order.position} are open, {closing} are on their way out",
            )
        if position is not None and order.units * position.units > 0:
            yield (
                entry.ts,
                order.id,
                f"{position.units} units are left by units of the other sign, not {order.units}",
            )
    yield from _turned_around(case)


def _turned_around(case: Case) -> Found:
    """Find positions at the broker that went through zero by anything but an entry."""
    trades: Counter[tuple[str, str]] = Counter()
    nets: Counter[tuple[str, str]] = Counter()
    for each in case.happened(Traded):
        assert isinstance(each, Traded)
        trade, net = (each.account, each.trade), (each.account, each.instrument)
        if trades[trade] * (trades[trade] + each.units) < 0:
            says = f"the position goes from {trades[trade]} to {trades[trade] + each.units} units"
            yield each.ts, each.ours or each.trade, f"{says}, none turns around"
        if nets[net] * (nets[net] + each.units) < 0 and each.cause not in ("entry", "user"):
            says = (
                f"{each.instrument} goes from {nets[net]} to {nets[net] + each.units} units by {each.cause}"
            )
            yield each.ts, each.ours or each.trade, f"{says}, only an entry turns it around"
        trades[trade] += each.units
        nets[net] += each.units
