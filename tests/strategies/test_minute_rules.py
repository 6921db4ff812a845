"""The rules of the minute strategies on bars worked by hand: every bar spans ten ticks, so the average true
range is ten, and each limit is met exactly or missed by a hair.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest
from by_bars import mirrored, signals

from oracles.strategies.minutes import MINUTE, Minute
from tickwise.core.types import NO_WISH, Signal
from tickwise.kernels.strategy_file import BUILT_IN, load


class Case(NamedTuple):
    """Bars of which the last is a signal, that signal, and for some params the last value at which it
    comes and the first at which it does not; `beside` are params that stand with them.
    """

    bars: list[Minute]
    signal: Signal
    limits: dict[str, tuple[float, float]]
    beside: dict[str, Any]


def bar(opened: float, low: float, close: float, quotes: int = 10) -> Minute:
    """Make a bar of ten ticks, with a spread of two."""
    return Minute(0, opened, low + 10, low, close, 2.0, quotes)


def even(close: float) -> Minute:
    """Make a bar whose close is its middle and its open the tick below."""
    return bar(close - 1, close - 5, close)


def dated(bars: list[Minute]) -> list[Minute]:
    """Set one bar a minute."""
    return [each._replace(ts=place * MINUTE) for place, each in enumerate(bars)]


RISE = [even(1000 + 4 * k) for k in range(110)]
TOP = 1436
"""Where the rise ends; it then falls by 8, rises by 12 and falls by 12: a swing low at 1428 - 5."""

PIN = Case(
    [*RISE, *(even(TOP + step) for step in (-4, -8, -4, 0, 4, 0, -4)), bar(1432, 1424, 1433)],
    Signal(1, (0.8 + (1 - 1 / 3) + 1) / 3, 9 + 3, 1.5 * 12),
    {
        "wick_min": (0.8, 0.81),
        "body_max": (0.1, 0.09),
        "range_atr_min": (1.0, 1.01),
        "touch_atr": (0.1, 0.09),
        "swing_bars": (2, 4),
    },
    {},
)
"""The wick ends at 1424, a tick above the swing low; eight of the bar's ten ticks are wick."""

DOJI, SURE = bar(104, 100, 105), bar(101, 100, 105)

BREAK = Case(
    [*[SURE] * 30, DOJI, SURE, SURE, DOJI, bar(106, 104, 112)],
    Signal(1, (2 / 4 + (1 - 10 / 25) + 2 / 10) / 3, 2 + 10 + 2, 14),
    {
        "body_max": (0.1, 0.09),
        "dojis_min": (2, 3),
        "box_atr_max": (1.0, 0.99),
        "break_atr": (0.2, 0.21),
        "range_atr_min": (1.0, 1.01),
        "box_bars": (5, 3),
    },
    {},
)
"""The box is 100 to 110, two of its four bars are dojis, and the close lies two ticks above it."""

SWING = [105, 110, 115, 120, 125, 130, 135, 130, 125, 120, 115, 110]

EDGE = Case(
    [*[even(close) for close in SWING * 4], bar(109, 103, 111)],
    Signal(1, ((1 - 40 / 50) + (1 - 3 / 6) + 0.8) / 3, 111 - 100 + 10, 20 - 11),
    {"range_atr_max": (4.0, 3.99), "edge": (0.075, 0.07), "back_min": (0.8, 0.81), "middle": (0.28, 0.275)},
    {},
)
"""The range is 100 to 140; the bar reaches three ticks into its edge and closes eight ticks above its low."""

AVERAGE = (10 * (55 * 120 + 116 + 112 + 108 + 104) + 20 * (108 + 98 + 104) / 3) / 610

STRETCH = Case(
    [*[even(120)] * 60, *map(even, (116, 112, 108, 104)), bar(106, 98, 104, quotes=20)._replace(spread=3.0)],
    Signal(
        1,
        (0.5 * (AVERAGE - 104) / 10 + (1 - 6 / 6.75) + 0.6 + 0.5 * 2 / 1.5) / 4,
        15,
        AVERAGE - 104,
    ),
    {
        "wick_min": (0.6, 0.61),
        "burst_min": (2.0, 2.01),
        "vwap_atr_min": (1.47, 1.48),
        "edge": (0.2223, 0.2222),
        "spread_ratio_max": (1.5, 1.49),
        "spread_atr_max": (0.3, 0.29),
    },
    {"evidence_min": 2},
)
"""The close stands 14.8 ticks below the average price and 6 above the low of a range of 27; six of the bar's
ten ticks are wick, its quotes are twice the usual and its spread once and a half."""

CASES = {
    "price_action_pinbar": PIN,
    "doji_breakout": BREAK,
    "range_reversion": EDGE,
    "micro_scalp": STRETCH,
}

every = pytest.mark.parametrize("name", list(CASES))
each_limit = pytest.mark.parametrize(
    ("name", "param"), [(name, param) for name, case in CASES.items() for param in case.limits]
)


