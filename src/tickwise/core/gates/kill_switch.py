"""Stop opening once the kill switch is on."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(account: Any) -> Reading:
    """The switch of the account; it ends only by a command with a reason."""
    return Reading(float(account.killed), 0.0, account.killed == 0, NEVER)
