"""Stop opening while the engine, the instrument or the bot is paused."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(house: Any, market: Any, lane: Any) -> Reading:
    """Pauses of the house, the instrument and the lane; they end by command, nobody knows when."""
    paused = house.paused + market.paused + lane.paused + lane.exit_only
    return Reading(float(paused), 0.0, paused == 0, NEVER)
