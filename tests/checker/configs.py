"""What is run: live only when armed, one valid config, nothing dropped that is open: I35 I36 I37."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from typing import Any

from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import Told, take, told_by, walked
from checker.world import Asked, Row, Traded
from tickwise.journal import entries as j

ORDERS = ("enter", "leave", "set_stop", "cancel")


@invariant("I35")
def live_only_when_armed(case: Case) -> Found:
    """No byte reaches a live host unless the session is live and armed; no order before the books agree."""
    told, rows = Told(), iter(case.journal)
    pending: Row | None = next(rows, None)
    armed: dict[str, j.Armed] = {}
    reconciled: set[str] = set()
    for asked in sorted(case.requests, key=lambda each: each.ts):
        while pending is not None and pending.entry.ts <= asked.ts:
            if pending.entry.ts == asked.ts and isinstance(pending.entry, j.SessionRecovered):
                break  # a process that begins again first bears the time at which the last one ended
            match pending.entry:
                case j.Armed() as e:
                    armed[e.account] = e
                case j.SessionOpened() | j.SessionRecovered():
                    reconciled.clear()
                case j.Reconciled() as e:
                    reconciled.add(e.account)
            take(told, pending)
            pending = next(rows, None)
        yield from (
            (asked.ts, asked.order or asked.verb, says) for says in _unarmed(case, asked, told, armed)
        )
        if asked.verb == "enter" and asked.account not in reconciled:
            yield (
                asked.ts,
                asked.order,
                "an entry leaves after this process held its books against the venue's",
            )


def _unarmed(case: Case, asked: Asked, told: Told, armed: dict[str, j.Armed]) -> list[str]:
    """Say why a request may not reach its host."""
    if asked.host not in case.rules.live_hosts:
        return []
    if told.environment != "live":
        return [f"a {told.environment or 'new'} session reaches no live host, this reaches {asked.host}"]
    arming = armed.get(asked.account)
    if asked.verb not in ORDERS:
        return []
    if arming is None:
        return [f"an order reaches {asked.host} when its account is armed, {asked.account} is not"]
    if asked.ts >= arming.until:
        return [f"an order reaches {asked.host} while its account is armed, that is over"]
    if told.configs and arming.config_digest not in {each.digest for each in told.configs.values()}:
        return ["what was armed is the config that runs, it is another"]
    return []


@invariant("I36")
def one_valid_config(case: Case) -> Found:
    """What runs is one whole valid version with its hash; a file alone only tightens limits."""
    for row, told in walked(case):
        entry = row.entry
        if isinstance(entry, j.SessionOpened | j.Reloaded):
            for each in entry.configs:
                yield from ((entry.ts, each.bot, says) for says in _invalid(case, each))
        if isinstance(entry, j.Reloaded) and not _ordered(told):
            for each in entry.configs:
                before = told.configs.get(each.bot)
                for says in _loosened(case, before, each) if before else ():
                    yield entry.ts, each.bot, says
        if isinstance(entry, j.Intent) and told.configs and entry.bot not in told.configs:
            yield entry.ts, entry.order, f"a bot decides by a config of the journal, {entry.bot} has none"


def _invalid(case: Case, config: j.ConfigText) -> list[str]:
    """Say what is wrong with a config as it stands in the journal."""
    found = []
    if sha256(config.text.encode()).hexdigest() != config.digest:
        found.append("the digest is that of the text, it is another")
    try:
        tomllib.loads(config.text)
    except tomllib.TOMLDecodeError as error:
        return [*found, f"a config that runs can be read: {error}"]
    if not case.is_valid(config.text):
        found.append("a config that runs is valid, this one is not")
    return found


def _ordered(told: Told) -> bool:
    """Tell whether a person's command to reload is being run."""
    return any("reload" in command.verb for command in told.commands.values())


def _loosened(case: Case, before: j.ConfigText, now: j.ConfigText) -> list[str]:
    """Say which limits a file made looser by itself; a limit that is gone is looser."""
    found = []
    for path, sign in case.rules.looser.items():
        was, is_ = _at(before.text, path), _at(now.text, path)
        if was is not None and (is_ is None or sign * (is_ - was) > 0):
            found.append(f"a file alone only tightens, {path} goes from {was} to {is_}")
    return found


def _at(text: str, path: str) -> Any:
    """Give a setting of a config by its path, or None."""
    try:
        value: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


@invariant("I37")
def none_dropped_in_use(case: Case) -> Found:
    """A bot or instrument that is taken out with something open only leaves, until it is flat."""
    out: set[tuple[str, str]] = set()
    for row, told in walked(case):
        entry = row.entry
        if isinstance(entry, j.Reloaded) and entry.lanes:
            now = {(lane.bot, lane.instrument) for lane in entry.lanes}
            before = {(lane.bot, lane.instrument) for lane in told.lanes}
            out = (out | (before - now)) - now
            for bot, instrument in sorted(before - now):
                is_named = any(name in (bot, instrument) for name in entry.exit_only)
                if _is_open(told, bot, instrument) and not is_named:
                    yield (
                        entry.ts,
                        f"{bot} {instrument}",
                        "it is taken out and open, so it only leaves; that is not said",
                    )
        elif isinstance(entry, j.Intent) and (entry.bot, entry.instrument) in out:
            yield (
                entry.ts,
                entry.order,
                f"{entry.bot} {entry.instrument} was taken out and only leaves, this enters",
            )
    yield from _abandoned(case, out)


def _is_open(told: Told, bot: str, instrument: str) -> bool:
    places = [*told.positions.values(), *told.working()]
    return any((each.bot, each.instrument) == (bot, instrument) for each in places)


def _abandoned(case: Case, out: set[tuple[str, str]]) -> Found:
    """Find positions of what was taken out that the broker has and nobody here holds any more."""
    if case.truth is None or not out or not case.quiet:
        return
    told = told_by(case, case.quiet[-1])
    units: dict[str, int] = {}
    for each in case.happened(Traded):
        if isinstance(each, Traded) and each.ts <= case.quiet[-1]:
            units[each.trade] = units.get(each.trade, 0) + each.units
    known = {position.venue_position for position in told.positions.values()}
    bots = {order.id: (order.bot, order.instrument) for order in told.orders.values()}
    for each in case.happened(Traded):
        if (
            isinstance(each, Traded)
            and bots.get(each.ours) in out
            and units.get(each.trade)
            and each.trade not in known
        ):
            yield (
                case.quiet[-1],
                each.trade,
                f"it is open at the broker, and nobody here holds it since {each.ours}",
            )
