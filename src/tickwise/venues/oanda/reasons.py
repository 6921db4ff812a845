"""Why OANDA ends an order, in our words: one row for each set of its words that mean the same to us.

The words are those of OrderCancelReason and TransactionRejectReason in OANDA's OpenAPI document, with those
newer servers add. What a strategy may do about it is the policy: `retry_later` where the market or the moment
was at fault, `resize` where fewer units might do, `give_up` where the same order can never pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

Policy: TypeAlias = Literal["retry_later", "resize", "give_up"]
Meaning: TypeAlias = tuple[str, Policy]

ROWS: tuple[tuple[str, Policy, str], ...] = (
    ("price_bound", "retry_later", "BOUNDS_VIOLATION"),
    ("price_bound", "give_up", "PRICE_BOUND_INVALID"),
    ("stop_reached", "retry_later", "LOSING_TAKE_PROFIT"),
    ("stop_distance", "give_up", "PRICE_DISTANCE_MAXIMUM_EXCEEDED PRICE_DISTANCE_MINIMUM_NOT_MET"),
    ("margin", "resize", "INSUFFICIENT_MARGIN INSUFFICIENT_FUNDS MARGIN_RATE_WOULD_TRIGGER_CLOSEOUT"),
    ("margin", "resize", "MARGIN_RATE_WOULD_TRIGGER_MARGIN_CALL ORDER_CANCEL_WOULD_TRIGGER_CLOSEOUT"),
    ("liquidity", "resize", "INSUFFICIENT_LIQUIDITY"),
    ("market_closed", "retry_later", "MARKET_HALTED"),
    ("halted", "retry_later", "INSTRUMENT_BID_HALTED INSTRUMENT_ASK_HALTED"),
    ("halted", "retry_later", "INSTRUMENT_BID_REDUCE_ONLY INSTRUMENT_ASK_REDUCE_ONLY"),
    ("halted", "retry_later", "INSTRUMENT_PRICE_UNKNOWN"),
    ("units", "resize", "UNITS_LIMIT_EXCEEDED UNITS_MIMIMUM_NOT_MET UNITS_MINIMUM_NOT_MET"),
    ("units", "resize", "POSITION_SIZE_EXCEEDED ACCOUNT_POSITION_VALUE_LIMIT_EXCEEDED"),
    ("units", "give_up", "UNITS_MISSING UNITS_INVALID UNITS_PRECISION_EXCEEDED"),
    ("units", "give_up", "CLOSE_TRADE_PARTIAL_UNITS_MISSING CLOSE_TRADE_UNITS_EXCEED_TRADE_SIZE"),
    (
        "units",
        "give_up",
        "CLOSEOUT_POSITION_UNITS_EXCEED_POSITION_SIZE CLOSEOUT_POSITION_PARTIAL_UNITS_MISSING",
    ),
    ("price_format", "give_up", "PRICE_MISSING PRICE_INVALID PRICE_PRECISION_EXCEEDED"),
    ("price_format", "give_up", "PRICE_BOUND_PRECISION_EXCEEDED PRICE_DISTANCE_MISSING"),
    ("price_format", "give_up", "PRICE_DISTANCE_INVALID PRICE_DISTANCE_PRECISION_EXCEEDED"),
    ("price_format", "give_up", "TRIGGER_CONDITION_MISSING TRIGGER_CONDITION_INVALID"),
    ("fifo", "give_up", "FIFO_VIOLATION FIFO_VIOLATION_SAFEGUARD_VIOLATION"),
    ("fifo", "give_up", "FIFO_VIOLATION_SAFEGUARD_PARTIAL_CLOSE_VIOLATION"),
    ("fifo", "give_up", "TAKE_PROFIT_ORDER_WOULD_VIOLATE_FIFO_VIOLATION_SAFEGUARD"),
    ("fifo", "give_up", "STOP_LOSS_ORDER_WOULD_VIOLATE_FIFO_VIOLATION_SAFEGUARD"),
    ("fifo", "give_up", "GUARANTEED_STOP_LOSS_ORDER_WOULD_VIOLATE_FIFO_VIOLATION_SAFEGUARD"),
    ("fifo", "give_up", "TRAILING_STOP_LOSS_ORDER_WOULD_VIOLATE_FIFO_VIOLATION_SAFEGUARD"),
    ("limit_of_orders", "retry_later", "PENDING_ORDERS_ALLOWED_EXCEEDED OPEN_TRADES_ALLOWED_EXCEEDED"),
    ("duplicate", "give_up", "CLIENT_ORDER_ID_ALREADY_EXISTS CLIENT_TRADE_ID_ALREADY_EXISTS"),
    ("duplicate", "give_up", "ORDERS_ON_FILL_DUPLICATE_CLIENT_ORDER_IDS TAKE_PROFIT_ORDER_ALREADY_EXISTS"),
    ("duplicate", "give_up", "STOP_LOSS_ORDER_ALREADY_EXISTS TRAILING_STOP_LOSS_ORDER_ALREADY_EXISTS"),
    ("duplicate", "give_up", "GUARANTEED_STOP_LOSS_ORDER_ALREADY_EXISTS"),
    ("account_locked", "give_up", "ACCOUNT_LOCKED ACCOUNT_NEW_POSITIONS_LOCKED ACCOUNT_NOT_ACTIVE"),
    ("account_locked", "give_up", "ACCOUNT_ORDER_CREATION_LOCKED ACCOUNT_ORDER_FILL_LOCKED"),
    ("account_locked", "give_up", "ACCOUNT_ORDER_CANCEL_LOCKED ACCOUNT_CONFIGURATION_LOCKED"),
    ("account_locked", "give_up", "ACCOUNT_DEPOSIT_LOCKED ACCOUNT_WITHDRAWAL_LOCKED MIGRATION"),
    ("instrument", "give_up", "INSTRUMENT_NOT_TRADEABLE INSTRUMENT_MISSING INSTRUMENT_UNKNOWN"),
    ("gone", "give_up", "ORDER_DOESNT_EXIST TRADE_DOESNT_EXIST NO_SUCH_ORDER NO_SUCH_TRADE NO_SUCH_POSITION"),
    ("gone", "give_up", "CLOSEOUT_POSITION_DOESNT_EXIST LINKED_TRADE_CLOSED"),
    ("time_in_force", "retry_later", "TIME_IN_FORCE_EXPIRED"),
    ("time_in_force", "give_up", "TIME_IN_FORCE_MISSING TIME_IN_FORCE_INVALID"),
    ("time_in_force", "give_up", "TIME_IN_FORCE_GTD_TIMESTAMP_MISSING TIME_IN_FORCE_GTD_TIMESTAMP_IN_PAST"),
    ("venue_error", "retry_later", "INTERNAL_SERVER_ERROR POSITION_CLOSEOUT_FAILED CLOSEOUT_POSITION_REJECT"),
    ("client_request", "give_up", "CLIENT_REQUEST CLIENT_REQUEST_REPLACED DIVIDEND_ADJUSTMENT_REPLACED"),
    # What follows is a fault of the request, or of a kind of order that is never sent from here.
    ("other", "give_up", "ORDER_ID_UNSPECIFIED ORDER_IDENTIFIER_INCONSISTENCY REPLACING_ORDER_INVALID"),
    ("other", "give_up", "TRADE_ID_UNSPECIFIED TRADE_IDENTIFIER_INCONSISTENCY REPLACING_TRADE_ID_INVALID"),
    ("other", "give_up", "CLIENT_ORDER_ID_INVALID CLIENT_ORDER_TAG_INVALID CLIENT_ORDER_COMMENT_INVALID"),
    ("other", "give_up", "CLIENT_TRADE_ID_INVALID CLIENT_TRADE_TAG_INVALID CLIENT_TRADE_COMMENT_INVALID"),
    ("other", "give_up", "TRADE_ON_FILL_CLIENT_EXTENSIONS_NOT_SUPPORTED CLIENT_EXTENSIONS_DATA_MISSING"),
    ("other", "give_up", "ORDER_FILL_POSITION_ACTION_MISSING ORDER_FILL_POSITION_ACTION_INVALID"),
    ("other", "give_up", "ORDER_PARTIAL_FILL_OPTION_MISSING ORDER_PARTIAL_FILL_OPTION_INVALID"),
    ("other", "give_up", "INVALID_REISSUE_IMMEDIATE_PARTIAL_FILL CLOSE_TRADE_TYPE_MISSING"),
    ("other", "give_up", "CLOSEOUT_POSITION_INCOMPLETE_SPECIFICATION HEDGING_GSLO_VIOLATION"),
    ("other", "give_up", "STOP_LOSS_ORDER_NOT_CANCELABLE STOP_LOSS_ORDER_NOT_REPLACEABLE"),
    ("other", "give_up", "TRAILING_STOP_LOSS_ORDERS_NOT_SUPPORTED OCA_ORDER_IDS_STOP_LOSS_NOT_ALLOWED"),
)
"""(reason, policy, OANDA's words for it)."""

BRACKETS = ("TAKE_PROFIT", "STOP_LOSS", "TRAILING_STOP_LOSS", "GUARANTEED_STOP_LOSS")
"""The orders an entry may carry; each has words of its own for the same faults."""

ON_FILL: tuple[tuple[str, Policy, str], ...] = (
    ("stop_reached", "retry_later", "LOSS"),
    ("stop_distance", "give_up", "PRICE_DISTANCE_MAXIMUM_EXCEEDED PRICE_DISTANCE_MINIMUM_NOT_MET"),
    ("stop_distance", "give_up", "MINIMUM_DISTANCE_NOT_MET GUARANTEED_MINIMUM_DISTANCE_NOT_MET"),
    ("price_format", "give_up", "PRICE_MISSING PRICE_INVALID PRICE_PRECISION_EXCEEDED"),
    ("price_format", "give_up", "DISTANCE_INVALID DISTANCE_PRECISION_EXCEEDED PRICE_DISTANCE_MISSING"),
    ("price_format", "give_up", "PRICE_DISTANCE_INVALID PRICE_DISTANCE_PRECISION_EXCEEDED"),
    ("price_format", "give_up", "PRICE_AND_DISTANCE_BOTH_SPECIFIED PRICE_AND_DISTANCE_BOTH_MISSING"),
    ("price_format", "give_up", "TRIGGER_CONDITION_MISSING TRIGGER_CONDITION_INVALID"),
    ("time_in_force", "give_up", "TIME_IN_FORCE_MISSING TIME_IN_FORCE_INVALID"),
    ("time_in_force", "give_up", "GTD_TIMESTAMP_MISSING GTD_TIMESTAMP_IN_PAST"),
    ("duplicate", "give_up", "CLIENT_ORDER_ID_ALREADY_EXISTS"),
    ("halted", "retry_later", "BID_HALTED ASK_HALTED GUARANTEED_BID_HALTED GUARANTEED_ASK_HALTED"),
    ("other", "give_up", "CLIENT_ORDER_ID_INVALID CLIENT_ORDER_TAG_INVALID CLIENT_ORDER_COMMENT_INVALID"),
    ("other", "give_up", "REQUIRED REQUIRED_FOR_PENDING_ORDER NOT_ALLOWED HEDGING_NOT_ALLOWED"),
    ("other", "give_up", "GUARANTEED_REQUIRED GUARANTEED_NOT_ALLOWED GUARANTEED_HEDGING_NOT_ALLOWED"),
    ("other", "give_up", "GUARANTEED_LEVEL_RESTRICTION_EXCEEDED LEVEL_RESTRICTION_VOLUME_EXCEEDED"),
    ("other", "give_up", "LEVEL_RESTRICTION_PRICE_RANGE_EXCEEDED"),
)
"""The same for the orders that an entry carries: the words stand after e.g. STOP_LOSS_ON_FILL_."""

UNLISTED: Meaning = ("other", "give_up")
"""What a word means that no row has: newer servers add some."""


def _table() -> Mapping[str, Meaning]:
    """Give the meaning of every word."""
    table = {word: (reason, policy) for reason, policy, words in ROWS for word in words.split()}
    for reason, policy, words in ON_FILL:
        for word in words.split():
            table |= {f"{bracket}_ON_FILL_{word}": (reason, policy) for bracket in BRACKETS}
    return MappingProxyType(table)


MEANINGS = _table()
"""OANDA's word to (reason, policy)."""


def meaning_of(word: str) -> Meaning:
    """Say what OANDA's word means to us; families of guaranteed stops and words not listed are `other`."""
    return MEANINGS.get(word, UNLISTED)
