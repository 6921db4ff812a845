"""The ledger of a moment in a trader's units."""

from __future__ import annotations

from math import nan

import pytest

from tickwise.core.instrument import CATALOGUE
from tickwise.core.outcome import TABLE
from tickwise.core.types import NEVER
from tickwise.research.ledger import WAYS, Line, Terms, duration, ledger
from tickwise.session.session import Explanation, GateReading, Lane

TERMS = Terms(CATALOGUE["EUR_USD"], "USD")
STAGES = {row.name: row for row in TABLE}
S = 1_000_000_000


def read(name: str, value: float, limit: float, allows: bool, terms: Terms = TERMS) -> Line:
    """Write one gate's reading."""
    row = STAGES[name]
    gate = GateReading(row.code, name, "stage", value, limit, allows, None, row.says)
    (line,) = ledger(Explanation(0, Lane("bot", "EUR_USD", "main", "bot"), name, row.says, (gate,)), terms)
    return line


@pytest.mark.parametrize(
    ("name", "value", "limit", "allows", "said"),
    [
        ("paused", 1.0, 0.0, False, ("yes", "no", "refuses")),
        ("rollover", 60.0 * S, 1_200.0 * S, False, ("1 min into it", "lasts 20 min", "refuses")),
        ("rollover", 0.0, 0.0, True, ("outside", "", "allows")),
        ("quote_age", 7e6, 5.0 * S, True, ("7 ms", "5 s", "allows")),
        ("quote_age", 7e6, 0.0, True, ("7 ms", "", "off")),
        ("spread_pips", 15.0, 3.0, False, ("1.5 pips", "0.3 pips", "refuses")),
        ("spread_pips", 15.0, -1.0, True, ("1.5 pips", "", "off")),
        ("spread_monitor", 15.0, -1.0, False, ("1.5 pips", "not known", "refuses")),
        ("spread_fraction", 120.0, 100.0, False, ("0.012 %", "0.01 %", "refuses")),
        ("open_interest", -1.0, 100.0, False, ("not known", "100 at least", "refuses")),
        ("open_interest", -1.0, -1.0, True, ("not known", "", "off")),
        ("quote_size", 0.0, 5_000.0, False, ("0", "5,000 at least", "refuses")),
        ("open_bot", 1.0, 1.0, False, ("1", "1", "refuses")),
        ("open_account", 3.0, 0.0, True, ("3", "", "off")),
        ("spacing", float(NEVER), 2.5 * S, True, ("never yet", "2.5 s", "allows")),
        ("unknown_order", 2.0, 0.0, False, ("2", "0", "refuses")),
        ("unknown_order", 0.0, 0.0, True, ("0", "0", "allows")),
        ("cool_down", 90.0 * S, 0.0, False, ("1.5 min left", "none", "refuses")),
        ("day_loss", 1_234_560_000.0, 3_000_000_000.0, True, ("1,234.56", "3,000.00", "allows")),
        ("units_cap", 10_000.0, 0.0, True, ("10,000", "", "off")),
        ("price_band", nan, 0.01, False, ("not known", "1 %", "refuses")),
        ("market_state", 3.0, 0b11000, False, ("volatile", "not volatile, dead", "refuses")),
        ("warming_up", 15.0, 101.0, False, ("have 15", "need 101", "refuses")),
        ("no_signal", -1.0, 0.0, True, ("sell", "", "allows")),
        ("denied_stop", 0.0, 0.0, True, ("the config's", "", "allows")),
        ("cost", 1.6, 1.0, True, ("1.6", "1", "allows")),
    ],
)
def test_each_gate_reads_as_a_trader_would_say_it(
    name: str, value: float, limit: float, allows: bool, said: tuple[str, str, str]
) -> None:
    line = read(name, value, limit, allows)
    assert (line.reading, line.limit, line.verdict) == said


def test_a_gate_the_config_switches_off_is_off() -> None:
    assert (
        read("spread_monitor", 5.0, 9.0, True, TERMS._replace(off=frozenset({"spread_monitor"}))).verdict
        == "off"
    )


def test_every_outcome_that_can_be_read_has_its_way_to_be_written() -> None:
    assert set(WAYS) == {row.name for row in TABLE} - {"intent", "pending", "in_position"}


@pytest.mark.parametrize(
    ("ns", "said"),
    [(250_000, "0.25 ms"), (2_500_000_000, "2.5 s"), (3_600 * S, "1 h"), (36 * 3_600 * S, "1.5 d")],
)
def test_a_span_is_written_in_the_unit_a_person_would_take(ns: int, said: str) -> None:
    assert duration(ns) == said
