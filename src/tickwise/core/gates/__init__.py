"""The ordered chain of gates.

A gate is a pure function over facts that gives a `Reading`. Standing gates do not read the quote: their
verdict
changes only on an event or at a time they name, so the step keeps the first refusal among them and looks
again
then. The gates of the quote run on every quote. The gates of an order run when there is one to judge. Read
without stopping at the first refusal, they are the ledger of a moment.
"""

from typing import Any, NamedTuple

from tickwise.core import outcome as o
from tickwise.core.compiled import constant, hot, rare
from tickwise.core.gates import (
    adaptive_interval,
    back_off,
    balance,
    breaker,
    calendars,
    connection,
    cool_down,
    correlation,
    cost,
    day_loss,
    halted,
    kill_switch,
    margin,
    market_state,
    open_account,
    open_bot,
    open_house,
    open_instrument,
    open_interest,
    open_pocket,
    paused,
    per_day,
    per_hour,
    per_minute,
    pocket_loss,
    price_band,
    quote_age,
    quote_size,
    repeat,
    score,
    spacing,
    spread_fraction,
    spread_monitor,
    spread_pips,
    underlying_age,
    units_cap,
    unknown_order,
    value_cap,
    volume,
)
from tickwise.core.types import NEVER, Reading


class Verdict(NamedTuple):
    """The first refusal's place (NO_SIGNAL where nothing refuses) and until when that stands but for an
    event.
    """

    place: int
    until: int


NO_RISK = constant(0)

OPEN = Verdict(o.NO_SIGNAL, NEVER)


class Order(NamedTuple):
    """An order to judge: what its stop could lose, its value and margin (millionths), target and cost
    (ticks).
    """

    units: int
    risk: int
    value: int
    margin: int
    score: float
    target: float
    cost: float


@hot
def also(verdict: Verdict, house: Any, place: int, reading: Reading) -> Verdict:
    """Add one gate to the chain; the house's ledger, while it is asked for, keeps what the gate read."""
    if house.asked != 0:
        row = house.ledger[place]
        row.value = reading.value
        row.limit = reading.limit
        row.allows = 1 if reading.allows else 0
        row.until = reading.until
        row.read = 1
    if verdict.place != o.NO_SIGNAL:
        return verdict
    return Verdict(o.NO_SIGNAL if reading.allows else place, min(verdict.until, reading.until))


@rare
def standing(
    params: Any,
    house: Any,
    market: Any,
    underlying: Any,
    lane: Any,
    account: Any,
    bot: Any,
    instrument: Any,
    pocket: Any,
    group: Any,
    in_account: Any,
    in_house: Any,
    calendar: Any,
    ts: int,
) -> Verdict:
    """Ask every gate that does not read the quote, in order."""
    v = OPEN
    v = also(v, house, o.PAUSED, paused.read(house, market, lane))
    v = also(v, house, o.HALTED, halted.read(account))
    v = also(v, house, o.CONNECTION, connection.read(market))
    v = also(v, house, o.SESSION, calendars.read(lane, calendar, calendars.IN_SESSION, ts))
    v = also(v, house, o.TIME_OF_DAY, calendars.read(lane, calendar, calendars.IN_TIME_OF_DAY, ts))
    v = also(v, house, o.ROLLOVER, calendars.read(lane, calendar, calendars.IN_ROLLOVER, ts))
    v = also(v, house, o.HOLIDAY, calendars.read(lane, calendar, calendars.IN_HOLIDAY, ts))
    v = also(v, house, o.EXPIRY, calendars.read(lane, calendar, calendars.IN_EXPIRY, ts))
    v = also(v, house, o.UNDERLYING_AGE, underlying_age.read(params, underlying, ts))
    v = also(v, house, o.OPEN_INTEREST, open_interest.read(params, market))
    v = also(v, house, o.VOLUME, volume.read(params, market))
    v = also(v, house, o.NEWS, calendars.read(lane, calendar, calendars.IN_NEWS, ts))
    v = also(v, house, o.CALENDAR_STALE, calendars.read(lane, calendar, calendars.IN_STALE, ts))
    v = also(v, house, o.OPEN_BOT, open_bot.read(params, bot))
    v = also(v, house, o.OPEN_INSTRUMENT, open_instrument.read(params, instrument))
    v = also(v, house, o.OPEN_POCKET, open_pocket.read(params, pocket))
    v = also(v, house, o.OPEN_ACCOUNT, open_account.read(params, in_account))
    v = also(v, house, o.OPEN_HOUSE, open_house.read(params, in_house))
    v = also(v, house, o.CORRELATION, correlation.read(params, account, group))
    v = also(v, house, o.SPACING, spacing.read(params, lane, ts))
    v = also(v, house, o.PER_MINUTE, per_minute.read(params, lane, ts))
    v = also(v, house, o.PER_HOUR, per_hour.read(params, lane, ts))
    v = also(v, house, o.PER_DAY, per_day.read(params, house, lane))
    v = also(v, house, o.COOL_DOWN, cool_down.read(lane, ts))
    v = also(v, house, o.BACK_OFF, back_off.read(lane, ts))
    v = also(v, house, o.BREAKER, breaker.read(market, ts))
    v = also(v, house, o.UNKNOWN_ORDER, unknown_order.read(market))
    v = also(v, house, o.ADAPTIVE_INTERVAL, adaptive_interval.read(params, lane, ts))
    v = also(v, house, o.REPEAT, repeat.read(params, lane))
    v = also(v, house, o.DAY_LOSS, day_loss.read(params, account, in_account, NO_RISK))
    v = also(v, house, o.POCKET_LOSS, pocket_loss.read(params, account, pocket, NO_RISK))
    v = also(v, house, o.KILL_SWITCH, kill_switch.read(account))
    v = also(v, house, o.BALANCE, balance.read(params, account))
    return also(v, house, o.MARKET_STATE, market_state.read(params, market))


