"""The plain chain's view of a market: lists of everything it has seen, summed anew whenever it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from oracles.worlds import MarketPlan
from tickwise.core.types import DEAD, RANGE, SECOND, TREND, UNKNOWN, VOLATILE

SPANS = (60 * SECOND, 300 * SECOND, 900 * SECOND, 3600 * SECOND)


@dataclass
class Bar:
    """A bar of the mid in half-ticks: `spreads` are those of its quotes, in ticks."""

    start: int
    open: int
    high: int
    low: int
    close: int
    spreads: list[int] = field(default_factory=list)

    def take(self, mid2: int, spread: int) -> None:
        """Take one quote."""
        self.high, self.low, self.close = max(self.high, mid2), min(self.low, mid2), mid2
        self.spreads.append(spread)

    @property
    def spread(self) -> float:
        """Mean spread in ticks."""
        return sum(self.spreads) / len(self.spreads)


class Classifier:
    """The state of the market from bars: ADX 14, ATR 14 against ATR 100, as core/regime.py says it."""

    def __init__(self, plan: MarketPlan) -> None:
        self.plan = plan
        self.bars: list[tuple[float, float, float]] = []
        self.state = int(UNKNOWN)
        self.plus = self.minus = self.index = 0.0
        self.fast = self.slow = 0.0

    def take(self, bar: Bar) -> None:
        """Take one closed bar."""
        high, low, close = bar.high / 2, bar.low / 2, bar.close / 2
        self._follow_direction(high, low)
        self._follow_ranges(high, low)
        self.bars.append((high, low, close))
        self.state = self._named()

    def _follow_direction(self, high: float, low: float) -> None:
        seen = len(self.bars)
        if seen == 0:
            return
        up, down = high - self.bars[-1][0], self.bars[-1][1] - low
        rise = up if up > 0 and up > down else 0.0
        fall = down if down > 0 and down > up else 0.0
        kept = 13 / 14 if seen >= 14 else 1.0
        self.plus, self.minus = self.plus * kept + rise, self.minus * kept + fall
        if seen < 14:
            return
        both = self.plus + self.minus
        now = 100 * abs(self.plus - self.minus) / both if both > 0 else 0.0
        span = min(seen - 13, 14)
        self.index += (now - self.index) / span

    def _follow_ranges(self, high: float, low: float) -> None:
        if not self.bars:
            self.fast = self.slow = high - low
            return
        reach = max(high, self.bars[-1][2]) - min(low, self.bars[-1][2])
        self.fast += (reach - self.fast) / 14
        self.slow += (reach - self.slow) / 100

    def _named(self) -> int:
        if len(self.bars) < 60:
            return int(UNKNOWN)
        if self.fast > self.plan.volatile_ratio * self.slow:
            return int(VOLATILE)
        if self.fast < self.plan.dead_ratio * self.slow:
            return int(DEAD)
        index = self.index if len(self.bars) >= 28 else float("nan")
        if index >= self.plan.trend_adx:
            return int(TREND)
        if self.state == TREND and index >= self.plan.range_adx:
            return int(TREND)
        return int(RANGE)


class Market:
    """One instrument."""

    def __init__(self, plan: MarketPlan, place: int) -> None:
        self.plan = replace(plan)
        self.breaker_failures = 0
        self.breaker_until = 0
        self.underlying = place if plan.underlying < 0 else plan.underlying
        self.mids: list[int] = []
        self.ts = self.ts_event = self.bid = self.ask = 0
        self.refused = {"non_positive": 0, "crossed": 0, "late": 0, "duplicate": 0, "out_of_band": 0}
        self.open: list[Bar | None] = [None] * 4
        self.closed: list[list[Bar]] = [[], [], [], []]
        self.fresh = [False] * 4
        self.spread_mean = 0.0
        self.spread_minutes = 0
        self.classifier = Classifier(plan)

    @property
    def state(self) -> int:
        """The state of the market."""
        return self.classifier.state

    def why_refused(self, ts_event: int, bid: int, ask: int) -> str:
        """Name why a quote is not admitted, or nothing."""
        if bid <= 0 or ask <= 0:
            return "non_positive"
        if ask < bid:
            return "crossed"
        if ts_event < self.ts_event:
            return "late"
        if self.mids and (ts_event, bid, ask) == (self.ts_event, self.bid, self.ask):
            return "duplicate"
        band = self.plan.band_fraction
        if band > 0 and self.mids and abs(bid + ask - self.mids[-1]) > band * self.mids[-1]:
            return "out_of_band"
        return ""

    def see(self, ts: int, ts_event: int, bid: int, ask: int) -> None:
        """Take an admitted quote into the window and the open bars."""
        self.ts, self.ts_event, self.bid, self.ask = ts, ts_event, bid, ask
        self.mids.append(bid + ask)
        for which in range(self.plan.widest + 1):
            bar = self.open[which]
            if bar is None:
                start = ts - ts % SPANS[which]
                bar = self.open[which] = Bar(start, bid + ask, bid + ask, bid + ask, bid + ask)
            bar.take(bid + ask, ask - bid)

    def why_bar_refused(self, ts: int, bid: tuple[int, ...], ask: tuple[int, ...]) -> str:
        """Name why a bar is not admitted, or nothing."""
        if min(bid[2], ask[2]) <= 0:
            return "non_positive"
        if ts < self.ts_event:
            return "late"
        return "crossed" if ask[0] < bid[0] or ask[3] < bid[3] else ""

    def quote_at(self, ts: int, bid: int, ask: int) -> None:
        """Let a price inside a bar be the last quote."""
        self.ts = self.ts_event = ts
        self.bid, self.ask = bid, ask

    def take_bar(self, ts: int, end: int, bid: tuple[int, ...], ask: tuple[int, ...]) -> None:
        """Take a closed bar; wider bars hold every bar that opens within them and close with their end."""
        self.mids.append(bid[3] + ask[3])
        opened, high, low, close = (b + a for b, a in zip(bid, ask, strict=True))
        spread = ask[3] - bid[3]
        for which in range(self.plan.widest + 1):
            bar = self.open[which]
            if bar is None:
                bar = self.open[which] = Bar(ts - ts % SPANS[which], opened, opened, opened, opened)
            bar.high, bar.low, bar.close = max(bar.high, high), min(bar.low, low), close
            bar.spreads.append(spread)
        self.close_bars(end)

    def close_bars(self, now: int) -> None:
        """Close every bar whose end has come."""
        for which in range(self.plan.widest + 1):
            bar = self.open[which]
            if bar is None or bar.start + SPANS[which] > now:
                continue
            self.closed[which].append(bar)
            self.open[which] = None
            self.fresh[which] = True
            if which == 0:
                self._follow_spread(bar.spread)
            if which == self.plan.frame:
                self.classifier.take(bar)

    def _follow_spread(self, spread: float) -> None:
        first = self.spread_minutes == 0
        self.spread_mean = spread if first else self.spread_mean + 2 / 61 * (spread - self.spread_mean)
        self.spread_minutes += 1

    @property
    def spread_cap(self) -> int:
        """The widest spread that is not unusual, in ticks; -1 while fewer than five minutes were seen."""
        if self.spread_minutes < 5:
            return -1
        return int(self.plan.spread_ratio_max * self.spread_mean)

    @property
    def mid(self) -> float:
        """The mid as a price."""
        return 0.5 * self.mids[-1] * self.plan.price_tick
