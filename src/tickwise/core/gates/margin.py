"""Open only what the free margin carries."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, account: Any, margin: Any) -> Reading:
    """Margin in use and of this order against the part of equity that may be used, in millionths."""
    limit = params.margin_fraction_max * (account.balance + account.open_pnl)
    used = float(account.margin_used + margin)
    return Reading(used, limit, params.margin_fraction_max == 0.0 or used <= limit, NEVER)
