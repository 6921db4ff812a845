"""Why a trade earned something else than the simulated one: its money split by cause, to the millionth."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from tickwise.research.quality.lives import Leg, Life
from tickwise.research.quality.quotes import Quotes

CAUSES = ("latency", "slippage", "spread", "partial", "reject", "decision", "costs")
"""The causes, in the order they are told.

`latency` is what the mid moved between the two fills, `spread` what the half spread did, `slippage` what lies
beyond the touch; `partial` is other units, `reject` an order that only one of both filled, `decision` a trade
or an exit that only one of both decided on, `costs` commission, financing and the rate of conversion.
"""


def causes_of(then: Life | None, simulated: Life | None, quotes: Quotes) -> dict[str, int] | None:
    """Split what a trade earned beyond the simulated one, in millionths; the causes add up to all of it.

    None where one of both is still open, or a quote at a fill is missing.
    """
    if any(life is not None and not life.is_over for life in (then, simulated)):
        return None
    if then is None or simulated is None:
        return _all_of("decision", then, simulated)
    if not then.fills or not simulated.fills:
        return _all_of("reject", then, simulated)
    legs = [leg(quotes) for life in (then, simulated) for leg in (life.entered, life.left)]
    entered, left, entered_s, left_s = legs
    if entered is None or left is None or entered_s is None or left_s is None:
        return None
    return _of_prices(then, simulated, (entered, left), (entered_s, left_s))


def _all_of(cause: str, then: Life | None, simulated: Life | None) -> dict[str, int]:
    """Put everything down to one cause."""
    earned = (then.pnl if then is not None else 0) - (simulated.pnl if simulated is not None else 0)
    return dict.fromkeys(CAUSES, 0) | {cause: earned}


def _of_prices(then: Life, simulated: Life, now: tuple[Leg, Leg], was: tuple[Leg, Leg]) -> dict[str, int]:
    """Go from the simulated trade to the real one, a cause at a time, and see what each step earns.

    Each step is the difference of two rounded sums, so that the steps add up to the whole exactly.
    """
    (entered, left), (entered_s, left_s), side = now, was, then.side
    parts = dict.fromkeys(CAUSES, Fraction(0))
    parts["partial"] += (entered.units - entered_s.units) * side * (left_s.price - entered_s.price)
    units = entered.units * side
    parts["latency"] -= units * (entered.mid - entered_s.mid)
    parts[_of_the_exit(then, simulated, now, was)] += units * (left.mid - left_s.mid)
    parts["spread"] -= units * ((entered.touch - entered.mid) - (entered_s.touch - entered_s.mid))
    parts["spread"] += units * ((left.touch - left.mid) - (left_s.touch - left_s.mid))
    parts["slippage"] -= units * ((entered.price - entered.touch) - (entered_s.price - entered_s.touch))
    parts["slippage"] += units * ((left.price - left.touch) - (left_s.price - left_s.touch))
    rate = _tick_money(then, now) or _tick_money(simulated, was)
    found, sum_, before = dict.fromkeys(CAUSES, 0), Fraction(0), 0
    for cause in CAUSES:
        sum_ += parts[cause] * rate
        found[cause] = floor(sum_ + Fraction(1, 2)) - before
        before += found[cause]
    found["costs"] += then.pnl - simulated.pnl - before
    return found


def _tick_money(life: Life, legs: tuple[Leg, Leg]) -> Fraction:
    """Give what one tick of one unit was worth, in millionths, as a trade was booked; 0 where none moved."""
    entered, left = legs
    ticks = life.side * entered.units * (left.price - entered.price)
    return Fraction(life.gross) / ticks if ticks else Fraction(0)


def _of_the_exit(then: Life, simulated: Life, now: tuple[Leg, Leg], was: tuple[Leg, Leg]) -> str:
    """Name the cause of an exit at another mid: what went another way first.

    Stops, targets and times count from the fill, so an entry that was late or slipped moves the exit too.
    """
    (entered, _), (entered_s, _) = now, was
    if then.exit_decided and then.exit_decided == simulated.exit_decided:
        return "latency"
    if entered.mid != entered_s.mid or entered.event != entered_s.event:
        return "latency"
    if entered.price != entered_s.price:
        return "slippage"
    if entered.units != entered_s.units:
        return "partial"
    return "latency" if then.reason == simulated.reason else "decision"
