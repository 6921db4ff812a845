"""The outcomes of an evaluation, in the order of the chain.

An evaluation ends in exactly one outcome. Refusals come in the fixed order of the stages; inside the core an
outcome is its place in this table, so that the first refusal is the smallest number and `min` finds it. To
the
outside an outcome is its code, stage times 100 plus a place with gaps; a code is never used again.
"""

from typing import NamedTuple

import numpy as np

from tickwise.core.compiled import constant


class Row(NamedTuple):
    """One outcome: its lasting code, its name, and what it says to a person."""

    code: int
    name: str
    says: str


TABLE: tuple[Row, ...] = (
    Row(100, "paused", "the engine or the instrument is paused"),
    Row(105, "halted", "the account is halted until it is resumed"),
    Row(110, "connection", "a stream this instrument needs is not connected"),
    Row(120, "session", "outside the trading sessions of the bot"),
    Row(130, "time_of_day", "inside a quiet window of the day"),
    Row(140, "rollover", "around the 17:00 New York rollover"),
    Row(150, "holiday", "a holiday, or the market is closed"),
    Row(160, "expiry", "past the cut-off of the contract's expiry"),
    Row(200, "quote_age", "the quote is older than allowed"),
    Row(205, "underlying_age", "the underlying's quote is older than allowed"),
    Row(210, "spread_pips", "the spread is wider than the cap in pips"),
    Row(220, "spread_fraction", "the spread is too large a part of the price"),
    Row(230, "spread_monitor", "the spread is unusual for this instrument, or not known yet"),
    Row(240, "open_interest", "the open interest is below the minimum, or not known"),
    Row(245, "volume", "the traded volume is below the minimum, or not known"),
    Row(250, "quote_size", "the size at the quote is below the minimum, or not known"),
    Row(300, "news", "inside a news window"),
    Row(310, "calendar_stale", "the news calendar does not reach this far"),
    Row(400, "open_bot", "the bot holds as many positions as it may"),
    Row(402, "open_instrument", "the instrument holds as many positions as it may"),
    Row(404, "open_pocket", "the pocket holds as many positions as it may"),
    Row(406, "open_account", "the account holds as many positions as it may"),
    Row(408, "open_house", "all accounts together hold as many positions as they may"),
    Row(410, "correlation", "too much exposure in instruments that move together"),
    Row(420, "spacing", "too soon after the last entry"),
    Row(430, "per_minute", "as many entries in this minute as allowed"),
    Row(432, "per_hour", "as many entries in this hour as allowed"),
    Row(434, "per_day", "as many entries in this trading day as allowed"),
    Row(440, "cool_down", "cooling down after a losing trade"),
    Row(445, "back_off", "backing off after an order failed"),
    Row(450, "breaker", "the circuit breaker of the instrument is open"),
    Row(452, "unknown_order", "nobody knows yet what became of an order of the instrument"),
    Row(460, "adaptive_interval", "the adaptive interval since the last entry has not passed"),
    Row(470, "units_cap", "the order is larger than the cap on units"),
    Row(472, "value_cap", "the order is worth more than the cap on value"),
    Row(474, "price_band", "the price is outside its band around the recent mean"),
    Row(480, "repeat", "too many executions in a row without a person's word"),
    Row(500, "day_loss", "the day has cost, or could still cost, too much"),
    Row(510, "pocket_loss", "the pocket has lost, or could still lose, too much"),
    Row(520, "kill_switch", "the kill switch is on"),
    Row(530, "balance", "the balance is below the minimum"),
    Row(540, "margin", "the free margin does not carry the order"),
    Row(600, "market_state", "the state of the market is not one this strategy trades in"),
    Row(700, "warming_up", "the strategy has not seen enough quotes or bars"),
    Row(710, "no_signal", "the strategy sees nothing to do"),
    Row(720, "score", "the signal's score is below the minimum"),
    Row(730, "cost", "the expected net target is below its cost"),
    Row(800, "denied_size", "the size that the rules allow is below the minimum"),
    Row(810, "denied_stop", "the signal has no stop, or a target or stop on the wrong side"),
    Row(900, "intent", "an order was decided"),
    Row(910, "pending", "an order is on its way"),
    Row(920, "in_position", "a position is open: exits only"),
)

