"""Stop opening once the day has cost, or could still cost, too much."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, account: Any, tally: Any, risk: Any) -> Reading:
    """Loss of the day plus what open stops and this order's stop could still lose, in millionths.

    Equity with open profit, less what the stops would take from it, is the balance less the distance from the
    entries to the stops: so the reading does not move with the quote. A day that was lost stays lost
    for every bot of the account, also for one without a limit of its own.
    """
    limit = params.day_loss_fraction * account.day_start
    could = account.day_start - account.balance + tally.risk + risk
    allows = account.day_lost == 0 and (params.day_loss_fraction == 0.0 or could < limit)
    return Reading(float(could), limit, allows, NEVER)
