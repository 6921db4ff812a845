"""Prices that are not what a price should be: what a reader of the stream must survive."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Told = dict[str, Any]


def _best(told: Told, side: str, value: object) -> Told:
    buckets = told[side] or [{"price": "1", "liquidity": 1}]
    return {**told, side: [{**buckets[0], "price": value}, *buckets[1:]]}


def _without(told: Told, name: str) -> Told:
    return {key: value for key, value in told.items() if key != name}


WAYS: dict[str, Callable[[Told], Told]] = {
    "nan": lambda told: _best(told, "bids", "NaN"),
    "infinite": lambda told: _best(told, "asks", "Infinity"),
    "empty": lambda told: _best(told, "bids", ""),
    "null": lambda told: _best(told, "asks", None),
    "zero": lambda told: _best(told, "bids", "0.00000"),
    "negative": lambda told: _best(told, "bids", "-" + told["closeoutBid"]),
    "huge": lambda told: _best(told, "asks", "1e400"),
    "number": lambda told: _best(told, "bids", float(told["closeoutBid"])),
    "finer": lambda told: _best(told, "bids", told["closeoutBid"] + "01"),
    "crossed": lambda told: {**told, "bids": told["asks"], "asks": told["bids"]},
    "one_sided": lambda told: {**told, "bids": []},
    "no_bids": lambda told: _without(told, "bids"),
    "no_time": lambda told: _without(told, "time"),
    "another_instrument": lambda told: {**told, "instrument": "XXX_YYY"},
    "unknown_type": lambda told: {**told, "type": "NEWS"},
    "new_field": lambda told: {**told, "somethingNew": {"deep": [1, "2", None]}},
}
"""Ways to spoil a price, by name; `not_json` is one more."""

NAMES = (*WAYS, "not_json")


def garbled(told: Told, how: str) -> bytes:
    """Give the line of a price, spoilt in one of the ways."""
    if how == "not_json":
        return b'{"type":"PRICE","time":oops}\n'
    return json.dumps(WAYS[how](told), separators=(",", ":")).encode() + b"\n"
