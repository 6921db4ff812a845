"""The deflated Sharpe ratio: how sure a best ratio is above nothing, once the number of tries is counted.

Bailey and Lopez de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest Overfitting and
Non-Normality", Journal of Portfolio Management 40 (5), 2014. The best of many tries without any skill has an
expected ratio; the probabilistic Sharpe ratio against that one, with skew and kurtosis, is the deflated one.
Ratios are those of one observation (here: a trade), not annualised.
"""

from __future__ import annotations

from math import e, sqrt
from statistics import NormalDist
from typing import NamedTuple

EULER = 0.5772156649015329
"""The Euler-Mascheroni constant, of the expected maximum of normal draws (the paper's equation 1)."""

NORMAL = NormalDist()


class Deflated(NamedTuple):
    """A best Sharpe ratio, what the best of so many tries without skill would have, and how sure it is."""

    sharpe: float
    tries: int
    expected: float
    """The ratio that the best of so many tries without skill is expected to have."""
    sure: float
    """The probability that the true ratio is above `expected`: the deflated Sharpe ratio."""


def expected_best(tries: int, variance: float) -> float:
    """Give the Sharpe ratio expected of the best of `tries` without skill, whose ratios vary so much."""
    if tries < 2:
        return 0.0
    first, second = NORMAL.inv_cdf(1 - 1 / tries), NORMAL.inv_cdf(1 - 1 / (tries * e))
    return sqrt(variance) * ((1 - EULER) * first + EULER * second)


def deflated_sharpe(
    sharpe: float, observations: int, skew: float, kurtosis: float, tries: int, variance: float
) -> Deflated | None:
    """Deflate a best ratio of so many observations; `kurtosis` is 3 for a normal distribution.

    None where the observations are too few, or so skewed that the formula has no root.
    """
    inner = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if observations < 2 or inner <= 0:
        return None
    expected = expected_best(tries, variance)
    sure = NORMAL.cdf((sharpe - expected) * sqrt(observations - 1) / sqrt(inner))
    return Deflated(sharpe, tries, expected, sure)
