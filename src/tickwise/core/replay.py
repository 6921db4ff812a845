"""The compiled loop over arrays: the body of every generated kernel.

A backtest, a portfolio and a set of parameters all run here, through the same step. The strategy's functions
are arguments so that the compiler inlines them; the arrays are touched by the loop alone, and what it calls
on
each quote gets records.
"""

from typing import Any

import numpy as np

from tickwise.core.booking import draw_corridor, strike_at
from tickwise.core.clock import advance, reschedule, roll_day
from tickwise.core.compiled import hot, rare
from tickwise.core.events import FOREIGN, OF_LANE, OPENING, TIMER, foreign, of_house, of_lane
from tickwise.core.explain import explain_gates
from tickwise.core.facts import Facts
from tickwise.core.layout import MAILBOX
from tickwise.core.market import (
    admit,
    begin_minute,
    refuse,
    see,
)
from tickwise.core.mix import combined
from tickwise.core.step import (
    BREACH,
    CONSIDER,
    LOOK,
    NOTHING,
    ON_QUOTE,
    act,
    ask_at_close,
    consider,
    look_again,
    on_time,
    step,
)
from tickwise.core.types import FLAT, MINUTE, NEVER, NO_WISH, WAITING, Signal

TRADES = 0
DECISIONS = 1
MINUTES = 2
"""Places in the counters of a replay: trades, decisions and digests written so far."""


@hot
def replay_quotes(
    update: Any,
    maybe: Any,
    attend: Any,
    moment: Any,
    params: Any,
    houses: Any,
    accounts: Any,
    tallies: Any,
    markets: Any,
    lanes: Any,
    calendar: Any,
    rolls: Any,
    times: Any,
    bids: Any,
    asks: Any,
    instruments: Any,
    event_times: Any,
    start: int,
    trades: Any,
    decisions: Any,
    minutes: Any,
    written: Any,
) -> int:
    """Run quotes from `start`; give the number consumed, less than there are when a log is full.

    `instruments` and `event_times` are empty when the tape has one instrument, or no time but that of
    arrival.
    `attend` and `moment` are the kernel's own `attend_lane` and `strike`, compiled out of line.
    """
    house = houses[0]
    several = len(instruments) > 0
    dated = len(event_times) > 0
    room = len(lanes) + 1
    most = len(decisions) if len(decisions) > 0 else NEVER
    last = len(times)
    i = start
    while i < last:
        ts = int(times[i])
        if ts >= house.clock:
            if written[MINUTES] + 1 > len(minutes) or written[DECISIONS] + MAILBOX * room > most:
                return i
            moment(
                params, houses, accounts, tallies, markets, lanes, calendar, rolls, decisions, minutes,
                written, ts
            )  # fmt: skip
            continue
        bid = int(bids[i])
        ask = int(asks[i])
        event_ts = int(event_times[i]) if dated else ts
        market = markets[np.uint64(instruments[i]) if several else np.uint64(0)]
        i += 1
        if not admit(market, event_ts, bid, ask):
            refuse(market, event_ts, bid, ask)
            continue
        if ts >= market.bar_end:
            begin_minute(market, ts, bid, ask)
            house.clock = min(house.clock, market.bar_end)
        see(market, ts, event_ts, bid, ask)
        for k in range(market.lane_first, market.lane_end):
            lane = lanes[k]
            quoting = lane.trigger == ON_QUOTE
            leads = lane.leader == k
            side = lane.side
            if side == FLAT and (ts >= lane.wake or lane.seen != market.epoch + house.epoch):
                attend(
                    params, houses, accounts, tallies, markets, lanes, calendar, k, LOOK, trades, decisions,
                    written, ts
                )  # fmt: skip
            setting = params[np.uint64(lane.row)]
            if quoting and leads:
                update(setting, lane, market)
            wants = False
            if quoting and side == FLAT:
                wants = maybe(setting, lane if leads else lanes[np.uint64(lane.leader)], market)
            work = step(setting, market, lane, accounts[np.uint64(lane.account)], side, quoting, wants, ts)
            if work != NOTHING:
                attend(
                    params, houses, accounts, tallies, markets, lanes, calendar, k, work, trades, decisions,
                    written, ts
                )  # fmt: skip
                if written[TRADES] + room > len(trades) or written[DECISIONS] + MAILBOX * room > most:
                    last = i
    return i


