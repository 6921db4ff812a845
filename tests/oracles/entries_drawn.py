"""Journals drawn by a seed: every kind of entry, in an order that breaks no law of orders and positions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from oracles.entries_made import LANES, MONDAY, made
from tickwise.journal.entries import (
    Accepted,
    Adopted,
    Alarm,
    Armed,
    BalanceSeen,
    CalendarRefreshed,
    CommandEnded,
    CommandStarted,
    ConfigText,
    Connection,
    Counted,
    DayLost,
    Denied,
    Ended,
    Entry,
    Evidence,
    ExitIntent,
    Fact,
    Failure,
    Filled,
    ForeignSeen,
    Intent,
    Ordered,
    Reconciled,
    Reduced,
    Refused,
    Reloaded,
    Sent,
    SessionClosed,
    SessionOpened,
    SessionRecovered,
    SignalSeen,
    SnapshotTaken,
    StopIntent,
    StopSet,
    Switched,
    SwitchTripped,
    TradeBooked,
    Unknown,
)

GATES = ("spread_pips", "news", "session", "spacing")
WORDS = ("lag", "a, b; \"c\" = 'd'", "line\nline", "ä€\U0001f600", "nul\0nul", "")


class Drawn:
    """A journal in the making: what is open, and what was counted."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.ts = MONDAY
        self.event = 0
        self.session = 0
        self.count = 0
        self.working: dict[str, dict[str, Any]] = {}
        self.unknown: list[str] = []
        self.held: dict[str, dict[str, Any]] = {}
        self.running: list[str] = []
        self.foreign: list[str] = []

    def entry(self, kind: type[Entry], **said: Any) -> Entry:
        """Make the next entry; time passes, at times over the turn of the day."""
        self.ts += self.dice.choice((1, 1_000_000, 2_500_000_000, 3_600_000_000_000))
        self.event += 1
        return made(kind, self.ts, self.event, **said)

    def new(self, what: str) -> str:
        """Give an id that nothing has yet."""
        self.count += 1
        return f"{what}{self.count}"

    def entries(self) -> Iterator[Entry]:
        """Give entries without end."""
        yield from self.opened()
        deeds: tuple[Callable[[], Iterator[Entry]], ...] = (
            self.intended,
            self.intended,
            self.told,
            self.told,
            self.told,
            self.left,
            self.stops,
            self.counted,
            self.switched,
            self.commanded,
            self.around,
            self.foreigners,
            self.reopened,
        )
        while True:
            yield from self.dice.choice(deeds)()

    def opened(self) -> Iterator[Entry]:
        """A new session."""
        self.session += 1
        yield self.entry(SessionOpened, session=f"s{self.session}")

    def reopened(self) -> Iterator[Entry]:
        """Now and then the session ends, or goes on after a restart."""
        name = f"s{self.session}"
        turn = self.dice.random()
        if turn < 0.1:
            yield self.entry(SessionClosed, session=name, reason="asked", decision_digest="d1")
            yield from self.opened()
        elif turn < 0.3:
            yield self.entry(SessionRecovered, session=name, snapshot_event=self.event, events_again=3)
        elif turn < 0.5:
            yield self.entry(SnapshotTaken, session=name, state_digest=f"{self.event:x}")
        elif turn < 0.6:
            config = ConfigText("fast", "ef", "x = 1")
            yield self.entry(Reloaded, configs=(config,), changed=("exits.stop_pips",), lanes=LANES)

    def whose(self) -> dict[str, Any]:
        """Draw a lane."""
        lane = self.dice.randrange(len(LANES))
        return {
            "lane": lane,
            **{name: getattr(LANES[lane], name) for name in ("bot", "instrument", "account")},
        }

    def intended(self) -> Iterator[Entry]:
        """An order to enter, sent or denied; or a signal of a bot that sends none; or a refusal."""
        whose, turn = self.whose(), self.dice.random()
        lane = LANES[whose["lane"]]
        if turn < 0.2:
            key = self.dice.choice(("same", self.new("sig")))
            said = {"strategy": lane.strategy, "units": -5, "bid": 10, "ask": 11}
            yield self.entry(SignalSeen, key=key, **whose, **said)
        elif turn < 0.5:
            gate, signal = self.dice.choice(GATES), self.dice.random() < 0.5
            yield self.entry(Refused, **whose, gate=gate, signal=signal)
        else:
            order, units = self.new("o"), self.dice.choice((-3, 3)) * 1000
            yield self.entry(
                Intent, order=order, **whose, strategy=lane.strategy, pocket=lane.pocket, units=units
            )
            if turn < 0.55:
                yield self.entry(Denied, order=order, lane=whose["lane"])
                return
            if turn < 0.95:
                yield self.entry(Sent, order=order)
            self.working[order] = {"units": units, "position": self.new("p"), **whose}

    def told(self) -> Iterator[Entry]:
        """The venue says what became of an order that works, or says nothing."""
        if not self.working:
            return
        order = self.dice.choice(list(self.working))
        it, turn = self.working[order], self.dice.random()
        if turn < 0.2 and order not in self.unknown:
            self.unknown.append(order)
            yield self.entry(Unknown, order=order, lane=it["lane"], why=self.dice.choice(WORDS))
        elif turn < 0.3 and not it.get("accepted") and "exit" not in it and not it.get("part"):
            it["accepted"] = True
            yield self.entry(Accepted, order=order)
            self.unknown = [each for each in self.unknown if each != order]
        elif turn < 0.5:
            yield from self.ended(order, it)
        elif "exit" in it:
            yield from self.reduced(order, it)
        else:
            yield from self.filled(order, it)

    def ended(self, order: str, it: dict[str, Any]) -> Iterator[Entry]:
        """An order ends without a fill, or the rest of it."""
        del self.working[order]
        status = self.dice.choice(("cancelled", "rejected", "expired"))
        if order in self.unknown:
            self.unknown.remove(order)
            yield self.entry(Evidence, order=order, lane=it["lane"])
            if not it.get("accepted") and self.dice.random() < 0.5:
                status = "never_received"
        if status == "rejected" and it.get("part"):
            status = "cancelled"
        yield self.entry(Ended, order=order, lane=it["lane"], status=status, says=self.dice.choice(WORDS))

    def filled(self, order: str, it: dict[str, Any]) -> Iterator[Entry]:
        """An entry fills, in whole or in part."""
        part = it["units"] if self.dice.random() < 0.7 else it["units"] // 3
        added = it["position"] in self.held
        said = {"order": order, "position": it["position"], "lane": it["lane"], "added": added}
        price = 110_000 + self.dice.randrange(100)
        yield self.entry(Filled, **said, execution=self.new("x"), units=part, price=price)
        self.unknown = [each for each in self.unknown if each != order]
        it["units"] -= part
        it["part"] = True
        held = self.held.setdefault(it["position"], {**it, "units": 0})
        held["units"] += part
        if not it["units"]:
            del self.working[order]

    def left(self) -> Iterator[Entry]:
        """A position is to be left."""
        if not self.held:
            return
        position = self.dice.choice(list(self.held))
        held, order = self.held[position], self.new("o")
        whose = {name: held[name] for name in ("lane", "bot", "instrument", "account")}
        if held.get("leaving"):
            return
        held["leaving"] = True
        yield self.entry(ExitIntent, order=order, position=position, **whose, units=-held["units"])
        yield self.entry(Sent, order=order, verb="leave")
        self.working[order] = {"exit": position, "units": held["units"], "position": position, **whose}

    def reduced(self, order: str, it: dict[str, Any]) -> Iterator[Entry]:
        """An order to leave fills; a stop at the venue does without one."""
        held = self.held.get(it["exit"])
        if held is None:
            yield from self.ended(order, it)
            return
        part = held["units"] if self.dice.random() < 0.7 else held["units"] // abs(held["units"])
        gross = self.dice.randrange(-5_000_000, 5_000_000)
        said = {"position": it["exit"], "lane": it["lane"], "gross": gross}
        ours = order if abs(part) <= abs(it["units"]) else ""
        yield self.entry(Reduced, order=ours, **said, execution=self.new("x"), units=part)
        self.unknown = [each for each in self.unknown if each != order]
        held["units"] -= part
        it["units"] -= part
        it["part"] = True
        if not held["units"]:
            del self.held[it["exit"]]
            whose = {name: it[name] for name in ("lane", "bot", "instrument", "account")}
            yield self.entry(TradeBooked, position=it["exit"], **whose, exit_ts=self.ts, pnl=gross)
        if not it["units"] or not held["units"]:
            del self.working[order]

    def stops(self) -> Iterator[Entry]:
        """A stop moves, or does not."""
        if self.held:
            position = self.dice.choice(list(self.held))
            held = self.held[position]
            whose = {name: held[name] for name in ("lane", "bot", "instrument", "account")}
            yield self.entry(StopIntent, position=position, **whose, stop=109_900, reason="trailing")
            refused = self.dice.choice(("", "too close"))
            stop, lane = self.dice.choice((0, 109_900)), held["lane"]
            yield self.entry(StopSet, position=position, lane=lane, stop=stop, target=0, refused=refused)

    def counted(self) -> Iterator[Entry]:
        """Counters, and a refusal."""
        yield self.entry(Counted)
        yield self.entry(Fact, bot="", name="weight", value=self.dice.random(), source="file")

    def switched(self) -> Iterator[Entry]:
        """Switches of all kinds."""
        on, actor = self.dice.random() < 0.5, self.dice.choice(("ada", "bob"))
        switch = self.dice.choice(("pause", "halt", "kill", "exit_only"))
        said = {"switch": switch, "scope": "account", "name": "acc-1", "on": on, "reason": "test"}
        yield self.entry(Switched, **said, actor=actor)
        tripped = {"account": "acc-1", "instrument": "EUR_USD", "failures": 5, "until": self.ts + 300}
        yield self.entry(SwitchTripped, switch=self.dice.choice(("breaker", "kill")), **tripped)
        yield self.entry(DayLost, account="acc-1", equity=9_700, floor=9_700)
        yield self.entry(Ordered, lane=0, reason="asked", actor=actor)

    def commanded(self) -> Iterator[Entry]:
        """A command begins, or one ends, or one is refused."""
        if self.running and self.dice.random() < 0.6:
            command, status = self.running.pop(), self.dice.choice(("SUCCEEDED", "FAILED", "SKIPPED"))
            yield self.entry(
                CommandEnded, command=command, actor="ada", verb="pause", status=status, result="{}"
            )
        elif self.dice.random() < 0.3:
            said = {"actor": "eve", "verb": "kill", "status": "REFUSED", "result": "bad signature"}
            yield self.entry(CommandEnded, command="forged", **said)
        else:
            self.running.append(self.new("c"))
            said = {"actor": "ada", "verb": "pause", "arguments": '{"instrument": "EUR_USD"}'}
            yield self.entry(CommandStarted, command=self.running[-1], **said)

    def around(self) -> Iterator[Entry]:
        """What stands around trading."""
        word = self.dice.choice(WORDS)
        live = self.dice.random() < 0.5
        yield self.entry(Connection, stream="prices", instrument="EUR_USD", live=live, why=word)
        yield self.entry(BalanceSeen, account="acc-1", balance=5_000 + self.count, flow=-7, why="financing")
        differences = self.dice.choice(((), ("EUR_USD: ours 0, theirs 1000", word)))
        yield self.entry(Reconciled, account="acc-1", mark=200, differences=differences)
        said = {"where": "calendar", "account": "", "instrument": "", "lane": -1}
        yield self.entry(Failure, **said, says=word)
        yield self.entry(Alarm, level="critical", what="lag", says=word)
        yield self.entry(CalendarRefreshed, source="file", fetched_ts=self.ts, digest="ca", raw=word)
        yield self.entry(
            Armed, account="acc-1", config_digest="ab", limits="{}", until=self.ts + 9, actor="ada"
        )

    def foreigners(self) -> Iterator[Entry]:
        """A position that is not ours comes, goes, or is adopted."""
        if self.foreign and self.dice.random() < 0.5:
            venue_id, position = self.foreign.pop(), self.new("p")
            said = {"position": position, "lane": 0, "units": 500, "price": 110_000, "stop": 0, "target": 0}
            yield self.entry(Adopted, venue_id=venue_id, **said)
            whose = {name: getattr(LANES[0], name) for name in ("bot", "instrument", "account")}
            self.held[position] = {"units": 500, "lane": 0, "position": position, **whose}
            return
        self.foreign.append(self.new("f"))
        said = {"account": "acc-1", "instrument": "EUR_USD", "units": 500, "price": 110_000}
        yield self.entry(ForeignSeen, venue_id=self.foreign[-1], **said)


def drawn_entries(seed: int, count: int) -> list[Entry]:
    """Give the first entries of a journal drawn by a seed."""
    stream = Drawn(seed).entries()
    return [next(stream) for _ in range(count)]
