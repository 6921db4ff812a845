"""Stop opening while a stream the instrument needs is down."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(market: Any) -> Reading:
    """Streams that are not connected; facts of a dead stream are not fresh, so the gate is closed."""
    return Reading(float(market.disconnected), 0.0, market.disconnected == 0, NEVER)
