"""Hand-made runs for the tests of the invariants: the journal, the broker and the wire, told step by step.

A story says what happened; each step writes all that a right session would have. What a test wants wrong it
changes: a step left out, said twice, or with another value.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from checker.case import Case, Rules
from checker.invariants import Violation
from checker.world import SECOND, Asked, Happened, Made, Over, Paid, Quoted, Rests, Row, Traded
from tickwise.journal import entries as j

MONDAY = 1_767_625_200_000_000_000
"""Monday 2026-01-05, 15:00 UTC: 10:00 in New York."""

MS = 1_000_000
ACCOUNT = "101-001-1"
BOT = "fast"
EURUSD = "EUR_USD"
BID, ASK = 110_000, 110_002
STOP, TARGET = 300, 12
UNITS = 10_000
BALANCE = 100_000_000_000
STREAMS = ("start", "prices", f"changes of {ACCOUNT}")
TICK_VALUE = {EURUSD: Fraction(10)}
"""A tick of a unit of EUR/USD is 0.00001 dollars: ten millionths."""

LANES = (
    j.LaneRow(BOT, "fast_scalp", EURUSD, ACCOUNT, "scalp"),
    j.LaneRow("slow", "pullback", EURUSD, ACCOUNT, "trend"),
    j.LaneRow(BOT, "fast_scalp", "USD_JPY", ACCOUNT, "scalp"),
)
CONFIG = 'name = "fast"\n[gates]\nspread_pips_max = 0.35\n'


def config(text: str = CONFIG, bot: str = BOT) -> j.ConfigText:
    """Write a config as the journal keeps it."""
    from hashlib import sha256

    return j.ConfigText(bot, sha256(text.encode()).hexdigest(), text)


class Story:
    """A run that is told. `now` moves by a millisecond with every step that says something new."""

    def __init__(self, environment: Any = "practice") -> None:
        self.now = MONDAY
        self.rows: list[Row] = []
        self.truth: list[Happened] = []
        self.requests: list[Asked] = []
        self.durable: list[tuple[int, int]] = []
        self.mark = 100
        self.event = 0
        self.sends = 0
        self.balance = BALANCE
        self.units: dict[str, int] = {}
        self.venue: dict[str, str] = {}
        self.environment = environment

    # What everything is made of.

    def after(self, seconds: float) -> Story:
        """Let time pass."""
        self.now += round(seconds * SECOND)
        return self

    def says(self, kind: type[j.Entry], **said: Any) -> Story:
        """Write an entry; it is on disk at once."""
        self.now += MS
        self.event += 1
        entry = kind(**{"ts": self.now, "event": self.event, **said})
        self.rows.append(Row(len(self.rows) + 1, entry))
        self.durable.append((self.now, len(self.rows)))
        return self

    def happens(self, *events: Happened) -> Story:
        """Let something be true at the broker."""
        self.truth += events
        return self

    def asks(self, verb: Any, method: str, path: str, body: Any = None, **said: Any) -> Story:
        """Let a request leave."""
        self.now += MS
        raw = b"" if body is None else json.dumps(body).encode()
        told = {"account": ACCOUNT, "host": "127.0.0.1", "owner": "one", **said}
        self.requests.append(Asked(self.now, verb, method, path, raw, **told))
        return self

    def next_mark(self) -> int:
        """Number the broker's next change."""
        self.mark += 1
        return self.mark

    def case(self, rules: Rules | None = None, **known: Any) -> Case:
        """Give the run as it is checked."""
        said: dict[str, Any] = {"end_ts": self.now, "durable": tuple(self.durable), **known}
        return Case(tuple(self.rows), tuple(self.truth), tuple(self.requests), rules or Rules(), **said)

    # A session.

    def opens(self, **said: Any) -> Story:
        """Begin a session: opened, streams live, reconciled."""
        usual: dict[str, Any] = {
            "session": "s1", "version": "1", "venue": "oanda", "environment": self.environment,
            "currency": "USD", "balance": self.balance, "configs": (config(),), "instruments": (),
            "lanes": LANES, "code_digest": "c", "layout": 1, "calendar_since": 0, "calendar_until": 2**62,
            "calendar_digest": "d", "tape": "t",
        }  # fmt: skip
        self.says(j.SessionOpened, **{**usual, **said})
        self.says(j.BalanceSeen, account=ACCOUNT, balance=self.balance, flow=0, why="opening", mark=self.mark)
        self.quotes()
        for stream in STREAMS:
            self.connects(stream, False)
        return self.lives()

    def lives(self) -> Story:
        """Let all streams live, and hold the books against each other."""
        for stream in STREAMS:
            self.connects(stream, True)
        return self.says(j.Reconciled, account=ACCOUNT, mark=self.mark)

    def connects(self, stream: str, live: bool, instrument: str = "") -> Story:
        """Let a stream live or die."""
        return self.says(j.Connection, stream=stream, instrument=instrument, live=live, why="it does")

    def quotes(self, bid: int = BID, ask: int = ASK, **said: Any) -> Story:
        """Let the broker have a price."""
        self.now += MS
        return self.happens(Quoted(self.now, said.pop("instrument", EURUSD), bid, ask, **said))

    def switches(
        self, switch: Any, on: bool = True, scope: Any = "house", name: str = "", **said: Any
    ) -> Story:
        """Turn a switch on, or lift it by a command."""
        told = {"reason": "because", "actor": "ann", **said}
        if not on and told["actor"] == "ann":
            self.says(j.CommandStarted, command=f"c{self.event}", actor="ann", verb="resume", arguments="{}")
        return self.says(j.Switched, switch=switch, scope=scope, name=name, on=on, **told)

    # An entry.

    def intends(self, order: str = "a", units: int = UNITS, **said: Any) -> Story:
        """Decide an entry."""
        side = 1 if units > 0 else -1
        price = ASK if units > 0 else BID
        usual: dict[str, Any] = {
            "order": order, "lane": 0, "bot": BOT, "strategy": "fast_scalp", "instrument": EURUSD,
            "account": ACCOUNT, "pocket": "scalp", "units": units, "bid": BID, "ask": ASK, "price": price,
            "stop": STOP, "target": TARGET, "bound": price + side * 3, "spread": ASK - BID, "score": 0.5,
            "risk": 30_000_000, "value": 11_000_000_000,
        }  # fmt: skip
        self.units[order] = units
        return self.says(j.Intent, **{**usual, **said})

    def sends_it(self, order: str = "a", bytes_too: bool = True, **said: Any) -> Story:
        """Write the send mark of an entry, and let its bytes leave; `said` changes what the bytes say."""
        intents = (row.entry for row in reversed(self.rows) if isinstance(row.entry, j.Intent))
        intent = next(each for each in intents if each.order == order)
        side = 1 if intent.units > 0 else -1
        told = {
            "order": order, "instrument": intent.instrument, "units": intent.units, "stop": intent.stop,
            "target": intent.price + side * intent.target, "bound": intent.bound, **said,
        }  # fmt: skip
        asked = Asked(0, "enter", "POST", "/orders", json.dumps(told).encode(), account=ACCOUNT, **told)
        self.marks(order, asked)
        if bytes_too:
            self.asks("enter", "POST", "/orders", told, **told)
        return self

    def marks(self, order: str, asked: Asked, **said: Any) -> Story:
        """Write a send mark."""
        self.sends += 1
        told = {"payload": asked.payload, "mark": self.mark, "number": self.sends, **said}
        return self.says(j.Sent, order=order, **told)

    def is_made(self, order: str = "a", venue_order: str = "", **said: Any) -> Story:
        """Let the broker have the order; nobody here knows yet."""
        self.now += MS
        mark = self.next_mark()
        units = said.pop("units", self.units.get(order, UNITS))
        return self.happens(
            Made(self.now, ACCOUNT, mark, venue_order or str(mark), order, EURUSD, units, **said)
        )

    def trades(
        self, order: str = "a", units: int | None = None, price: int = ASK, cash: int = 0, **said: Any
    ) -> Story:
        """Let the broker fill the entry and rest its stop; nobody here knows yet."""
        self.now += MS
        mark, units = self.next_mark(), self.units[order] if units is None else units
        self.balance += cash
        side = 1 if units > 0 else -1
        trade = self.venue.setdefault(order, f"t-{order}")
        stop = said.pop("stop", price - side * STOP)
        self.happens(
            Traded(
                self.now, ACCOUNT, mark, f"o-{order}", order, EURUSD, trade, f"{mark}:{trade}", units, price,
                **{"cash": cash, "balance": self.balance, "visible_ts": self.now, **said},
            )
        )  # fmt: skip
        if stop is not None:
            self.happens(Rests(self.now, ACCOUNT, mark + 1, trade, stop))
            self.mark += 1
        return self

    def knows(self, order: str = "a", **said: Any) -> Story:
        """Book the fill that the broker had last."""
        traded = next(each for each in reversed(self.truth) if isinstance(each, Traded))
        side = 1 if traded.units > 0 else -1
        usual: dict[str, Any] = {
            "by": "venue", "order": order, "position": order, "execution": traded.execution, "lane": 0,
            "units": traded.units, "price": traded.price, "stop": traded.price - side * STOP, "target": 0,
            "commission": -traded.cash, "balance": traded.balance, "mark": traded.mark,
            "instrument": traded.instrument, "account": ACCOUNT, "venue_position": traded.trade,
        }  # fmt: skip
        return self.says(j.Filled, **{**usual, **said})

    def enters(self, order: str = "a", units: int = UNITS, **said: Any) -> Story:
        """Enter, all of it: decided, sent, made, filled, known."""
        return self.intends(order, units, **said).sends_it(order).is_made(order).trades(order).knows(order)

    def doubts(self, order: str = "a") -> Story:
        """Have no reply."""
        return self.says(j.Unknown, order=order, lane=0, why="no reply within 5 s")

    def ends(self, order: str = "a", status: Any = "cancelled", **said: Any) -> Story:
        """Hear of the end of an order, which the broker has too."""
        if said.get("mark", 1) and status != "never_received":
            mark = self.next_mark()
            self.happens(Over(self.now, ACCOUNT, mark, f"o-{order}", order, status))
            said = {"mark": mark, **said}
        usual = {"by": "venue", "lane": 0, "reason": "liquidity", "policy": "retry_later", "says": "so"}
        return self.says(j.Ended, order=order, status=status, **{**usual, **said})

    def finds_nothing(self, order: str = "a", since: int | None = None) -> Story:
        """Have evidence that the broker never got an order, and end it."""
        since = self.mark if since is None else since
        self.says(
            j.Evidence, order=order, lane=0, found=False, since=since, until=self.mark, says="not among them"
        )
        return self.ends(order, "never_received", mark=self.mark)

    # An exit.

    def wants_out(self, order: str = "a-x1", position: str = "a", units: int = -UNITS, **said: Any) -> Story:
        """Decide to leave."""
        usual: dict[str, Any] = {
            "order": order, "position": position, "lane": 0, "bot": BOT, "instrument": EURUSD,
            "account": ACCOUNT, "units": units, "price": BID, "reason": "time",
        }  # fmt: skip
        self.units[order] = units
        return self.says(j.ExitIntent, **{**usual, **said})

    def sends_out(
        self, order: str = "a-x1", position: str = "a", part: int = 0, bytes_too: bool = True
    ) -> Story:
        """Write the send mark of an exit, and let its bytes leave."""
        trade = self.venue.get(position, "?")
        path, body = f"/trades/{trade}/close", {"units": str(part or "ALL")}
        self.marks(order, Asked(0, "leave", "PUT", path, json.dumps(body).encode()), verb="leave")
        if bytes_too:
            self.asks("leave", "PUT", path, body, trade=trade, units=part)
        return self

    def leaves(
        self, order: str = "a-x1", position: str = "a", units: int | None = None, cash: int = 0, **said: Any
    ) -> Story:
        """Let the broker close units of a position; `units` as the fill is. Nobody here knows yet."""
        units = self.units[order] if units is None else units
        told: dict[str, Any] = {"cause": "exit", "price": BID, "ours": "", **said}
        self.now += MS
        mark, trade = self.next_mark(), self.venue.get(position, "?")
        self.balance += cash
        return self.happens(
            Traded(
                self.now, ACCOUNT, mark, f"o-{order}", instrument=EURUSD, trade=trade,
                execution=f"{mark}:{trade}", units=units, cash=cash, balance=self.balance,
                visible_ts=self.now, **told,
            )
        )  # fmt: skip

    def knows_out(self, order: str = "a-x1", position: str = "a", left: int = 0, **said: Any) -> Story:
        """Book the exit that the broker had last."""
        traded = next(each for each in reversed(self.truth) if isinstance(each, Traded))
        usual: dict[str, Any] = {
            "by": "venue", "order": order, "position": position, "execution": traded.execution, "lane": 0,
            "units": -traded.units, "price": traded.price, "reason": "own_order", "gross": traded.cash,
            "commission": 0, "balance": traded.balance, "mark": traded.mark, "left": left,
            "instrument": traded.instrument, "account": ACCOUNT, "venue_position": traded.trade,
        }  # fmt: skip
        return self.says(j.Reduced, **{**usual, **said})

    def exits(self, order: str = "a-x1", position: str = "a", cash: int = 0) -> Story:
        """Leave a position, all of it."""
        units = -self.units.get(position, UNITS)
        self.wants_out(order, position, units).sends_out(order, position)
        return self.leaves(order, position, cash=cash).knows_out(order, position)

    # Others.

    def user_opens(
        self, trade: str = "t-user", units: int = 500, visible_s: float = 0.1, **said: Any
    ) -> Story:
        """Let a person open a position by hand."""
        self.now += MS
        mark = self.next_mark()
        usual: dict[str, Any] = {
            "ours": "", "cash": 0, "balance": self.balance, "cause": "user",
            "visible_ts": self.now + round(visible_s * SECOND),
        }  # fmt: skip
        return self.happens(
            Traded(
                self.now, ACCOUNT, mark, f"o-{trade}", instrument=EURUSD, trade=trade,
                execution=f"{mark}:{trade}", units=units, price=ASK, **{**usual, **said},
            )
        )  # fmt: skip

    def sees_foreign(self, trade: str = "t-user", units: int = 500) -> Story:
        """Count what is not ours."""
        return self.says(
            j.ForeignSeen, venue_id=trade, account=ACCOUNT, instrument=EURUSD, units=units, price=ASK,
            open_by=1 if units else -1,
        )  # fmt: skip

    def pays(self, amount: int, known: bool = True, is_flow: bool = True) -> Story:
        """Let money come or go by itself."""
        self.now += MS
        self.balance += amount
        mark = self.next_mark()
        self.happens(Paid(self.now, ACCOUNT, mark, amount, self.balance, is_flow))
        if known:
            why = "deposit" if is_flow else "financing"
            self.says(j.BalanceSeen, account=ACCOUNT, balance=self.balance, flow=amount, why=why, mark=mark)
        return self

    def changes(self, at: int, **said: Any) -> Story:
        """Change the entry that was written last (-1), or before it; for what a test wants wrong."""
        row = self.rows[at]
        self.rows[at] = row._replace(entry=_replaced(row.entry, said))
        return self

    def changes_request(self, at: int, **said: Any) -> Story:
        """Change a request that left."""
        self.requests[at] = replace(self.requests[at], **said)
        return self


def _replaced(entry: j.Entry, said: dict[str, Any]) -> j.Entry:
    import msgspec

    return msgspec.structs.replace(entry, **said)


def told(found: list[Violation]) -> list[str]:
    """Write what a check found, without the time."""
    return [f"{each.about}: {each.says}" for each in found]
