"""The compiled loop over closed bars.

An order that was decided at a close fills at the next open. Exits come next, the stop first. Then the bar
closes and the strategies are asked. The same step decides as on quotes.
"""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.facts import Facts
from tickwise.core.inside_bar import inside_bar, rides
from tickwise.core.layout import MAILBOX
from tickwise.core.market import Prices, admit_bar, next_end, quote_at, refuse_bar, take_bar
from tickwise.core.mix import combined
from tickwise.core.replay import DECISIONS, MINUTES, TRADES, keep, spread_breach
from tickwise.core.step import ask_at_close, consider, look_again
from tickwise.core.types import FLAT, MINUTE, NEVER, Signal


@hot
def replay_bars(
    on_bar: Any,
    moment: Any,
    params: Any,
    houses: Any,
    accounts: Any,
    tallies: Any,
    markets: Any,
    lanes: Any,
    calendar: Any,
    rolls: Any,
    span: int,
    times: Any,
    bid: Any,
    ask: Any,
    instruments: Any,
    start: int,
    trades: Any,
    decisions: Any,
    minutes: Any,
    written: Any,
) -> int:
    """Run closed bars from `start`; `bid` and `ask` have four rows: open, high, low and close, in ticks.

    An order that was decided at a close fills at the next open. Exits come next, the stop first. Then the bar
    closes and the strategies are asked. `span` is the length of a bar in nanoseconds. Gives the number
    consumed.
    """
    house = houses[0]
    house.clock = house.next_roll
    several = len(instruments) > 0
    room = 2 * len(lanes) + 1
    most = len(decisions) if len(decisions) > 0 else NEVER
    for i in range(start, len(times)):
        ts = int(times[i])
        if (
            written[TRADES] + room > len(trades)
            or written[MINUTES] + 3 > len(minutes)
            or written[DECISIONS] + MAILBOX * room > most
        ):
            return i
        market = markets[instruments[i] if several else 0]
        bids = Prices(int(bid[0, i]), int(bid[1, i]), int(bid[2, i]), int(bid[3, i]))
        asks = Prices(int(ask[0, i]), int(ask[1, i]), int(ask[2, i]), int(ask[3, i]))
        if not admit_bar(market, ts, bids, asks):
            refuse_bar(market, ts, bids, asks)
            continue
        if market.widest > market.finest:
            house.clock = min(house.clock, next_end(market))
        while ts >= house.clock:
            moment(
                params, houses, accounts, tallies, markets, lanes, calendar, rolls, decisions, minutes,
                written, ts
            )  # fmt: skip
        end = ts + span
        quote_at(market, ts, bids.open, asks.open)
        for k in range(market.lane_first, market.lane_end):
            lane = lanes[k]
            account = accounts[lane.account]
            if lane.side == FLAT or rides(lane, account, bids, asks, end):
                continue
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
            was_lost = account.day_lost
            inside_bar(facts, bids, asks, ts, end)
            if account.day_lost != was_lost:
                spread_breach(params, house, lanes, lane.account, end)
        take_bar(market, ts, end, bids, asks)
        total = 0
        for k in range(len(lanes)):
            total = combined(total, lanes[k].digest)
        house.minute = end // MINUTE
        minutes[written[MINUTES]].minute = house.minute
        minutes[written[MINUTES]].digest = total
        written[MINUTES] += 1
        for k in range(market.lane_first, market.lane_end):
            lane = lanes[k]
            if market.frames[lane.trigger].fresh == 0:
                continue
            if lane.side == FLAT:
                lane.row = lane.rows[market.regime.state]
            setting = params[lane.row]
            if lane.leader == k:
                on_bar(setting, lane, market)
            lead = lanes[lane.leader]
            lane.wish_side = lead.wish_side
            if lane.side == FLAT and (end >= lane.wake or lane.seen != market.epoch + house.epoch):
                facts = Facts(
                    setting,
                    house,
                    market,
                    markets[market.underlying],
                    markets[max(0, lane.rate_market)],
                    lane,
                    accounts[lane.account],
                    tallies[lane.bot_tally],
                    tallies[lane.instrument_tally],
                    tallies[lane.pocket_tally],
                    tallies[lane.group_tally],
                    tallies[accounts[lane.account].tally],
                    tallies[0],
                )
                look_again(facts, calendar, end)
            if ask_at_close(lane, setting, market, end):
                facts = Facts(
                    setting,
                    house,
                    market,
                    markets[market.underlying],
                    markets[max(0, lane.rate_market)],
                    lane,
                    accounts[lane.account],
                    tallies[lane.bot_tally],
                    tallies[lane.instrument_tally],
                    tallies[lane.pocket_tally],
                    tallies[lane.group_tally],
                    tallies[accounts[lane.account].tally],
                    tallies[0],
                )
                consider(
                    facts, Signal(lead.wish_side, lead.wish_score, lead.wish_stop, lead.wish_target), end
                )
        for k in range(market.lane_first, market.lane_end):
            lane = lanes[k]
            if lane.mail > 0:
                keep(lane, k, trades, decisions, written)
        market.frames[0].fresh = 0
        market.frames[1].fresh = 0
        market.frames[2].fresh = 0
        market.frames[3].fresh = 0
    return len(times)