@hot
def of_quote(place: int, params: Any, market: Any, ts: int) -> int:
    """Give the first refusal of the standing place and the gates that read the quote; branch-free but for a
    switch.

    The spread in pips is the gate that every scalper has; the other four are asked where one of them is on.
    """
    place = min(place, o.NO_SIGNAL if spread_pips.read(params, market).allows else o.SPREAD_PIPS)
    if params.quote_gates == 0:
        return place
    place = min(place, o.NO_SIGNAL if quote_age.read(params, market, ts).allows else o.QUOTE_AGE)
    place = min(place, o.NO_SIGNAL if spread_fraction.read(params, market).allows else o.SPREAD_FRACTION)
    place = min(place, o.NO_SIGNAL if spread_monitor.read(params, market).allows else o.SPREAD_MONITOR)
    return min(place, o.NO_SIGNAL if quote_size.read(params, market).allows else o.QUOTE_SIZE)


@rare
def of_quote_in_ledger(house: Any, params: Any, market: Any, ts: int) -> Verdict:
    """Write the readings of the gates that read the quote into the ledger."""
    v = OPEN
    v = also(v, house, o.QUOTE_AGE, quote_age.read(params, market, ts))
    v = also(v, house, o.SPREAD_PIPS, spread_pips.read(params, market))
    v = also(v, house, o.SPREAD_FRACTION, spread_fraction.read(params, market))
    v = also(v, house, o.SPREAD_MONITOR, spread_monitor.read(params, market))
    return also(v, house, o.QUOTE_SIZE, quote_size.read(params, market))


@rare
def of_order(
    house: Any, params: Any, market: Any, account: Any, in_account: Any, pocket: Any, order: Order
) -> Verdict:
    """Ask every gate that judges an order, in order."""
    v = OPEN
    v = also(v, house, o.UNITS_CAP, units_cap.read(params, order.units))
    v = also(v, house, o.VALUE_CAP, value_cap.read(params, order.value))
    v = also(v, house, o.PRICE_BAND, price_band.read(params, market))
    v = also(v, house, o.DAY_LOSS, day_loss.read(params, account, in_account, order.risk))
    v = also(v, house, o.POCKET_LOSS, pocket_loss.read(params, account, pocket, order.risk))
    v = also(v, house, o.MARGIN, margin.read(params, account, order.margin))
    v = also(v, house, o.SCORE, score.read(params, order.score))
    return also(v, house, o.COST, cost.read(params, order.target, order.cost))
