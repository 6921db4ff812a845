"""Trade only in the states of the market the strategy is made for."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """The state of the market; the limit is the set of refused states, a bit each."""
    state = market.regime.state
    refused = (params.states_refused >> state) & 1
    return Reading(float(state), float(params.states_refused), refused == 0, NEVER)
