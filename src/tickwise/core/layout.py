"""The records of a session: everything that moves, by name.

A session has one house, its accounts, its markets (one for each instrument), its lanes (one for each bot,
instrument and account) and its tallies (open positions and risk by house, account, pocket, bot, instrument
and group). Each is a structured record changed in place. No field has the name of an ndarray method, and no
array is an argument of what runs on each quote: windows live inside the records.
"""

from tickwise.core.indicators.adx import Adx
from tickwise.core.indicators.atr import Atr
from tickwise.core.outcome import OUTCOMES
from tickwise.core.record import record, window
from tickwise.core.types import MARKET_STATES

LAYOUT_VERSION = 3
"""Named in every snapshot; a snapshot of another version is ignored and the journal replayed."""

QUOTES_KEPT = 256
"""Quotes in the window of a market; a power of two, so that a place is found with a mask."""

BARS_KEPT = 128
"""Closed bars in the window of a frame; 001 looks back 100."""

FRAMES = 4
FRAME_SECONDS = (60, 300, 900, 3600)
FRAME_NAMES = ("M1", "M5", "M15", "H1")

GATE_CALENDARS = 7
"""Calendars a lane can stand in: session, time of day, rollover, holiday, expiry, news, stale."""

FAILURES_KEPT = 16
"""Failures of an account kept for the kill switch; its limit cannot be larger."""

ENTRY_TIMES_KEPT = 64
"""Entry times kept for the limit in a sliding minute; the limit cannot be larger."""

MEMORY = 48
"""Whole numbers, and again floats, that a strategy may keep as state or as levels."""

MAILBOX = 8
"""Decisions one lane can make at one event: close a part, fill, close, enter."""

FRAME = record(
    span=int,
    start=int,
    end=int,
    open=int,
    high=int,
    low=int,
    close=int,
    spread_sum=int,
    quotes=int,
    closed=int,
    fresh=int,
    times=window(int, BARS_KEPT),
    opens=window(int, BARS_KEPT),
    highs=window(int, BARS_KEPT),
    lows=window(int, BARS_KEPT),
    closes=window(int, BARS_KEPT),
    spreads=window(float, BARS_KEPT),
    volumes=window(int, BARS_KEPT),
)
"""Bars of one length. Prices of the mid in half-ticks; the windows hold closed bars, newest at `closed -
1`.
"""

SIDES = record(bid_open=int, bid_high=int, bid_low=int, ask_open=int, ask_high=int, ask_low=int)
"""Bid and ask of the open minute, in ticks; its last quote closes it."""

REGIME = record(
    frame=int,
    adx=Adx,
    fast=Atr,
    slow=Atr,
    state=int,
    trend_adx=float,
    range_adx=float,
    volatile_ratio=float,
    dead_ratio=float,
)
"""The classifier of the market's state: what it remembers and its four limits. `frame` is -1 when it is
off.
"""

MARKET = record(
    n=int,
    ts=int,
    ts_event=int,
    bid=int,
    ask=int,
    mid2=int,
    bid_units=int,
    ask_units=int,
    at=int,
    bar_end=int,
    bar_high=int,
    bar_low=int,
    bar_spread_sum=int,
    bar_quotes=int,
    epoch=int,
    spread_cap=int,
    spread_mean=float,
    spread_minutes=int,
    spread_ratio_max=float,
    crossed=int,
    non_positive=int,
    late=int,
    duplicate=int,
    out_of_band=int,
    band_fraction=float,
    paused=int,
    disconnected=int,
    unknown_orders=int,
    breaker_failures=int,
    breaker_until=int,
    open_interest=int,
    volume=int,
    underlying=int,
    expiry=int,
    pip=int,
    unit_step=float,
    tick_money=float,
    price_tick=float,
    keeps_sides=int,
    finest=int,
    widest=int,
    lane_first=int,
    lane_end=int,
    sides=SIDES,
    last_sides=SIDES,
    regime=REGIME,
    frames=window(FRAME, FRAMES),
    mids=window(int, QUOTES_KEPT),
    times=window(int, QUOTES_KEPT),
)
"""One instrument as it looks at this moment. `pip` is ticks in a pip; `tick_money` is millionths of the quote
currency for one tick of one unit; `price_tick` is the tick as a price."""

LEDGER_ROW = record(value=float, limit=float, allows=int, until=int, read=int)
"""What one gate read: the row of a moment's ledger; `read` is 1 where the gate was asked."""

HOUSE = record(
    epoch=int,
    clock=int,
    grid=int,
    day=int,
    roll_at=int,
    next_roll=int,
    paused=int,
    orders=int,
    seed=int,
    minute=int,
    asked=int,
    ledger=window(LEDGER_ROW, OUTCOMES),
)
"""What all lanes share: the next time something is due, the grid of timers, the trading day."""

ACCOUNT = record(
    balance=int,
    open_pnl=int,
    day_start=int,
    floor=int,
    peak=int,
    drawdown=int,
    margin_used=int,
    halted=int,
    killed=int,
    day_loss_fraction=float,
    day_lost=int,
    resume_by_command=int,
    kill_failures=int,
    kill_window=int,
    failed=int,
    failures=window(int, FAILURES_KEPT),
    currency=int,
    deposits=int,
    financing=int,
    commission=int,
    tally=int,
)
"""One account, in millionths of its currency. `floor` is the equity at which the day is lost; `failures` are
the times of its last failed orders, `failed` their number."""