@hot
def take_event(
    moment: Any,
    params: Any,
    houses: Any,
    accounts: Any,
    tallies: Any,
    markets: Any,
    lanes: Any,
    calendar: Any,
    rolls: Any,
    events: Any,
    trades: Any,
    decisions: Any,
    minutes: Any,
    written: Any,
) -> int:
    """Let time come to an event's moment and apply it; 0, and not applied yet, when a log is full.

    With the grid of timers off, time passes at quotes alone, and where an account begins: its day does, too.
    """
    event, house = events[0], houses[0]
    assert 0 <= event.lane < len(lanes)
    assert 0 <= event.market < len(markets)
    assert 0 <= event.account < len(accounts)
    room = MAILBOX * (len(lanes) + 1)
    while (house.grid > 0 or event.kind == OPENING) and event.ts >= house.clock:
        if written[MINUTES] + 1 > len(minutes) or written[DECISIONS] + 2 * room > len(decisions):
            return 0
        moment(
            params, houses, accounts, tallies, markets, lanes, calendar, rolls, decisions, minutes,
            written, event.ts
        )  # fmt: skip
    if event.kind == FOREIGN:
        foreign(tallies, accounts[event.account], markets, lanes, event)
        house.epoch += 1
    elif event.kind in OF_LANE:
        apply_to_lane(
            params, houses, accounts, tallies, markets, lanes, event, trades, decisions, written, event.ts
        )
    elif event.kind != TIMER:
        of_house(houses, accounts, markets, lanes, event)
    return 1


@rare
def apply_to_lane(
    params: Any,
    houses: Any,
    accounts: Any,
    tallies: Any,
    markets: Any,
    lanes: Any,
    event: Any,
    trades: Any,
    decisions: Any,
    written: Any,
    ts: int,
) -> None:
    """Apply an event to its lane, and empty the lane's box."""
    lane = lanes[event.lane]
    market, account = markets[lane.instrument], accounts[lane.account]
    if lane.side == FLAT:
        lane.row = lane.rows[market.regime.state]
    facts = Facts(
        params[lane.row],
        houses[0],
        market,
        markets[market.underlying],
        markets[max(0, lane.rate_market)],
        lane,
        account,
        tallies[lane.bot_tally],
        tallies[lane.instrument_tally],
        tallies[lane.pocket_tally],
        tallies[lane.group_tally],
        tallies[account.tally],
        tallies[0],
    )
    of_lane(facts, event, ts)
    if lane.mail > 0:
        keep(lane, event.lane, trades, decisions, written)


@hot
def attend_lane(
    signal: Any,
    params: Any,
    houses: Any,
    accounts: Any,
    tallies: Any,
    markets: Any,
    lanes: Any,
    calendar: Any,
    k: int,
    work: int,
    trades: Any,
    decisions: Any,
    written: Any,
    ts: int,
) -> None:
    """Do for one lane what the step left to do: look at the standing gates again, judge a signal, fill,
    leave.
    """
    lane = lanes[k]
    market = markets[lane.instrument]
    account = accounts[lane.account]
    if work == LOOK:
        lane.row = lane.rows[market.regime.state]
    facts = Facts(
        params[lane.row],
        houses[0],
        market,
        markets[market.underlying],
        markets[max(0, lane.rate_market)],
        lane,
        account,
        tallies[lane.bot_tally],
        tallies[lane.instrument_tally],
        tallies[lane.pocket_tally],
        tallies[lane.group_tally],
        tallies[account.tally],
        tallies[0],
    )
    if work == LOOK:
        look_again(facts, calendar, ts)
        return
    left = work
    if work == CONSIDER:
        left = consider(facts, signal(params[lane.row], lanes[lane.leader], market), ts)
    if left != NOTHING:
        act(facts, left, ts)
    if work == BREACH:
        spread_breach(params, houses[0], lanes, lane.account, ts)
    if lane.mail > 0:
        keep(lane, k, trades, decisions, written)


@hot
def explain_lane(
    update: Any,
    maybe: Any,
    signal: Any,
    params: Any,
    houses: Any,
    accounts: Any,
    tallies: Any,
    markets: Any,
    lanes: Any,
    calendar: Any,
    k: int,
    ts: int,
    unseen: bool,
) -> int:
    """Fill the house's ledger for one lane, and give the outcome an evaluation would have at `ts`.

    With `unseen`, the lane has not been asked at the market's last quote yet: its strategy takes it first.
    """
    lane = lanes[k]
    market = markets[lane.instrument]
    account = accounts[lane.account]
    facts = Facts(
        params[lane.rows[market.regime.state]],
        houses[0],
        market,
        markets[market.underlying],
        markets[max(0, lane.rate_market)],
        lane,
        account,
        tallies[lane.bot_tally],
        tallies[lane.instrument_tally],
        tallies[lane.pocket_tally],
        tallies[lane.group_tally],
        tallies[account.tally],
        tallies[0],
    )
    lead = lanes[lane.leader]
    if unseen and lane.leader == k:
        update(facts.params, lane, market)
    wish = NO_WISH
    if lane.trigger != ON_QUOTE or maybe(facts.params, lead, market):
        wish = signal(facts.params, lead, market)
    return explain_gates(facts, calendar, wish, ts)


