"""The ledger of a moment: every gate with its reading, its limit and its verdict.

The same gates as in the step, asked without stopping at the first refusal. What it writes (an order that is
never sent, the house's ledger) is in a state that is thrown away afterwards.
"""

from typing import Any

from tickwise.core import outcome as o
from tickwise.core.compiled import rare
from tickwise.core.facts import Facts
from tickwise.core.gates import of_quote_in_ledger
from tickwise.core.step import ON_QUOTE, judge, look_again, prepare
from tickwise.core.types import FLAT, NEVER, WAITING, Signal


@rare
def explain_gates(facts: Facts, calendar: Any, signal: Signal, ts: int) -> int:
    """Fill the house's ledger for one lane at `ts`, and give the outcome an evaluation would have there."""
    house, lane, market = facts.house, facts.lane, facts.market
    for place in range(o.OUTCOMES):
        house.ledger[place].read = 0
    house.asked = 1
    look_again(facts, calendar, ts)
    quote = of_quote_in_ledger(house, facts.params, market, ts)
    place = min(lane.standing, quote.place)
    seen = market.n if lane.trigger == ON_QUOTE else market.frames[lane.trigger].closed
    write(house, o.WARMING_UP, float(seen), float(lane.warm_up), seen >= lane.warm_up)
    write(house, o.NO_SIGNAL, float(signal.side), 0.0, signal.side != 0)
    if signal.side != 0:
        sized = prepare(facts, signal, ts)
        write(house, o.DENIED_STOP, signal.stop, 0.0, sized != o.DENIED_STOP)
        write(house, o.DENIED_SIZE, float(lane.order.units), float(facts.params.units_min), sized == o.INTENT)
        judged = judge(facts, signal.score) if sized == o.INTENT else sized
        place = place if place < o.NO_SIGNAL else judged
    house.asked = 0
    if lane.side == WAITING:
        return int(o.PENDING)
    return int(place) if lane.side == FLAT else int(o.IN_POSITION)


@rare
def write(house: Any, place: int, value: float, limit: float, allows: bool) -> None:
    """Write what is no gate but ends an evaluation: warming up, the signal, sizing."""
    row = house.ledger[place]
    row.value = value
    row.limit = limit
    row.allows = 1 if allows else 0
    row.until = NEVER
    row.read = 1
