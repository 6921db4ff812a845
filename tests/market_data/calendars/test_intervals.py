"""Laws of spans: sorted, disjoint, merged; a set and its complement share out the time."""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.market_data.calendars import FAR_FUTURE, Intervals, digest, union_of

SINCE, UNTIL = 0, 60

instants = st.integers(SINCE, UNTIL)
spans = st.lists(st.tuples(instants, instants), max_size=12)
sets = spans.map(lambda pairs: Intervals.of([a for a, _ in pairs], [b for _, b in pairs]))


def members(pairs, since=SINCE, until=UNTIL):
    """The plain loop: every instant that lies in a span."""
    return [ts for ts in range(since, until) if any(start <= ts < end for start, end in pairs)]


@given(spans)
def test_spans_come_out_sorted_disjoint_merged_and_hold_the_same_instants(pairs):
    merged = Intervals.of([a for a, _ in pairs], [b for _, b in pairs])
    assert merged.bounds.dtype == np.int64
    assert merged.bounds.shape == (len(merged), 2)
    assert all(start < end for start, end in merged)
    assert np.all(merged.starts[1:] > merged.ends[:-1])
    assert members(merged) == members(pairs)
    assert merged.total_ns() == len(members(pairs))


@given(sets, instants)
def test_contains_agrees_with_a_plain_loop(one, ts):
    assert one.contains(ts) == any(start <= ts < end for start, end in one)
    assert one.contains_each([ts]).tolist() == [one.contains(ts)]


@given(sets, sets, sets)
def test_union_is_commutative_associative_and_idempotent(one, two, three):
    assert one.union(two) == two.union(one) == one.union(two).union(one)
    assert one.union(two).union(three) == one.union(two, three) == union_of([one, two, three])


@given(sets, sets)
def test_intersection_holds_the_instants_of_both(one, two):
    assert members(one.intersection(two)) == sorted(set(members(one)) & set(members(two)))


@given(sets)
def test_a_set_and_its_complement_share_out_the_time(one):
    rest = one.complement(SINCE, UNTIL)
    assert rest.intersection(one) == Intervals.none()
    assert rest.union(one) == Intervals.of([SINCE], [UNTIL])
    assert rest.complement(SINCE, UNTIL) == one


@given(sets, sets)
def test_de_morgan_holds(one, two):
    both = one.intersection(two).complement(SINCE, UNTIL)
    assert both == one.complement(SINCE, UNTIL).union(two.complement(SINCE, UNTIL))


@given(sets, instants, instants)
def test_a_clip_keeps_what_lies_within(one, a, b):
    since, until = min(a, b), max(a, b)
    assert members(one.clip(since, until)) == members(one, since, until)


@given(sets, instants)
def test_the_next_span_is_the_one_a_walk_would_find(one, ts):
    ahead = [(start, end) for start, end in one if end > ts]
    assert one.next_from(ts) == (ahead[0] if ahead else (FAR_FUTURE, FAR_FUTURE))


@given(sets, sets)
def test_equal_sets_have_equal_digests_and_hashes_and_others_do_not(one, two):
    assert (digest(one) == digest(two)) == (one == two)
    assert (hash(one) == hash(two)) or one != two


def test_the_digest_knows_the_order_and_the_borders_of_its_calendars():
    one, two = Intervals.of([1], [2]), Intervals.of([3], [4])
    written = struct.pack("<6q", 1, 1, 2, 1, 3, 4)
    assert digest(one, two) == hashlib.sha256(written).hexdigest()
    assert len({digest(one, two), digest(two, one), digest(one.union(two)), digest(one, two, two)}) == 4


def test_spans_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        Intervals.of([1], [2]).bounds[0, 0] = 0


@pytest.mark.parametrize("rows", [[[2, 1]], [[1, 1]], [[3, 4], [1, 2]], [[1, 3], [2, 4]], [[1, 2], [2, 3]]])
def test_rows_that_break_the_laws_are_no_intervals(rows):
    with pytest.raises(AssertionError):
        Intervals(np.array(rows, dtype=np.int64))
