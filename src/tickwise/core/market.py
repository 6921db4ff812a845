"""What a market looks like at this moment: admission, the last quotes, the bars.

Admission is the same in every world. A quote that is crossed, not positive, older at its source than the last
one, a repetition of it, or outside its band is refused and counted before anything else sees it.
"""

from typing import Any, NamedTuple

from tickwise.core.compiled import hot, rare
from tickwise.core.layout import BARS_KEPT, QUOTES_KEPT
from tickwise.core.regime import regime_next
from tickwise.core.types import NEVER, SECOND, Bar

ADMITTED = 0
CROSSED = 1
NON_POSITIVE = 2
LATE = 3
DUPLICATE = 4
OUT_OF_BAND = 5

SPREAD_MINUTES = 60
"""Minutes over which the monitor averages the spread (weight 2 / 61)."""

SPREAD_MINUTES_MIN = 5
"""Minutes the monitor must have seen before it lets a quote through."""


class Prices(NamedTuple):
    """Open, high, low and close of one side of a bar, in ticks."""

    open: int
    high: int
    low: int
    close: int


@hot
def admit(market: Any, ts_event: int, bid: int, ask: int) -> bool:
    """Tell whether a quote may be seen; prices in ticks. What is refused is counted by `refuse`."""
    if bid <= 0 or ask < bid:
        return False
    if ts_event > market.ts_event and market.band_fraction == 0.0:
        return True
    return admit_closely(market, ts_event, bid, ask)


@rare
def admit_closely(market: Any, ts_event: int, bid: int, ask: int) -> bool:
    """Judge a quote that is not later than the last one at its source, or whose market has a band."""
    if ts_event < market.ts_event:
        return False
    if ts_event == market.ts_event and bid == market.bid and ask == market.ask:
        return False
    return bool(market.band_fraction == 0.0 or in_band(market, bid, ask))


@hot
def admit_bar(market: Any, ts: int, bid: Prices, ask: Prices) -> bool:
    """Tell whether a bar may be seen: positive, not crossed at its open or close, not before the last one's
    end.
    """
    lowest = min(bid.low, ask.low)
    return lowest > 0 and ask.open >= bid.open and ask.close >= bid.close and ts >= market.ts_event


@hot
def in_band(market: Any, bid: int, ask: int) -> bool:
    """Tell whether the mid is within a fraction of the last one; the first quote always is."""
    return bool(market.n == 0 or abs(bid + ask - market.mid2) <= market.band_fraction * market.mid2)


@rare
def refuse(market: Any, ts_event: int, bid: int, ask: int) -> int:
    """Count a quote that was not admitted and say why: the first reason in the order of the codes."""
    if bid <= 0 or ask <= 0:
        market.non_positive += 1
        return NON_POSITIVE
    if ask < bid:
        market.crossed += 1
        return CROSSED
    if ts_event < market.ts_event:
        market.late += 1
        return LATE
    if ts_event == market.ts_event and bid == market.bid and ask == market.ask:
        market.duplicate += 1
        return DUPLICATE
    market.out_of_band += 1
    return OUT_OF_BAND


@rare
def refuse_bar(market: Any, ts: int, bid: Prices, ask: Prices) -> int:
    """Count a bar that was not admitted and say why."""
    if min(bid.low, ask.low) <= 0:
        market.non_positive += 1
        return NON_POSITIVE
    if ts < market.ts_event:
        market.late += 1
        return LATE
    market.crossed += 1
    return CROSSED


@hot
def see(market: Any, ts: int, ts_event: int, bid: int, ask: int) -> None:
    """Take an admitted quote: the window of mids, and the open minute, which `begin_minute` has opened."""
    mid2 = bid + ask
    at = (market.at + 1) & (QUOTES_KEPT - 1)
    market.at = at
    market.n += 1
    market.ts = ts
    market.ts_event = ts_event
    market.bid = bid
    market.ask = ask
    market.mid2 = mid2
    market.mids[at] = mid2
    market.times[at] = ts
    market.bar_high = max(market.bar_high, mid2)
    market.bar_low = min(market.bar_low, mid2)
    market.bar_spread_sum += ask - bid
    market.bar_quotes += 1
    if market.keeps_sides != 0:
        see_sides(market.sides, bid, ask)


