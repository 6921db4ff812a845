from __future__ import annotations

from itertools import pairwise

import numpy as np
from playing import MINUTE_NS, told

from tickwise.demo.bots import session_of
from tickwise.demo.events import Closed, Opened, Refused
from tickwise.market_data.chunks import cut


def test_what_the_demo_shows_is_what_one_run_over_its_tape_finds(half_hour):
    play = half_hour.play
    _, session = session_of(play.market)
    end = int(np.searchsorted(play.quotes.ts, play.market.begin_ts + 30 * MINUTE_NS))
    session.feed(cut(play.quotes, 0, end))
    assert session.decision_digest == play.session.decision_digest
    assert np.array_equal(np.concatenate(session.trades), play.trades())
    assert session.outcomes() == play.session.outcomes()


def test_looking_changes_nothing(half_hour):
    before = half_hour.play.session.snapshot()
    half_hour.screen.frame(30.0)
    assert half_hour.play.session.snapshot() == before


def test_how_far_each_step_goes_does_not_matter(half_hour):
    again = told(0)
    begin = again.play.market.begin_ts
    events = []
    for minute in range(1, 31):
        while again.play.ts < begin + minute * MINUTE_NS:
            events += again.play.until(begin + minute * MINUTE_NS, 37)
    assert events == half_hour.events


def test_no_bot_trades_before_the_demo_begins():
    fresh = told(0)
    assert fresh.events == []
    assert len(fresh.play.trades()) == 0
    assert int(fresh.play.counts().sum()) == 0
    assert fresh.play.session.records.markets["frames"]["closed"][:, 0].min() > 100


def test_every_evaluation_since_the_beginning_has_one_outcome(half_hour):
    frame = half_hour.screen.frame(30.0)
    assert sum(sum(each.evaluations) for each in frame.funnel) == frame.evaluations
    assert sum(each.missed for each in frame.funnel) == frame.missed


def test_every_trade_that_ended_was_told_once_and_its_entry_before_it(half_hour):
    closed = [each for each in half_hour.events if isinstance(each, Closed)]
    assert [each.pnl for each in closed] == half_hour.play.trades()["pnl"].tolist()
    for trade in closed:
        entries = [e for e in half_hour.events if isinstance(e, Opened) and e.lane == trade.lane]
        assert any(e.ts == trade.ts - trade.held_ns for e in entries)


def test_events_come_in_order_of_time(half_hour):
    times = [each.ts // 1_000_000_000 for each in half_hour.events]
    assert times == sorted(times)


def test_a_gate_that_goes_on_refusing_is_told_again_only_after_five_minutes(half_hour):
    refused = [each for each in half_hour.events if isinstance(each, Refused)]
    by_gate: dict[tuple[int, str], list[int]] = {}
    for each in refused:
        by_gate.setdefault((each.lane, each.reading.name), []).append(each.ts)
    assert by_gate
    for times in by_gate.values():
        assert all(later - earlier >= 5 * MINUTE_NS for earlier, later in pairwise(times))


def test_another_seed_is_another_market():
    other = told(0, seed=8)
    assert other.play.quotes.bid[:100].tolist() != told(0).play.quotes.bid[:100].tolist()
