"""One step called from Python: bytes cross the border, and the records are seen inside.

Finding out the types of eight record arrays costs Numba more than the step itself, so the state comes as one
block of bytes that begins with the places of its parts. The quote goes in at the head of a second block, and
what the step writes comes back in it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.core.compiled import hot
from tickwise.core.layout import (
    ACCOUNT,
    DECISION,
    EVENT,
    HOUSE,
    INTERVAL,
    LANE,
    MAILBOX,
    MARKET,
    MINUTE_DIGEST,
    TALLY,
    TRADE,
)
from tickwise.core.params import PARAMS
from tickwise.core.replay import replay_quotes, take_event

QUOTE = ("ts", "ts_event", "bid", "ask", "instrument")
"""The five whole numbers of a quote, in order; times in nanoseconds UTC, prices in ticks."""

WRITTEN = 4
"""Counters at the head of what a step writes: trades, decisions and minutes; int64 each, the fourth unused.
"""

MINUTES_KEPT = 64
"""Digests of minutes one step has room to write; a longer silence takes more than one call."""

LOGS = 4
"""Whole numbers that say where trades, decisions and minutes begin in an exchange, and where it ends."""

HEAD = 8 * (len(QUOTE) + WRITTEN + LOGS)
"""Bytes in front of an exchange: the quote that goes in, the counters that come out and the places of the
logs, int64 each."""

TO_EVENT = HEAD + EVENT.itemsize
"""Where the event that goes in ends, in bytes."""

PLACES = 9
"""Whole numbers at the head of a packed session: where each of its eight arrays begins, and where the last
ends.
"""


def exchange_for(lanes: int) -> NDArray[np.uint8]:
    """Make an exchange in which one step of so many lanes has room."""
    room = 4 * MAILBOX * (lanes + 1)
    sizes = (room * TRADE.itemsize, room * DECISION.itemsize, MINUTES_KEPT * MINUTE_DIGEST.itemsize)
    places = np.cumsum([TO_EVENT, *sizes]).astype(np.int64)
    exchange = np.zeros(places[-1], np.uint8)
    exchange[HEAD - 8 * LOGS : HEAD] = places.view(np.uint8)
    return exchange


@hot
def step_once(update: Any, maybe: Any, attend: Any, moment: Any, state: Any, exchange: Any) -> int:
    """Take the quote at the head of `exchange` into a packed session; 1 when it was taken, 0 when there was
    no room.
    """
    places = state[0 : 8 * PLACES].view(np.int64)
    quote = exchange[0:HEAD].view(np.int64)
    written = quote[len(QUOTE) : len(QUOTE) + WRITTEN]
    written[:] = 0
    logs = quote[len(QUOTE) + WRITTEN :]
    return int(
        replay_quotes(
            update,
            maybe,
            attend,
            moment,
            state[places[0] : places[1]].view(PARAMS),
            state[places[1] : places[2]].view(HOUSE),
            state[places[2] : places[3]].view(ACCOUNT),
            state[places[3] : places[4]].view(TALLY),
            state[places[4] : places[5]].view(MARKET),
            state[places[5] : places[6]].view(LANE),
            state[places[6] : places[7]].view(INTERVAL),
            state[places[7] : places[8]].view(np.int64),
            quote[0:1],
            quote[2:3],
            quote[3:4],
            quote[4:5],
            quote[1:2],
            0,
            exchange[logs[0] : logs[1]].view(TRADE),
            exchange[logs[1] : logs[2]].view(DECISION),
            exchange[logs[2] : logs[3]].view(MINUTE_DIGEST),
            written,
        )
    )


@hot
def take_once(moment: Any, state: Any, exchange: Any) -> int:
    """Take the event of an exchange into a packed session; 1 when it was taken, 0 when time has first to come
    further and there was no room.
    """
    places = state[0 : 8 * PLACES].view(np.int64)
    head = exchange[0:HEAD].view(np.int64)
    written = head[len(QUOTE) : len(QUOTE) + WRITTEN]
    written[:] = 0
    logs = head[len(QUOTE) + WRITTEN :]
    return int(
        take_event(
            moment,
            state[places[0] : places[1]].view(PARAMS),
            state[places[1] : places[2]].view(HOUSE),
            state[places[2] : places[3]].view(ACCOUNT),
            state[places[3] : places[4]].view(TALLY),
            state[places[4] : places[5]].view(MARKET),
            state[places[5] : places[6]].view(LANE),
            state[places[6] : places[7]].view(INTERVAL),
            state[places[7] : places[8]].view(np.int64),
            exchange[HEAD:TO_EVENT].view(EVENT),
            exchange[logs[0] : logs[1]].view(TRADE),
            exchange[logs[1] : logs[2]].view(DECISION),
            exchange[logs[2] : logs[3]].view(MINUTE_DIGEST),
            written,
        )
    )
