"""Commands to a running engine: each is claimed once, written down, done, and ended once with a result.

Reducing risk is never refused. A kill wins over a resume that comes at the same moment; a halt and a kill end
by `resume` with a reason alone. What asks positions to be left is done when the venue has confirmed it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

from tickwise.engine.answers import ENTRY
from tickwise.engine.book import NO_LANE, OrderState, PositionState
from tickwise.engine.clock import Time
from tickwise.engine.engine import Engine
from tickwise.journal import entries as j
from tickwise.journal.command_key import CommandKey
from tickwise.journal.commands import Claimed, finish, next_command
from tickwise.journal.database import Database
from tickwise.journal.schema import StoredCommand

Status: TypeAlias = Literal["SUCCEEDED", "FAILED", "SKIPPED"]

Held: TypeAlias = PositionState | OrderState
"""A position, or an entry that may become one."""

KILL_WINS_NS = 1_000_000_000
"""A resume so soon after a kill or a halt is taken to have crossed it."""

LOOK_S = 0.25
"""How often the table is looked at."""

FLAT_LOOK_S = 0.05

STOPS = "the engine stops"
"""Why everything is paused while a session is ended in order."""


class Ended(NamedTuple):
    """How a command ended, in words."""

    status: Status
    says: str


class WrongCommand(Exception):
    """A command that does not say what it must; its text goes into the result."""


def rests_at_the_venue(position: PositionState) -> bool:
    """Tell whether a position may outlive the engine: its stop is the broker's business."""
    return position.stop > 0