OUTCOMES = len(TABLE)
CODES = np.array([row.code for row in TABLE], np.int64)
"""Codes by place, for the digest."""

NAMES = tuple(row.name for row in TABLE)
PLACES = {row.name: place for place, row in enumerate(TABLE)}

PAUSED = constant(PLACES["paused"])
HALTED = constant(PLACES["halted"])
CONNECTION = constant(PLACES["connection"])
SESSION = constant(PLACES["session"])
TIME_OF_DAY = constant(PLACES["time_of_day"])
ROLLOVER = constant(PLACES["rollover"])
HOLIDAY = constant(PLACES["holiday"])
EXPIRY = constant(PLACES["expiry"])
QUOTE_AGE = constant(PLACES["quote_age"])
UNDERLYING_AGE = constant(PLACES["underlying_age"])
SPREAD_PIPS = constant(PLACES["spread_pips"])
SPREAD_FRACTION = constant(PLACES["spread_fraction"])
SPREAD_MONITOR = constant(PLACES["spread_monitor"])
OPEN_INTEREST = constant(PLACES["open_interest"])
VOLUME = constant(PLACES["volume"])
QUOTE_SIZE = constant(PLACES["quote_size"])
NEWS = constant(PLACES["news"])
CALENDAR_STALE = constant(PLACES["calendar_stale"])
OPEN_BOT = constant(PLACES["open_bot"])
OPEN_INSTRUMENT = constant(PLACES["open_instrument"])
OPEN_POCKET = constant(PLACES["open_pocket"])
OPEN_ACCOUNT = constant(PLACES["open_account"])
OPEN_HOUSE = constant(PLACES["open_house"])
CORRELATION = constant(PLACES["correlation"])
SPACING = constant(PLACES["spacing"])
PER_MINUTE = constant(PLACES["per_minute"])
PER_HOUR = constant(PLACES["per_hour"])
PER_DAY = constant(PLACES["per_day"])
COOL_DOWN = constant(PLACES["cool_down"])
BACK_OFF = constant(PLACES["back_off"])
BREAKER = constant(PLACES["breaker"])
UNKNOWN_ORDER = constant(PLACES["unknown_order"])
ADAPTIVE_INTERVAL = constant(PLACES["adaptive_interval"])
UNITS_CAP = constant(PLACES["units_cap"])
VALUE_CAP = constant(PLACES["value_cap"])
PRICE_BAND = constant(PLACES["price_band"])
REPEAT = constant(PLACES["repeat"])
DAY_LOSS = constant(PLACES["day_loss"])
POCKET_LOSS = constant(PLACES["pocket_loss"])
KILL_SWITCH = constant(PLACES["kill_switch"])
BALANCE = constant(PLACES["balance"])
MARGIN = constant(PLACES["margin"])
MARKET_STATE = constant(PLACES["market_state"])
WARMING_UP = constant(PLACES["warming_up"])
NO_SIGNAL = constant(PLACES["no_signal"])
SCORE = constant(PLACES["score"])
COST = constant(PLACES["cost"])
DENIED_SIZE = constant(PLACES["denied_size"])
DENIED_STOP = constant(PLACES["denied_stop"])
INTENT = constant(PLACES["intent"])
PENDING = constant(PLACES["pending"])
IN_POSITION = constant(PLACES["in_position"])

STAGES = {
    1: "session",
    2: "spread",
    3: "news",
    4: "position",
    5: "daily loss",
    6: "market state",
    7: "signal",
    8: "sizing",
    9: "order",
}
"""The stages of the chain by the first digit of a code; 8 and 9 come after the seven gates."""