@hot
def see_sides(sides: Any, bid: int, ask: int) -> None:
    """Follow bid and ask of the open minute, for a strategy that asks for them."""
    sides.bid_high = max(sides.bid_high, bid)
    sides.bid_low = min(sides.bid_low, bid)
    sides.ask_high = max(sides.ask_high, ask)
    sides.ask_low = min(sides.ask_low, ask)


@rare
def begin_minute(market: Any, ts: int, bid: int, ask: int) -> None:
    """Open the minute of `ts` with its first quote, and the wider bars where none is open."""
    mid2 = bid + ask
    market.bar_high = mid2
    market.bar_low = mid2
    market.bar_spread_sum = 0
    market.bar_quotes = 0
    sides = market.sides
    sides.bid_open = bid
    sides.bid_high = bid
    sides.bid_low = bid
    sides.ask_open = ask
    sides.ask_high = ask
    sides.ask_low = ask
    open_frames(market, ts, mid2)


@hot
def open_frames(market: Any, ts: int, mid2: int) -> None:
    """Open a bar in every frame that has none, at the floor of its span, from the finest up."""
    for which in range(market.finest, market.widest + 1):
        frame = market.frames[which]
        if frame.end == 0:
            floor_to_span(frame, ts)
            open_frame(frame, mid2)
    market.bar_end = market.frames[market.finest].end


@hot
def take_bar(market: Any, ts: int, end: int, bid: Prices, ask: Prices) -> None:
    """Take a closed bar of a bar tape: into its frame, into the wider open bars, and close those that end
    with it.
    """
    market.n += 1
    quote_at(market, end, bid.close, ask.close)
    keep_sides(market.last_sides, bid, ask)
    spread = ask.close - bid.close
    frame = market.frames[market.finest]
    frame.start = ts
    open_frame(frame, bid.open + ask.open)
    fold(frame, bid.high + ask.high, bid.low + ask.low, market.mid2, spread, 1)
    close_frame(frame)
    for which in range(market.finest + 1, market.widest + 1):
        wider = market.frames[which]
        if wider.end == 0:
            floor_to_span(wider, ts)
            open_frame(wider, bid.open + ask.open)
        fold(wider, bid.high + ask.high, bid.low + ask.low, market.mid2, spread, 1)
        if end >= wider.end:
            close_frame(wider)
            follow_state(market, which)
    spread_next(market, float(spread))
    follow_state(market, market.finest)


@hot
def keep_sides(sides: Any, bid: Prices, ask: Prices) -> None:
    """Keep bid and ask of the bar that just closed."""
    sides.bid_open = bid.open
    sides.bid_high = bid.high
    sides.bid_low = bid.low
    sides.ask_open = ask.open
    sides.ask_high = ask.high
    sides.ask_low = ask.low


@hot
def floor_to_span(frame: Any, ts: int) -> None:
    """Set the start and end of the bar that holds `ts`."""
    span = frame.span * SECOND
    frame.start = ts // span * span
    frame.end = frame.start + span


@hot
def open_frame(frame: Any, mid2: int) -> None:
    """Open a bar at a mid in half-ticks."""
    frame.open = mid2
    frame.high = mid2
    frame.low = mid2
    frame.close = mid2
    frame.spread_sum = 0
    frame.quotes = 0


@hot
def fold(frame: Any, high: int, low: int, close: int, spread_sum: int, quotes: int) -> None:
    """Take a narrower bar, or the quotes of the open minute, into an open bar; half-ticks and ticks."""
    frame.high = max(frame.high, high)
    frame.low = min(frame.low, low)
    frame.close = close
    frame.spread_sum += spread_sum
    frame.quotes += quotes


@hot
def quote_at(market: Any, ts: int, bid: int, ask: int) -> None:
    """Set the last quote of a bar tape's market: no window of quotes is kept there."""
    market.ts = ts
    market.ts_event = ts
    market.bid = bid
    market.ask = ask
    market.mid2 = bid + ask


@hot
def next_end(market: Any) -> int:
    """Give the earliest end of an open bar, or never."""
    end = NEVER
    for which in range(market.finest, market.widest + 1):
        if market.frames[which].end > 0:
            end = min(end, market.frames[which].end)
    return end


