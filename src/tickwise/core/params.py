"""The numbers a lane is run with: limits, exits, sizing and costs, in the core's own units.

The config says pips, seconds and percent; `tickwise.config` turns them into ticks, nanoseconds and millionths
once, at load. A row of this record is one set of settings; a lane may have one for each state of the market.
Zero switches a limit off unless its line says otherwise.
"""

from tickwise.core.record import record, window

TABLE_ROWS = 16
"""Quantiles in a table of latencies or slippages."""

LEVELS = 24
"""Whole numbers, and again floats, that hold a strategy's levels."""

PARAMS = record(
    # Gates; `quote_gates` is 1 where a gate of the quote besides the spread in pips is on
    quote_gates=int,
    spread_ticks_max=int,
    spread_millionths_max=int,
    spread_monitor=int,
    quote_age_max=int,
    underlying_age_max=int,
    open_interest_min=int,
    volume_min=int,
    quote_units_min=int,
    open_bot_max=int,
    open_instrument_max=int,
    open_pocket_max=int,
    open_account_max=int,
    open_house_max=int,
    group_fraction_max=float,
    spacing=int,
    per_minute_max=int,
    per_hour_max=int,
    per_day_max=int,
    cool_down=int,
    back_off=int,
    back_off_factor=float,
    back_off_max=int,
    breaker_failures=int,
    breaker_rest=int,
    interval_min=int,
    interval_max=int,
    units_cap=int,
    value_cap=int,
    band_fraction=float,
    repeats_max=int,
    day_loss_fraction=float,
    pocket_loss_fraction=float,
    balance_min=int,
    margin_fraction_max=float,
    states_refused=int,
    score_min=float,
    cost_ratio_min=float,
    # Exits
    target_ticks=int,
    target_spread_added=int,
    target_spread_min=int,
    target_fraction=float,
    stop_ticks=int,
    stop_fraction=float,
    anchored_at_decision=int,
    time_stop=int,
    time_stop_gain=int,
    soft_stop_ticks=int,
    trail_start=int,
    trail_ticks=int,
    trail_step=int,
    even_trigger=int,
    even_offset=int,
    partial_trigger=int,
    partial_fraction=float,
    unrealised_fraction_max=float,
    flat_by=int,
    day_loss_flatten=int,
    # Sizing
    units_fixed=int,
    risk_fraction=float,
    margin_share=float,
    pocket_share=float,
    units_min=int,
    units_max=int,
    ramp=float,
    margin_rate=float,
    # Costs and the simulated venue
    latency=int,
    latency_rows=int,
    latencies=window(int, TABLE_ROWS),
    slippage_ticks=int,
    slippage_mean=float,
    slippage_rows=int,
    slippages=window(int, TABLE_ROWS),
    bar_spread=int,
    bound_ticks=int,
    reject_fraction=float,
    partial_fills=float,
    partial_share_min=float,
    commission_unit=float,
    commission_fraction=float,
    financing_long=float,
    financing_short=float,
    # The strategy's own
    wholes=window(int, LEVELS),
    reals=window(float, LEVELS),
)
"""One set of settings. Ticks, nanoseconds, millionths of the account's currency, fractions of one."""
