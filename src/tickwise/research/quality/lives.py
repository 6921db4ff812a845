"""Each entry order with all that came of it, read out of a session's entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from tickwise.journal import entries as j
from tickwise.research.quality.quotes import Quotes


class Leg(NamedTuple):
    """Entering or leaving as a whole, a unit on average: prices in ticks."""

    units: int
    price: Fraction
    touch: Fraction
    mid: Fraction
    event: int
    """The event of its last fill."""


@dataclass
class Life:
    """One order to enter, its fills, and what left its position again."""

    intent: j.Intent
    fills: list[j.Filled] = field(default_factory=list)
    exits: list[j.ExitIntent] = field(default_factory=list)
    reductions: list[j.Reduced] = field(default_factory=list)
    refused: str = ""
    """Why it ended without a fill."""

    @property
    def side(self) -> int:
        """Give +1 where it buys, -1 where it sells."""
        return 1 if self.intent.units > 0 else -1

    @property
    def units(self) -> int:
        """Units that were filled, not signed."""
        return abs(sum(each.units for each in self.fills))

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is open any more."""
        left = sum(each.units for each in self.fills) - sum(each.units for each in self.reductions)
        return left == 0 and (bool(self.fills) or bool(self.refused))

    @property
    def gross(self) -> int:
        """What it earned before costs, in millionths."""
        return sum(each.gross for each in self.reductions)

    @property
    def pnl(self) -> int:
        """What it earned after all costs, in millionths."""
        costs = sum(each.commission for each in self.fills) + sum(each.commission for each in self.reductions)
        return self.gross - costs + sum(each.financing for each in self.reductions)

    @property
    def reason(self) -> str:
        """Why the last of it was left; "" where it never was in."""
        return self.reductions[-1].reason if self.reductions else ""

    @property
    def exit_decided(self) -> int:
        """The event at which leaving was decided last, 0 where the venue left by itself."""
        return self.exits[-1].event if self.exits else 0

    def entered(self, quotes: Quotes) -> Leg | None:
        """Sum its fills up; None where a quote is missing."""
        return self._leg(quotes, self.side, self.fills)

    def left(self, quotes: Quotes) -> Leg | None:
        """Sum up what left it; None where a quote is missing."""
        return self._leg(quotes, -self.side, self.reductions)

    def _leg(self, quotes: Quotes, side: int, fills: Iterable[j.Filled | j.Reduced]) -> Leg | None:
        units, price, touch, mid, event = 0, 0, 0, Fraction(0), 0
        for each in fills:
            quote = quotes.at_event(self.intent.instrument, each.event)
            if quote is None:
                return None
            count = abs(each.units)
            units, price, event = units + count, price + count * each.price, each.event
            touch += count * quote.touch(side)
            mid += count * Fraction(quote.bid + quote.ask, 2)
        return Leg(units, Fraction(price, units), Fraction(touch, units), mid / units, event)


def lives_of(entries: Iterable[j.Entry]) -> dict[tuple[int, int], Life]:
    """Give every order to enter by its lane and the event it was decided at, in the order of decisions."""
    by_order: dict[str, Life] = {}
    by_position: dict[str, Life] = {}
    for each in entries:
        if isinstance(each, j.Intent):
            by_order[each.order] = Life(each)
        elif isinstance(each, j.Filled) and each.order in by_order:
            by_position[each.position] = life = by_order[each.order]
            life.fills.append(each)
        elif isinstance(each, j.ExitIntent) and each.position in by_position:
            by_position[each.position].exits.append(each)
        elif isinstance(each, j.Reduced) and each.position in by_position:
            by_position[each.position].reductions.append(each)
        elif isinstance(each, j.Ended | j.Denied) and each.order in by_order:
            by_order[each.order].refused = each.reason if isinstance(each, j.Ended) else "denied"
    return {(life.intent.lane, life.intent.event): life for life in by_order.values()}