class Commander:
    """Does what commands ask of one engine."""

    def __init__(
        self,
        engine: Engine,
        end: Callable[[], None],
        reload: Callable[[dict[str, Any]], Awaitable[Ended]] | None = None,
        may_add_risk: Callable[[], str] = lambda: "",
        stays: Callable[[PositionState], bool] = rests_at_the_venue,
    ) -> None:
        """Serve an engine.

        `end` ends the session; `reload` swaps configs; `may_add_risk` says why no risk may be added now, ""
        where it may; `stays` tells which positions stay open when the session is ended.
        """
        self._engine, self._end, self._reload, self._may_add_risk = engine, end, reload, may_add_risk
        self._stays = stays
        self._switched_ts: dict[tuple[str, str], int] = {}

    async def run(self, command: StoredCommand) -> Ended:
        """Do one command. What it lacks or what cannot be is its result, never an error of ours."""
        verb = _VERBS.get(command.verb)
        if verb is None:
            return Ended("FAILED", f"no command {command.verb!r}; there is {', '.join(_VERBS)}")
        try:
            said = json.loads(command.arguments)
            if not isinstance(said, dict):
                raise WrongCommand("arguments must be a JSON object")
            done: Ended = await verb(self, said, command.actor)
        except (WrongCommand, json.JSONDecodeError) as error:
            return Ended("FAILED", str(error))
        return done

    # Switches.

    async def _pause(self, said: dict[str, Any], actor: str) -> Ended:
        scope, name = self._scope(said)
        return self._switch("pause", scope, name, said.get("reason", "by command"), actor)

    async def _halt(self, said: dict[str, Any], actor: str) -> Ended:
        scope, name = self._scope(said, ("house", "account"))
        return self._switch("halt", scope, name, said.get("reason", "by command"), actor)

    async def _kill(self, said: dict[str, Any], actor: str) -> Ended:
        scope, name = self._scope(said, ("house", "account"))
        self._switch("kill", scope, name, said.get("reason", "by command"), actor)
        return await self._until_flat(lambda p: scope == "house" or p.account == name)

    async def _flatten(self, said: dict[str, Any], actor: str) -> Ended:
        self._switch("flatten", "house", "", said.get("reason", "by command"), actor)
        return await self._until_flat(lambda position: True)

    async def _resume(self, said: dict[str, Any], actor: str) -> Ended:
        """Lift every switch of a scope: a reason is needed for more than a pause."""
        scope, name = self._scope(said)
        reason = str(said.get("reason", "")).strip()
        switches = self._engine.book.switches
        held = [key for key in switches if key[1:] == (scope, name) and key[0] != "day"]
        lost = self._lost_days(scope, name)
        if not held and not lost:
            return Ended("SKIPPED", f"nothing is switched off for {scope} {name}".rstrip())
        if not reason and (lost or any(switch != "pause" for switch, *_ in held)):
            raise WrongCommand("a halt, a kill and a lost day end with a reason only: --reason TEXT")
        refused = self._may_add_risk()
        if refused:
            return Ended("SKIPPED", refused)
        recent = max((self._switched_ts.get(key[1:], 0) for key in held), default=0)
        if self._engine.time.now_ns() - recent < KILL_WINS_NS and recent:
            return Ended("SKIPPED", "it was switched off within the last second: that wins; resume again")
        for switch, *_ in held:
            self._take_switch(switch, scope, name, False, reason, actor)
        for account in lost:
            self._take_switch("day", "account", account, True, reason, actor)
        return Ended("SUCCEEDED", "entries are allowed again")

    def _lost_days(self, scope: str, name: str) -> list[str]:
        """Name the accounts of a scope whose day is lost."""
        records, names = self._engine.live.session.records, self._engine.names
        lost = [each for each in names.accounts if records.accounts[names.account(each)]["day_lost"]]
        return [each for each in lost if scope == "house" or (scope, name) == ("account", each)]

    def _switch(self, switch: Any, scope: str, name: str, reason: str, actor: str) -> Ended:
        self._switched_ts[scope, name] = self._engine.time.now_ns()
        self._take_switch(switch, scope, name, True, reason, actor)
        return Ended("SUCCEEDED", f"{switch} of {scope} {name}".rstrip() + f": {reason}")

    def _take_switch(self, switch: Any, scope: Any, name: str, on: bool, reason: str, actor: str) -> None:
        self._engine.take(
            j.Switched(**ENTRY, switch=switch, scope=scope, name=name, on=on, reason=reason, actor=actor)
        )

    def _scope(
        self,
        said: dict[str, Any],
        allowed: tuple[str, ...] = ("house", "account", "instrument", "bot"),
    ) -> tuple[str, str]:
        """Read what a command is about: at most one of bot, instrument and account; else everything."""
        named = [(scope, str(said[scope])) for scope in allowed if said.get(scope)]
        if len(named) > 1:
            raise WrongCommand(f"name one of {', '.join(allowed[1:])}, or none for all")
        if not named:
            return "house", ""
        self._check_name(*named[0])
        return named[0]

    def _check_name(self, scope: str, name: str) -> None:
        names = self._engine.names
        there = {
            "account": list(names.accounts),
            "instrument": list(names.places),
            "bot": list(dict.fromkeys(lane.bot for lane in names.lanes)),
        }[scope]
        if name not in there:
            raise WrongCommand(f"no {scope} {name!r} in this session; there is {', '.join(there)}")

    # Positions.

    async def _close(self, said: dict[str, Any], actor: str) -> Ended:
        if position := said.get("position"):
            if position not in self._engine.book.positions:
                return Ended("SKIPPED", f"no open position {position!r}")
            return await self._leave_all([position], "command", actor)
        scope, name = self._scope(said)
        names = self._engine.names
        of: dict[str, Callable[[Held], bool]] = {
            "house": lambda held: True,
            "account": lambda held: held.account == name,
            "instrument": lambda held: held.instrument == name,
            "bot": lambda held: held.lane != NO_LANE and names.lanes[held.lane].bot == name,
        }
        return await self._leave_all(self._concerned(of[scope]), "command", actor)

    def _concerned(self, concerned: Callable[[Held], bool]) -> list[str]:
        """Name what is concerned of the positions, and of the entries that may still become one."""
        book = self._engine.book
        coming = [order for order in book.open_orders() if not order.is_exit]
        held: list[Held] = [*book.positions.values(), *coming]
        return list(dict.fromkeys(each.id for each in held if concerned(each)))

    async def _leave_all(self, held: list[str], reason: str, actor: str) -> Ended:
        """Leave positions, and what comes of entries as soon as it is one; wait until none is there."""
        book, waiting = self._engine.book, list(held)
        while any(name in book.positions or name in book.working for name in held):
            for position in [book.positions[name] for name in waiting if name in book.positions]:
                lane, name = (NO_LANE, position.id) if position.is_stray else (position.lane, "")
                self._engine.take(j.Ordered(**ENTRY, lane=lane, reason=reason, actor=actor, position=name))
                waiting.remove(position.id)
            await asyncio.sleep(FLAT_LOOK_S)
        return self._flat(held)

    async def _until_flat(self, concerned: Callable[[Held], bool]) -> Ended:
        """Wait until the venue has confirmed every exit and no entry is on its way any more; the command's
        deadline ends the waiting, not the leaving.
        """
        seen: dict[str, None] = {}
        while held := self._concerned(concerned):
            seen.update(dict.fromkeys(held))
            await asyncio.sleep(FLAT_LOOK_S)
        return self._flat(seen)

    def _flat(self, held: Iterable[str]) -> Ended:
        """Say how many were positions; an entry of which nothing was filled never was one."""
        orders = self._engine.book.orders
        left = sum(name not in orders or orders[name].filled != 0 for name in held)
        return Ended("SUCCEEDED", f"{left} position{'' if left == 1 else 's'} left, flat")

    def not_done_in_time(self) -> Ended:
        """Say what is still there when a command's deadline has passed."""
        left = len(self._engine.book.positions)
        says = f"not done in time: {left} positions are open, and are still being left"
        return Ended("FAILED", says + self._orders_without_an_end())

    async def _adopt(self, said: dict[str, Any], actor: str) -> Ended:
        """Give a foreign position to a bot's lane."""
        venue_id, bot = str(said.get("position", "")), str(said.get("bot", ""))
        known = self._engine.book.foreign.get(venue_id)
        if known is None:
            there = ", ".join(self._engine.book.foreign) or "none"
            raise WrongCommand(f"no foreign position {venue_id!r}; there is {there}")
        lanes = self._engine.names.lanes_of(bot=bot, instrument=known.instrument, account=known.account)
        if not bot or not lanes:
            raise WrongCommand(f"--bot must name a bot that trades {known.instrument} in {known.account}")
        if not self._engine.book.is_free(lanes[0]):
            return Ended("SKIPPED", f"{bot} holds a position or waits for an order on {known.instrument}")
        adopted = j.Adopted(
            **ENTRY,
            venue_id=venue_id,
            position=f"adopted-{venue_id}",
            lane=lanes[0],
            units=known.units,
            price=known.price,
            stop=0,
            target=0,
            instrument=known.instrument,
            account=known.account,
        )
        self._engine.take(adopted)
        return Ended("SUCCEEDED", f"{bot} manages {known.units} units of {known.instrument} now")

    # Facts from outside.

    async def _weigh(self, said: dict[str, Any], actor: str) -> Ended:
        """Take a bot's weight from whoever thinks slowly: it makes orders smaller, never larger."""
        bot, weight = str(said.get("bot", "")), said.get("weight")
        self._check_name("bot", bot)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise WrongCommand(f"a weight is a number from 0 to 1, not {weight!r}; at 0 nothing is opened")
        source = str(said.get("source", "") or actor)
        self._engine.take(j.Fact(**ENTRY, bot=bot, name="weight", value=float(weight), source=source))
        return Ended("SUCCEEDED", f"{bot} opens with {weight:g} of its size from now on")

    # The engine itself.

    async def stop(self, actor: str) -> None:
        """End the session in order, for a signal of the system."""
        await self._stop({}, actor)

    async def _stop(self, said: dict[str, Any], actor: str) -> Ended:
        """End the session: positions stay only where they may, and so does a pause that was there before."""
        key, switches = ("pause", "house", ""), self._engine.book.switches
        if key not in switches:
            self._switch(*key, STOPS, actor)
        leaves = [each.id for each in self._engine.book.positions.values() if not self._stays(each)]
        if leaves:
            await self._leave_all(leaves, "unprotected", actor)
        if switches.get(key) == STOPS:
            self._take_switch(*key, False, "the engine stopped", actor)
        self._end()
        left = len(self._engine.book.positions)
        says = f"stopped; {left} position{'' if left == 1 else 's'} stay{'s' if left == 1 else ''} open"
        return Ended("SUCCEEDED", says + self._orders_without_an_end())

    def _orders_without_an_end(self) -> str:
        """Say how many orders may still become something; "" where there is none."""
        count = len(self._engine.book.open_orders())
        return f", {count} order{' has' if count == 1 else 's have'} no known end yet" if count else ""

    async def _reload_now(self, said: dict[str, Any], actor: str) -> Ended:
        if self._reload is None:
            return Ended("SKIPPED", "this session's configs do not change")
        return await self._reload(said)


