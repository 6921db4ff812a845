"""Stop opening below a minimum balance."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, account: Any) -> Reading:
    """Balance against the minimum, in millionths; a balance of zero or less never opens."""
    limit = max(1, params.balance_min)
    return Reading(float(account.balance), float(limit), account.balance >= limit, NEVER)
