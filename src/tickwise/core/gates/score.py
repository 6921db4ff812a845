"""Act only on signals the strategy is sure enough of."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, score: Any) -> Reading:
    """Score of the signal against the minimum; a score that is not a number refuses."""
    return Reading(score, params.score_min, score >= params.score_min, NEVER)
