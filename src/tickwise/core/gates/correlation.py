"""Stop opening when instruments that move together carry enough."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, account: Any, tally: Any) -> Reading:
    """Absolute signed value of the group against a fraction of the equity the day began with; value in
    millionths of the account.
    """
    limit = params.group_fraction_max * account.day_start
    value = float(abs(tally.value))
    return Reading(value, limit, params.group_fraction_max == 0.0 or value < limit, NEVER)