@every
def test_the_last_bar_is_the_signal_that_was_worked_out(name: str) -> None:
    found = signals(name, dated(CASES[name].bars))
    assert found[-1].side == 1
    assert found[-1] == pytest.approx(CASES[name].signal, rel=1e-12)


@every
def test_upside_down_it_sells(name: str) -> None:
    found = signals(name, map(mirrored, dated(CASES[name].bars)))
    assert found[-1].side == -1
    assert found[-1][1:] == pytest.approx(CASES[name].signal[1:], rel=1e-12)


@each_limit
def test_a_limit_is_met_exactly_and_not_beyond(name: str, param: str) -> None:
    case = CASES[name]
    last, beyond = case.limits[param]
    bars = dated(case.bars)
    assert signals(name, bars, **{**case.beside, param: last})[-1].side == 1
    assert signals(name, bars, **{**case.beside, param: beyond})[-1] == NO_WISH


def test_of_wick_and_burst_one_is_evidence_enough_and_without_either_nothing_is_wanted() -> None:
    bars = dated(STRETCH.bars)
    haste = [*bars[:-1], bars[-1]._replace(open=98.0)]
    wick = [*bars[:-1], bars[-1]._replace(quotes=10)]
    neither = [*bars[:-1], bars[-1]._replace(open=98.0, quotes=10)]
    asked = [
        [signals("micro_scalp", each, evidence_min=n)[-1].side for n in (0, 1, 2)]
        for each in (bars, haste, wick, neither)
    ]
    assert asked == [[1, 1, 1], [1, 1, 0], [1, 1, 0], [1, 0, 0]]


def test_a_bar_through_the_whole_range_says_nothing_of_either_edge() -> None:
    through = Minute(0, 120.0, 145.0, 95.0, 120.0, 2.0, 10)
    bars = dated([*EDGE.bars[:-1], through])
    assert signals("range_reversion", bars, middle=0.9, range_atr_max=9.0)[-1] == NO_WISH


def test_a_market_that_stands_still_gives_no_signal() -> None:
    still = dated([Minute(0, 100.0, 100.0, 100.0, 100.0, 0.0, 1)] * 130)
    for name in CASES:
        assert set(signals(name, still)) == {NO_WISH}


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("price_action_pinbar", {"level_bars": 128}, "level_bars = 128: above twice swing_bars and at most 127"),
    (
        "price_action_pinbar",
        {"swing_bars": 0},
        "fast_bars, slow_bars and atr_bars are at least 1",
    ),
    ("price_action_pinbar", {"wick_min": 1.5}, "wick_min and body_max are parts of the range: 0 to 1"),
    ("price_action_pinbar", {"touch_atr": 0.0}, "touch_atr and target_risks are above 0"),
    ("doji_breakout", {"box_bars": 128}, "box_bars = 128: the box needs 1 to 127"),
    ("doji_breakout", {"dojis_min": 5}, "dojis_min = 5: 1 to box_bars = 4"),
    ("doji_breakout", {"trend_bars": 0}, "trend_bars and atr_bars are at least 1"),
    ("doji_breakout", {"box_atr_max": 0.0}, "box_atr_max is above 0"),
    ("doji_breakout", {"target_risks": 0.0}, "target_risks is above"),
    ("range_reversion", {"range_bars": 1}, "range_bars = 1: the range needs 2 to 127"),
    ("range_reversion", {"edge": 0.6}, "0 < edge < middle <= 1"),
    ("range_reversion", {"back_min": 2.0}, "back_min is a part of the bar: 0 to 1"),
    ("range_reversion", {"atr_bars": 0}, "atr_bars is at least 1"),
    ("range_reversion", {"stop_atr": 0.0}, "range_atr_max and stop_atr are above 0"),
    ("micro_scalp", {"vwap_bars": 128}, "vwap_bars = 128: 2 to 127 bars are kept"),
    ("micro_scalp", {"usual_bars": 0}, "atr_bars and usual_bars are at least 1"),
    ("micro_scalp", {"evidence_min": 3}, "evidence_min = 3: there are two kinds, the wick and the burst"),
    ("micro_scalp", {"edge": 0.6}, "edge is a part of the range up to a half"),
    ("micro_scalp", {"burst_min": 0.0}, "burst_min, stop_atr and target_atr are above 0"),
    ("micro_scalp", {"spread_atr_max": 0.0}, "spread_ratio_max and spread_atr_max are above 0"),
]


@pytest.mark.parametrize(("name", "params", "says"), WRONG)
def test_a_param_without_a_meaning_is_refused_in_words(name: str, params: dict[str, Any], says: str) -> None:
    strategy = load(BUILT_IN / f"{name}.py")
    with pytest.raises(ValueError, match=re.escape(says)):
        strategy.levels_of(strategy.params(**params), 10)