@rare
def close_bars(market: Any, ts: int) -> bool:
    """Close every bar whose end has come by `ts`, the minute first; tell whether one closed.

    A frame that closed is fresh until the caller has shown it to the strategies.
    """
    finest = market.finest
    minute = market.frames[finest]
    if minute.end > 0 and ts >= minute.end:
        market.last_sides.bid_open = market.sides.bid_open
        market.last_sides.bid_high = market.sides.bid_high
        market.last_sides.bid_low = market.sides.bid_low
        market.last_sides.ask_open = market.sides.ask_open
        market.last_sides.ask_high = market.sides.ask_high
        market.last_sides.ask_low = market.sides.ask_low
        close_minute(
            market, market.bar_high, market.bar_low, market.mid2, market.bar_spread_sum, market.bar_quotes
        )
    closed = minute.fresh > 0
    for which in range(finest + 1, market.widest + 1):
        frame = market.frames[which]
        if frame.end > 0 and ts >= frame.end:
            close_frame(frame)
            closed = True
            follow_state(market, which)
    return bool(closed)


@hot
def close_minute(market: Any, high: int, low: int, close: int, spread_sum: int, quotes: int) -> None:
    """Close the open minute with these half-tick prices and fold it into the wider open bars."""
    finest = market.finest
    for which in range(finest, market.widest + 1):
        frame = market.frames[which]
        fold(frame, high, low, close, spread_sum, quotes)
    close_frame(market.frames[finest])
    market.bar_end = 0
    spread_next(market, spread_sum / max(1, quotes))
    follow_state(market, finest)


@hot
def close_frame(frame: Any) -> None:
    """Put the open bar among the closed ones and leave none open."""
    at = frame.closed & (BARS_KEPT - 1)
    frame.times[at] = frame.start
    frame.opens[at] = frame.open
    frame.highs[at] = frame.high
    frame.lows[at] = frame.low
    frame.closes[at] = frame.close
    frame.spreads[at] = frame.spread_sum / max(1, frame.quotes)
    frame.volumes[at] = frame.quotes
    frame.closed += 1
    frame.fresh = 1
    frame.end = 0


@hot
def spread_next(market: Any, spread: float) -> None:
    """Take the mean spread of a closed minute, in ticks, into the monitor, and set its cap."""
    if market.spread_minutes == 0:
        market.spread_mean = spread
    else:
        market.spread_mean += 2.0 / (SPREAD_MINUTES + 1.0) * (spread - market.spread_mean)
    market.spread_minutes += 1
    if market.spread_minutes >= SPREAD_MINUTES_MIN:
        market.spread_cap = int(market.spread_ratio_max * market.spread_mean)


@hot
def follow_state(market: Any, which: int) -> None:
    """Let the classifier take the bar that closed in its frame; a change of state is an event for the
    gates.
    """
    if market.regime.frame == which:
        frame = market.frames[which]
        at = (frame.closed - 1) & (BARS_KEPT - 1)
        if regime_next(market.regime, 0.5 * frame.highs[at], 0.5 * frame.lows[at], 0.5 * frame.closes[at]):
            market.epoch += 1


@hot
def bar_ago(frame: Any, back: int) -> Bar:
    """Give a closed bar; 0 is the newest. Prices in float ticks of the mid; `back` must be below `closed`."""
    at = (frame.closed - 1 - back) & (BARS_KEPT - 1)
    return Bar(
        frame.times[at],
        0.5 * frame.opens[at],
        0.5 * frame.highs[at],
        0.5 * frame.lows[at],
        0.5 * frame.closes[at],
        frame.spreads[at],
        frame.volumes[at],
    )


@hot
def mid_ago(market: Any, back: int) -> int:
    """Give the mid of a quote in half-ticks; 0 is the newest. `back` must be below both the count and the
    window.
    """
    return int(market.mids[(market.at - back) & (QUOTES_KEPT - 1)])


@hot
def quotes_since(market: Any, ts: int) -> int:
    """Count the kept quotes seen at or after `ts`: the length of a window in time."""
    count = 0
    kept = min(market.n, QUOTES_KEPT)
    while count < kept and market.times[(market.at - count) & (QUOTES_KEPT - 1)] >= ts:
        count += 1
    return count