@rare
def spread_breach(params: Any, house: Any, lanes: Any, account: int, ts: int) -> None:
    """Let other positions of an account whose day is lost look at their exits at the next timer or quote."""
    for k in range(len(lanes)):
        if (
            lanes[k].account == account
            and params[lanes[k].row].day_loss_flatten != 0
            and abs(lanes[k].side) == 1
        ):
            lanes[k].due = ts
            strike_at(house, ts, ts)


@hot
def keep(lane: Any, k: int, trades: Any, decisions: Any, written: Any) -> None:
    """Empty a lane's box into the log of decisions, and its ended trade into the log of trades."""
    for j in range(lane.mail):
        if written[DECISIONS] < len(decisions):
            decisions[written[DECISIONS]] = lane.box[j]
            decisions[written[DECISIONS]].lane = k
            written[DECISIONS] += 1
    lane.mail = 0
    if lane.traded != 0:
        lane.traded = 0
        trades[written[TRADES]] = lane.trade
        trades[written[TRADES]].lane = k
        written[TRADES] += 1


@rare
def digest_of(lanes: Any) -> int:
    """Add up the digests of all lanes, in 63 bits."""
    total = 0
    for k in range(len(lanes)):
        total = combined(total, lanes[k].digest)
    return total


@hot
def strike(
    on_bar: Any,
    params: Any,
    houses: Any,
    accounts: Any,
    tallies: Any,
    markets: Any,
    lanes: Any,
    calendar: Any,
    rolls: Any,
    decisions: Any,
    minutes: Any,
    written: Any,
    ts: int,
) -> None:
    """Let the house's clock strike once: bars close, exits come due, strategies of bars are asked, days
    roll.
    """
    house = houses[0]
    now = advance(house, markets, ts)
    if now // MINUTE > house.minute:
        house.minute = now // MINUTE
        minutes[written[MINUTES]].minute = house.minute
        minutes[written[MINUTES]].digest = digest_of(lanes)
        written[MINUTES] += 1
    turned = now >= house.next_roll
    if turned:
        roll_day(house, accounts, tallies, params, lanes, rolls, now)
    for k in range(len(lanes)):
        lane = lanes[k]
        market = markets[lane.instrument]
        account = accounts[lane.account]
        closed = lane.trigger != ON_QUOTE and market.frames[lane.trigger].fresh != 0
        late = house.grid > 0 and lane.side != FLAT and lane.side != WAITING and now >= lane.due
        if not closed and not late and not turned:
            continue
        if lane.side == FLAT:
            lane.row = lane.rows[market.regime.state]
        facts = Facts(
            params[lane.row],
            house,
            market,
            markets[market.underlying],
            markets[max(0, lane.rate_market)],
            lane,
            account,
            tallies[lane.bot_tally],
            tallies[lane.instrument_tally],
            tallies[lane.pocket_tally],
            tallies[lane.group_tally],
            tallies[account.tally],
            tallies[0],
        )
        if late:
            on_time(facts, now)
        if turned and abs(lane.side) == 1:
            draw_corridor(facts, now)
        if closed:
            if lane.leader == k:
                on_bar(params[lane.row], lane, market)
            lead = lanes[lane.leader]
            lane.wish_side = lead.wish_side
            if lane.side == FLAT and (now >= lane.wake or lane.seen != market.epoch + house.epoch):
                look_again(facts, calendar, now)
            if ask_at_close(lane, params[lane.row], market, now):
                consider(
                    facts, Signal(lead.wish_side, lead.wish_score, lead.wish_stop, lead.wish_target), now
                )
        drain(lane, k, decisions, written)
    reschedule(house, markets, lanes)


@hot
def drain(lane: Any, k: int, decisions: Any, written: Any) -> None:
    """Empty a lane's box into the log of decisions."""
    for j in range(lane.mail):
        if written[DECISIONS] < len(decisions):
            decisions[written[DECISIONS]] = lane.box[j]
            decisions[written[DECISIONS]].lane = k
            written[DECISIONS] += 1
    lane.mail = 0
