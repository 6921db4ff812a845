"""The venues that the laws hold for: one `Kind` each, and what a law may ask of it.

Another venue is added here: a world that opens an engine at its stand-in (as `engine.order_world` does), a
`Place` that moves the stand-in, and a `Kind` in `KINDS` with the skills it has. No law names a venue.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from brokers.oanda.manners import Manners
from brokers.oanda.truth.records import ExitTerms
from conformance.paper_world import PaperWorld
from engine import order_world
from engine.order_world import SYMBOL, OrderWorld, play, verb_of
from tickwise.config.bot import BotConfig

T = TypeVar("T")

PRICES, ORDERS = "prices", "orders"
"""Every venue has prices, and orders that fill or do not."""
WIRE = "wire"
"""Requests travel, so that a reply can be lost, late or doubled."""
HANDS = "hands"
"""Somebody else can act in the account: a person, another program."""
NOWHERE = "nowhere"
"""Nothing is ever sent."""


class Held(NamedTuple):
    """A position as the venue has it, prices in ticks; 0 is no stop or target."""

    units: int
    stop: int
    target: int


class Place(Protocol):
    """An engine at a venue, and the stand-in that a law moves."""

    world: OrderWorld
    """The engine's side: its book, its journal, its market; nothing of it is a venue's."""

    def held(self) -> dict[str, Held]:
        """Give the positions the venue has, by its own name of them."""
        ...

    def sent(self, verb: str) -> int:
        """Count the requests of a kind that the venue has read."""
        ...

    def balance(self) -> int:
        """Give the account's money, in millionths."""
        ...

    def befalls(self, what: str, **how: Any) -> None:
        """Let something go wrong, by a name of `ILLS`."""
        ...

    def halts(self) -> None:
        """Let the venue trade nothing until `reopens`."""
        ...

    def reopens(self) -> None:
        """Let it trade again."""
        ...

    def cuts(self) -> None:
        """Cut every stream."""
        ...

    def closes(self, position: str, units: int = 0) -> None:
        """Close a position or a part of it by hand."""
        ...

    def opens(self, units: int, stop: int = 0) -> None:
        """Open a position by hand."""
        ...

    def deposits(self, amount: int) -> None:
        """Put money in by hand, in whole units of the currency."""
        ...


ILLS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "reply lost": ("drop_reply", {"method": "POST"}),
    "exit reply lost": ("drop_reply", {"method": "PUT", "path": "close"}),
    "request lost": ("drop_request", {"method": "POST"}),
    "acted on late": ("delay_acceptance", {"method": "POST"}),
    "answered late": ("delay_reply", {"method": "POST"}),
    "filled in part": ("partial_fill", {"method": "POST"}),
    "rejected": ("reject", {"method": "POST"}),
    "cancelled": ("cancel", {"method": "POST"}),
    "told twice": ("double_transaction", {"times": None}),
    "told never": ("lose_transaction", {"times": None}),
    "told in another order": ("reorder_transactions", {"times": None}),
    "changes lag": ("lag", {"path": "sinceid", "times": None}),
    "stop refused": ("refuse", {"method": "PUT", "path": "orders", "status": 400}),
    "storm": ("refuse", {"times": None}),
    "prices stall": ("stall_prices", {"times": None}),
}
"""What may go wrong: the fault of the local OANDA that is it, and its arguments."""

Story: TypeAlias = "Callable[[Place], Coroutine[Any, Any, T]]"


class Refusal(NamedTuple):
    """How a venue says no: what befalls, the status of the order, our reason and policy for it."""

    ill: str
    word: str
    status: str
    reason: str
    policy: str


class OandaPlace:
    """An account of the local OANDA."""

    def __init__(self, world: OrderWorld) -> None:
        self.world = world

    def held(self) -> dict[str, Held]:
        """Give the open trades with what rests for them."""
        state = self.world.account.state
        pending, ours = state.pending, self.world.stops()

        def target(number: int | None) -> int:
            return int(pending[number].price or 0) if number else 0

        return {
            str(each.id): Held(int(each.units), ours[str(each.id)], target(each.take_profit))
            for each in state.open.values()
        }

    def sent(self, verb: str) -> int:
        """Count requests, those that were cut off among them."""
        return sum(verb_of(each) == verb for each in self.world.sent())

    def balance(self) -> int:
        """Give the balance, rounded to the cent as the broker shows it."""
        return round(float(self.world.account.state.balance) * 100) * 10_000

    def befalls(self, what: str, **how: Any) -> None:
        """Add the fault."""
        name, said = ILLS[what]
        self.world.faults.add(name, **{**said, **how})

    def halts(self) -> None:
        """Halt every instrument, and tell of it."""
        self.world.server.market.halt()
        self.world.server.publish()

    def reopens(self) -> None:
        """Let the next price trade."""
        self.world.server.market.resume()

    def cuts(self) -> None:
        """Cut both streams."""
        self.world.server.cut()

    def closes(self, position: str, units: int = 0) -> None:
        """Close a trade as the account's owner."""
        self.world.server.hands.closes(self.world.account, int(position), str(units) if units else "ALL")

    def opens(self, units: int, stop: int = 0) -> None:
        """Open a trade as the account's owner."""
        terms = {"stop_loss": ExitTerms(price=Decimal(stop) / 100_000)} if stop else {}
        self.world.server.hands.opens(self.world.account, SYMBOL, units, **terms)

    def deposits(self, amount: int) -> None:
        """Put money in."""
        self.world.server.hands.deposits(self.world.account, amount)


