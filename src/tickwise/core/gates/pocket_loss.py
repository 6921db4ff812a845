"""Stop opening in a pocket that has lost, or could still lose, too much."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, account: Any, tally: Any, risk: Any) -> Reading:
    """Drawdown of the pocket from its peak, with what its open stops could lose, against a fraction of the
    day's
    starting equity; in millionths."""
    limit = params.pocket_loss_fraction * account.day_start
    could = tally.peak - tally.pnl + tally.risk + risk
    return Reading(float(could), limit, params.pocket_loss_fraction == 0.0 or could < limit, NEVER)
