"""How many units: every rule that is switched on gives a number, and the smallest wins.

Rules: a fixed number; a fraction of equity at risk over the distance to the stop; a share of the free margin;
a share of equity as margin for the pocket. The ramp takes its part, the maximum caps, and what is left below
the minimum is denied. Money in millionths, distances in ticks.
"""

from math import floor
from typing import Any

from tickwise.core.compiled import hot


@hot
def units_of(
    params: Any,
    account: Any,
    price: int,
    stop_ticks: float,
    tick_money: float,
    pocket_value: int,
    weight: float,
) -> int:
    """Give the units to trade, not signed; 0 where a rule allows none or the result is below the minimum.

    `weight` is the bot's, 1 but for a word from outside: it makes an order smaller, never larger.
    """
    equity = account.balance + account.open_pnl
    if tick_money <= 0.0 or stop_ticks <= 0.0 or equity <= 0 or not weight > 0.0:
        return 0
    units = float(params.units_max) if params.units_max > 0 else 2.0**52
    if params.units_fixed > 0:
        units = min(units, float(params.units_fixed))
    if params.risk_fraction > 0.0:
        units = min(units, params.risk_fraction * equity / (stop_ticks * tick_money))
    unit_margin = price * tick_money * params.margin_rate
    if params.margin_share > 0.0 and unit_margin > 0.0:
        units = min(units, params.margin_share * (equity - account.margin_used) / unit_margin)
    if params.pocket_share > 0.0 and unit_margin > 0.0:
        held = abs(pocket_value) * params.margin_rate
        units = min(units, (params.pocket_share * equity - held) / unit_margin)
    if units >= 2.0**52:  # no rule is on: nothing says how many
        return 0
    whole = floor(units * params.ramp * min(1.0, weight)) if units > 0.0 else 0
    return whole if whole >= max(1, params.units_min) else 0