_VERBS: dict[str, Callable[[Commander, dict[str, Any], str], Awaitable[Ended]]] = {
    "pause": Commander._pause,
    "resume": Commander._resume,
    "close": Commander._close,
    "flatten": Commander._flatten,
    "halt": Commander._halt,
    "kill": Commander._kill,
    "adopt": Commander._adopt,
    "weigh": Commander._weigh,
    "reload": Commander._reload_now,
    "stop": Commander._stop,
}

VERBS = tuple(_VERBS)
"""Every command an engine knows."""


class Desk:
    """Takes commands from the table, one after the other but for those that wait for a venue."""

    def __init__(
        self,
        commander: Commander,
        engine: Engine,
        database: Database,
        key: CommandKey,
        start: Callable[[str, Any], None],
        wall: Time | None = None,
    ) -> None:
        """Serve the table of a database; `start` runs a command beside the rest.

        Deadlines are those of the people who ask: `wall` is their time where the engine's is a tape's.
        """
        self._commander, self._engine, self._wall = commander, engine, wall
        self._database, self._key, self._start = database, key, start

    def _now(self) -> int:
        return (self._wall or self._engine.time).now_ns()

    async def serve(self) -> None:
        """Look at the table again and again."""
        while True:
            claimed = await next_command(
                self._database, self._key, now=self._now(), by=self._engine.names.session
            )
            if claimed is None:
                await asyncio.sleep(LOOK_S)
            elif claimed.may_run:
                self._start(f"command {claimed.command.id}", self._done(claimed))
            else:
                assert claimed.entry is not None
                self._engine.note(claimed.entry)

    async def _done(self, claimed: Claimed) -> None:
        command, engine = claimed.command, self._engine
        engine.note(
            j.CommandStarted(
                **ENTRY,
                command=command.id,
                actor=command.actor,
                verb=command.verb,
                arguments=command.arguments,
            )
        )
        left_s = (command.deadline_ts - self._now()) / 1e9
        try:
            ended = await asyncio.wait_for(self._commander.run(command), max(0.01, left_s))
        except TimeoutError:
            ended = self._commander.not_done_in_time()
        seq = engine.note(
            j.CommandEnded(
                **ENTRY,
                command=command.id,
                actor=command.actor,
                verb=command.verb,
                status=ended.status,
                result=ended.says,
            )
        )
        await engine.journal.durable(seq)
        result = json.dumps({"says": ended.says})
        now = self._now()
        await self._database.write(lambda c: finish(c, command.id, ended.status, result, now=now))
