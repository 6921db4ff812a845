"""Move what a session has become into one that was made of changed settings, between two events.

What is a setting comes from the new session; what was seen, counted, held and earned comes from the old one.
Lanes are the same lane where bot, instrument and account are; a strategy's own memory is kept where its file
is the same. The instruments and their order must be the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tickwise.core.types import MINUTE, NEVER
from tickwise.session.live import LiveSession
from tickwise.session.session import Lane

MARKET_SETTINGS = (
    "spread_ratio_max",
    "band_fraction",
    "pip",
    "unit_step",
    "tick_money",
    "price_tick",
    "keeps_sides",
    "finest",
    "widest",
    "underlying",
    "expiry",
    "lane_first",
    "lane_end",
)
REGIME_SETTINGS = ("frame", "trend_adx", "range_adx", "volatile_ratio", "dead_ratio")
HOUSE_SETTINGS = ("grid", "seed", "roll_at", "next_roll")
ACCOUNT_SETTINGS = ("day_loss_fraction", "resume_by_command", "kill_failures", "kill_window", "tally")

LANE_STATE = (
    "side",
    "low",
    "high",
    "due",
    "digest",
    "money",
    "exit_only",
    "paused",
    "weight",
    "rejects",
    "asked",
    "ambiguous",
    "marked",
    "counts",
    "missed",
    "position",
    "order",
    "pace",
    "trade",
)
"""What a lane has become. Everything else of it is a setting, or is found out again at once."""

STRATEGY_STATE = ("wholes", "reals", "wish_side", "wish_score", "wish_stop", "wish_target")
TALLIES = ("bot_tally", "instrument_tally", "pocket_tally", "group_tally")


def transplanted(old: LiveSession, new: LiveSession) -> dict[int, int]:
    """Fill a new session with the state of an old one; give the new place of each old lane that goes on."""
    was, now = old.session, new.session
    assert len(was.records.markets) == len(now.records.markets), "a reload keeps the instruments"
    places = {_key(lane): at for at, lane in enumerate(now.lanes)}
    moved = {at: places[_key(lane)] for at, lane in enumerate(was.lanes) if _key(lane) in places}
    _copied(was.records.houses[0], now.records.houses[0], HOUSE_SETTINGS)
    _next_roll(now.records)
    for before, after in zip(was.records.markets, now.records.markets, strict=True):
        _copied(before, after, (*MARKET_SETTINGS, "regime"))
        _copied(before["regime"], after["regime"], REGIME_SETTINGS)
    _accounts(old, new)
    now.records.tallies[0] = was.records.tallies[0]
    for at, to in moved.items():
        _lane(old, new, at, to)
    now.records.houses[0]["epoch"] += 1
    new.take_minutes(old)
    return moved


def _key(lane: Lane) -> tuple[str, str, str]:
    return lane.bot, lane.instrument, lane.account


def _copied(before: Any, after: Any, settings: tuple[str, ...]) -> None:
    """Copy a record but for its settings."""
    for name in before.dtype.names:
        if name not in settings:
            after[name] = before[name]


def _next_roll(records: Any) -> None:
    """Find the next turn of the day on the new calendar; what was due next stays due."""
    house, rolls = records.houses[0], records.rolls
    last = max(int(market["ts"]) for market in records.markets)
    at = int(np.searchsorted(rolls, max(last, int(house["minute"]) * int(MINUTE)), side="right"))
    house["roll_at"] = at
    house["next_roll"] = rolls[at] if at < len(rolls) else NEVER


def _accounts(old: LiveSession, new: LiveSession) -> None:
    """Copy accounts by their names; a tighter day limit holds from now on, a looser one from the next day."""
    names = list(dict.fromkeys(lane.account for lane in old.session.lanes))
    places = {name: at for at, name in enumerate(_accounts_of(new))}
    for name in names:
        if name not in places:
            continue
        before = old.session.records.accounts[_accounts_of(old).index(name)]
        after = new.session.records.accounts[places[name]]
        _copied(before, after, ACCOUNT_SETTINGS)
        new.session.records.tallies[int(after["tally"])] = old.session.records.tallies[int(before["tally"])]
        if after["day_loss_fraction"] > 0 and not after["day_lost"]:
            start = int(after["day_start"])
            floor = start - round(float(after["day_loss_fraction"]) * start)
            after["floor"] = max(int(after["floor"]), floor)


def _accounts_of(live: LiveSession) -> list[str]:
    """Name the accounts of a session in the order of their records."""
    lanes = live.session.records.lanes
    names = {int(lanes[at]["account"]): lane.account for at, lane in enumerate(live.session.lanes)}
    return [names[at] for at in sorted(names)]


def _lane(old: LiveSession, new: LiveSession, at: int, to: int) -> None:
    """Copy one lane, and what is counted in its scopes."""
    before, after = old.session.records.lanes[at], new.session.records.lanes[to]
    for name in LANE_STATE:
        after[name] = before[name]
    if _strategy(old, at) == _strategy(new, to):
        for name in STRATEGY_STATE:
            after[name] = before[name]
    for scope in TALLIES:
        new.session.records.tallies[int(after[scope])] = old.session.records.tallies[int(before[scope])]


def _strategy(live: LiveSession, at: int) -> Any:
    """Name the strategy's file of a lane."""
    return live.session.kernel.STRATEGIES[int(live.session.records.lanes[at]["strategy"])]
