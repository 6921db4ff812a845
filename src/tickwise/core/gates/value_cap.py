"""Never send an order worth more than the cap."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, value: Any) -> Reading:
    """Value of the order in millionths of the account against the cap."""
    limit = params.value_cap
    return Reading(float(abs(value)), float(limit), limit == 0 or abs(value) <= limit, NEVER)