TALLY = record(
    open=int,
    risk=int,
    value=int,
    foreign=int,
    foreign_value=int,
    day_pnl=int,
    peak=int,
    pnl=int,
    executions=int,
    wins=int,
    ended=int,
)
"""Open positions (and orders on their way) of one scope: how many, what their stops could still lose against
their entries, their signed value; realised money of the day; all in millionths. `foreign` of them, worth
`foreign_value`, are at the venue but not ours."""

TRADE = record(
    lane=int,
    bot=int,
    instrument=int,
    account=int,
    side=int,
    units=int,
    decided_ts=int,
    entry_ts=int,
    entry_price=float,
    exit_ts=int,
    exit_price=float,
    reason=int,
    pnl=int,
    gross=int,
    commission=int,
    financing=int,
    risk=int,
    stop=int,
    target=int,
    best=int,
    worst=int,
    spread=int,
    score=float,
    state=int,
    ambiguous=int,
    latency=int,
    order=int,
)
"""From flat to flat. Money in millionths of the account's currency, levels in ticks, prices as mean ticks."""

DECISION = record(
    ts=int,
    lane=int,
    act=int,
    reason=int,
    side=int,
    units=int,
    price=int,
    stop=int,
    target=int,
    bound=int,
    id=int,
    earned=int,
    commission=int,
)
"""What the step decided or saw happen to an order; see `core/decision.py` for the acts."""

POSITION = record(
    units=int,
    cost=int,
    opened=int,
    entry_ts=int,
    entry=int,
    stop=int,
    target=int,
    first_stop=int,
    resting_stop=int,
    resting_target=int,
    best=int,
    worst=int,
    moved=int,
    reduced=int,
    mark=int,
    risk=int,
    value=int,
    margin=int,
    gross=int,
    commission=int,
    financing=int,
    entry_value=int,
    exit_value=int,
    exit_units=int,
    decided_ts=int,
    spread=int,
    score=float,
    state=int,
    ambiguous=int,
    latency=int,
    closing=int,
    closing_units=int,
    closing_due=int,
    ordered=int,
    leave_after=int,
    stop_after=int,
)
"""Signed units at a whole cost: the sum of units times price, so that no average is ever rounded.

`entry` is the price from which gains are counted. `stop` and `target` are the levels that protect it,
wherever they rest; `resting_stop` and `resting_target` are the orders that rest at the simulated exchange, 0
where a venue holds them. `closing` is the reason of the order to leave that is on its way. `ordered` is the
reason of a word from outside to leave, which stands until the lane is flat. Before `leave_after` no other
order to leave is sent, before `stop_after` no better stop is asked for: the venue refused the last one."""

ORDER = record(
    id=int,
    units=int,
    due=int,
    decided_ts=int,
    anchor=int,
    bound=int,
    stop=float,
    target=float,
    spread=int,
    score=float,
    state=int,
    risk=int,
    value=int,
    margin=int,
    latency=int,
)
"""An entry on its way. `stop` and `target` are distances in ticks, `anchor` the half-tick price they count
from when the exits are anchored at the decision."""

PACE = record(
    last_entry=int,
    entries=int,
    hour=int,
    hour_entries=int,
    day=int,
    day_entries=int,
    cool_until=int,
    failures=int,
    back_off_until=int,
    repeats=int,
    interval=int,
    times=window(int, ENTRY_TIMES_KEPT),
)
"""How fast a lane goes: its last entries, failures, and until when it must rest."""

LANE = record(
    side=int,
    low=int,
    high=int,
    due=int,
    wake=int,
    standing=int,
    seen=int,
    row=int,
    trigger=int,
    leader=int,
    digest=int,
    salt=int,
    spread_cap=int,
    age_max=int,
    money=float,
    mail=int,
    traded=int,
    strategy=int,
    slot=int,
    bot=int,
    instrument=int,
    account=int,
    bot_tally=int,
    instrument_tally=int,
    pocket_tally=int,
    group_tally=int,
    house_tally=int,
    auto_trade=int,
    exit_only=int,
    paused=int,
    weight=float,
    wish_side=int,
    wish_score=float,
    wish_stop=float,
    wish_target=float,
    warm_up=int,
    rate_market=int,
    rate_inverted=int,
    base_row=int,
    flat_at=int,
    rejects=int,
    asked=int,
    ambiguous=int,
    marked=int,
    rows=window(int, MARKET_STATES),
    calendar_first=window(int, GATE_CALENDARS),
    calendar_end=window(int, GATE_CALENDARS),
    calendar_at=window(int, GATE_CALENDARS),
    flat_first=int,
    flat_end=int,
    counts=window(int, OUTCOMES),
    missed=window(int, OUTCOMES),
    position=POSITION,
    order=ORDER,
    pace=PACE,
    trade=TRADE,
    box=window(DECISION, MAILBOX),
    wholes=window(int, MEMORY),
    reals=window(float, MEMORY),
)
"""One bot on one instrument in one account."""

EVENT = record(
    kind=int,
    ts=int,
    lane=int,
    market=int,
    account=int,
    units=int,
    price=int,
    reason=int,
    stop=int,
    target=int,
    money=int,
    earned=int,
    commission=int,
    balance=int,
    value=float,
)
"""What happened outside the market: an answer of a venue, a command, a connection. See `core/events.py`."""

INTERVAL = record(start=int, end=int)
"""A blocked stretch of time, [start, end), nanoseconds UTC."""

MINUTE_DIGEST = record(minute=int, digest=int)
"""The sum of all lanes' digests when a minute (counted from 1970 UTC) was reached."""