class PaperPlace(OandaPlace):
    """The simulated exchange in the core; prices and what befalls them are the local OANDA's."""

    def held(self) -> dict[str, Held]:
        """Give what the core's exchange holds, by our own name of it: it has no other."""
        book, lanes = self.world.book, self.world.lanes
        held = {name: lanes[at]["position"] for at, name in book.lane_position.items()}
        return {
            name: Held(int(each["units"]), int(each["stop"]), int(each["target"]))
            for name, each in held.items()
        }

    def sent(self, verb: str) -> int:
        """Count what would have been sent."""
        wanted = {"enter": False, "leave": True}[verb]
        book = self.world.book
        return sum(book.orders[each.order].is_exit == wanted for each in self.world.journal.of(_SENT))

    def balance(self) -> int:
        """Give the money of the core's account: a paper account has no other."""
        begun = round(self.world.bots[0].account.balance * 1_000_000)
        return begun + sum(each.pnl for each in self.world.journal.of(_TRADE))


_SENT, _TRADE = order_world.j.Sent, order_world.j.TradeBooked


class Kind(NamedTuple):
    """A venue the laws are held against."""

    name: str
    skills: frozenset[str]
    world: type[OrderWorld]
    place: type[OandaPlace]
    account: Mapping[str, Any]
    refusals: tuple[Refusal, ...]
    nets: bool = False
    """Whether what is sold ends what was bought, whoever bought it."""

    def run(self, story: Story[T], *bots: BotConfig, **said: Any) -> T:
        """Run a law's story in a world of its own; at its end all books agree, and the session replays."""
        return play(
            lambda world: story(self.place(world)), *bots, kind=self.world, account=dict(self.account), **said
        )

    def bot(
        self, *, late_s: float = 0.0, part: float = 1.0, refused: bool = False, **tables: Any
    ) -> BotConfig:
        """Give a bot; where the venue is the core's exchange, its fills are as the law wants them."""
        name = tables.pop("name", "asked")
        if NOWHERE in self.skills:
            wanted: dict[str, Any] = {"latency_ms": late_s * 1000, "reject_fraction": float(refused)}
            if part < 1:
                wanted |= {"partial_fill_fraction": 1.0, "partial_share_min": part}
            tables["fills"] = {**tables.get("fills", {}), **wanted}
        return order_world.bot(name, **tables)


OANDA_REFUSES = (
    Refusal("rejected", "MARKET_HALTED", "rejected", "market_closed", "retry_later"),
    Refusal("rejected", "INTERNAL_SERVER_ERROR", "rejected", "venue_error", "retry_later"),
    Refusal("rejected", "INSUFFICIENT_MARGIN", "rejected", "margin", "resize"),
    Refusal("rejected", "UNITS_LIMIT_EXCEEDED", "rejected", "units", "resize"),
    Refusal("cancelled", "INSUFFICIENT_LIQUIDITY", "cancelled", "liquidity", "resize"),
    Refusal("cancelled", "STOP_LOSS_ON_FILL_LOSS", "cancelled", "stop_reached", "retry_later"),
    Refusal("cancelled", "FIFO_VIOLATION", "cancelled", "fifo", "give_up"),
    Refusal("rejected", "ACCOUNT_LOCKED", "rejected", "account_locked", "give_up"),
    Refusal("rejected", "A_WORD_OF_TOMORROW", "rejected", "other", "give_up"),
)
PAPER_REFUSES = (Refusal("", "the simulated exchange: venue", "rejected", "venue", "retry_later"),)

PAPER = Kind(
    "paper", frozenset({PRICES, ORDERS, NOWHERE}), PaperWorld, PaperPlace, {}, PAPER_REFUSES
)  # fmt: skip
NETTING = Kind(
    "OANDA netting", frozenset({PRICES, ORDERS, WIRE, HANDS}), OrderWorld, OandaPlace, {}, OANDA_REFUSES, True
)
HEDGING = NETTING._replace(name="OANDA hedging", account={"hedging": True}, nets=False)

KINDS = (PAPER, NETTING, HEDGING)


def pages_of(count: int) -> Manners:
    """Give a broker's manners with so many changes on a page."""
    return Manners(every_price=True, charges_financing=False, page_max=count)
