"""Stop opening while the account is halted."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(account: Any) -> Reading:
    """A halt ends only by a command with a reason."""
    return Reading(float(account.halted), 0.0, account.halted == 0, NEVER)
