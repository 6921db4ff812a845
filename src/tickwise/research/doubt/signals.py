"""What a strategy asks for, with nothing in its way: the signals that doubts compare.

The bot sends no orders, its gates and calendars are off, and what differs in a state of the market is left
out. So a signal depends on the strategy and on what it was shown, and on nothing that happened to an account.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.config.load import bot_of
from tickwise.core.decision import SIGNAL_ONLY
from tickwise.core.layout import DECISION
from tickwise.market_data.chunks import Chunk
from tickwise.market_data.tape import Tape
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

OFF: dict[str, dict[str, Any]] = {
    "gates": {
        "quote_age_ms_max": 0,
        "spread_pips_max": -1,
        "spread_monitor": False,
        "spacing_s": 0,
        "per_minute_max": 0,
        "open_bot_max": 0,
        "day_loss_fraction_max": 0.0,
        "pocket_loss_fraction_max": 0.0,
        "margin_fraction_max": 0.0,
        "cost_ratio_min": 0.0,
        "back_off_s": 0,
        "back_off_s_max": 0,
        "breaker_failures": 0,
    },
    "sizing": {"units_fixed": 10_000, "units_min": 1, "units_max": 0},
    "calendar": {
        "quiet_windows": [],
        "rollover_before_min": 0,
        "rollover_after_min": 0,
        "market_closed": False,
    },
}
"""The gates, the calendar and the size of a bot that nothing keeps from showing its signals."""


def bare(bot: BotConfig) -> BotConfig:
    """Give a bot that shows its signals and nothing else: no orders, no gates, no calendar, no states."""
    document = bot.model_dump(exclude_none=True)
    calendar = {**OFF["calendar"], "day_roll": bot.calendar.day_roll}
    bare_of = {**document, **OFF, "calendar": calendar, "auto_trade": False, "states": {}}
    return bot_of(bare_of, bot.name, bot.folder)


def session_of(bot: BotConfig, tape: Tape) -> Session:
    """Make a session of a bare bot."""
    return assembled([bot], tape)


def signals_of(session: Session) -> NDArray[Any]:
    """Give the signals of a session: records of their time, lane and side, in order."""
    raw = np.concatenate(session.decisions) if session.decisions else np.zeros(0, DECISION)
    mine = raw[raw["act"] == SIGNAL_ONLY]
    found = np.zeros(len(mine), [("ts", np.int64), ("lane", np.int64), ("side", np.int64)])
    found["ts"], found["lane"], found["side"] = mine["ts"], mine["lane"], np.sign(mine["units"])
    return found


def signals(bot: BotConfig, tape: Tape, chunks: Iterable[Chunk]) -> NDArray[Any]:
    """Run a bare bot over chunks, one after the other, and give its signals."""
    session = session_of(bot, tape)
    for chunk in chunks:
        session.feed(chunk)
    return signals_of(session)
