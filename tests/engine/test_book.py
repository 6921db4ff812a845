"""The book of a session: which of its orders may still become something."""

from __future__ import annotations

from tickwise.engine.answers import ENTRY
from tickwise.engine.book import OPEN_STATES, Book
from tickwise.journal import entries as j

LANE = {"lane": 0, "bot": "b", "instrument": "EUR_USD", "account": "main"}
PRICES = {"spread": 2, "score": 0.5, "risk": 1, "value": 1, "bid": 10, "ask": 12, "price": 12}


def intent(order: str) -> j.Intent:
    terms = {"strategy": "s", "pocket": "p", "units": 10, "stop": 30, "target": 10, "bound": 15}
    return j.Intent(**ENTRY, **LANE, **PRICES, **terms, order=order)


def ended(order: str, status: str) -> j.Ended:
    return j.Ended(
        **ENTRY, by="venue", order=order, lane=0, status=status, reason="", policy="give_up", says=""
    )


def filled(order: str, units: int) -> j.Filled:
    return j.Filled(
        **ENTRY, by="venue", order=order, position=order, execution="e", lane=0, units=units, price=12,
        stop=1, target=22, commission=0, instrument="EUR_USD", account="main", venue_position="7",
    )  # fmt: skip


def test_the_orders_that_work_are_those_in_an_open_state_through_every_turn() -> None:
    turns = [
        intent("a"),
        j.Sent(**ENTRY, order="a", payload="", mark=1, number=1),
        j.Unknown(**ENTRY, order="a", lane=0, why="no reply"),
        ended("a", "never_received"),
        intent("b"),
        j.Denied(**ENTRY, order="b", lane=0, why="a cap"),
        filled("a", 4),
        filled("a", 6),
        intent("c"),
        j.Accepted(**ENTRY, order="c", venue_order="9", mark=3),
    ]
    book, worked = Book(), []
    for turn in turns:
        book.apply(turn)
        worked.append([(each.id, each.state) for each in book.open_orders()])
        scanned = [each for each in book.orders.values() if each.state in OPEN_STATES]
        assert list(book.working.values()) == scanned
    assert worked == [
        [("a", "intended")],
        [("a", "sent")],
        [("a", "unknown")],
        [],
        [("b", "intended")],
        [],
        [("a", "partly_filled")],
        [],
        [("c", "intended")],
        [("c", "accepted")],
    ]
