from __future__ import annotations

from tickwise.config.load import bot_of
from tickwise.market_data.chunks import cut, joined
from tickwise.market_data.synth import synthesise, tape_instruments
from tickwise.market_data.tape import tape_of
from tickwise.session.assembly import assembled

SINCE = 1_763_035_200_000_000_000
"""Thursday 2025-11-13 12:00 UTC."""

HOUR = 3_600_000_000_000


def test_warming_up_reads_what_the_strategy_counts_whatever_else_refuses():
    """A bot of bars counts closed bars, one of quotes counts quotes; a gate before it does not hide it."""
    quotes = joined(synthesise(["EUR_USD"], SINCE, SINCE + HOUR, 7))
    tape = tape_of(quotes, tape_instruments(["EUR_USD"]))
    common = {"instruments": ["EUR_USD"], "calendar": {"sessions": ["asia"]}}
    bots = [
        bot_of({"name": "quotes", "strategy": "fast_scalp", **common}),
        bot_of({"name": "bars", "strategy": "trend_pullback", "sizing": {"units_fixed": 10_000}, **common}),
    ]
    session = assembled(bots, tape)
    session.feed(cut(quotes, 0, 2000))
    ts = int(quotes.ts[1999])
    explained = [session.explain(k, ts) for k in range(2)]
    read = [next(gate for gate in each.gates if gate.name == "warming_up") for each in explained]
    closed = int(session.records.markets["frames"]["closed"][0, 0])
    assert [each.outcome for each in explained] == ["session", "session"]
    assert [(gate.value, gate.limit, gate.allows) for gate in read] == [
        (2000.0, 32.0, True),
        (float(closed), 101.0, False),
    ]
    assert 5 < closed < 101
