"""The digest of decisions: it tells two runs apart whenever an outcome or a field of an intent differs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.chain import decisions_of
from oracles.tapes import chunk_of
from oracles.worlds import LanePlan, World, row, session_of
from tickwise.core.compiled import called
from tickwise.core.decision import DAY_LOST, ENTER, FILLED, LEAVE, MOVE_STOP, SIGNAL_ONLY, note
from tickwise.core.layout import LANE
from tickwise.core.outcome import OUTCOMES
from tickwise.core.record import rows
from tickwise.core.step import count

noted = called(note)
counted = called(count)

LAW = settings(derandomize=True, deadline=None, max_examples=200)
FIELDS = ("ts", "act", "reason", "units", "price", "stop", "target", "bound")
Intent = dict[str, int]

AN_INTENT: Intent = {
    "ts": 1_546_380_000_000_000_000,
    "act": int(ENTER),
    "reason": 0,
    "units": 10_000,
    "price": 110_000,
    "stop": 300,
    "target": 12,
    "bound": 110_004,
}

wholes = st.integers(-(2**40), 2**40)
intents = st.fixed_dictionaries(
    dict.fromkeys(FIELDS, wholes) | {"act": st.sampled_from([ENTER, LEAVE, MOVE_STOP]).map(int)}
)
times = st.integers(0, 2**61)
places = st.integers(0, OUTCOMES - 1)


def a_lane(salt: int = 77, account: int = 0) -> Any:
    lanes = rows(LANE, 1)
    lanes[0]["salt"], lanes[0]["account"] = salt, account
    return lanes[0]


def digest_of(*intents: Intent, lane: Any = None) -> int:
    """Give the digest of a lane after some intents."""
    into = a_lane() if lane is None else lane
    for intent in intents:
        into["mail"] = 0
        noted(into, *(intent[name] for name in FIELDS), 1)
    return int(into["digest"])


def digest_of_outcomes(*outcomes: tuple[int, int]) -> int:
    lane = a_lane()
    for ts, place in outcomes:
        counted(lane, ts, place)
    return int(lane["digest"])


@LAW
@given(intents, st.sampled_from(FIELDS), wholes)
def test_another_value_of_any_field_is_another_digest(intent: Intent, name: str, value: int) -> None:
    changed = {**intent, name: value % 3 + 1 if name == "act" else value}
    assert (digest_of(intent) == digest_of(changed)) == (intent == changed)


@pytest.mark.parametrize(("one", "other"), list(pairwise(("units", "price", "stop", "target", "bound"))))
def test_two_fields_that_change_places_are_another_digest(one: str, other: str) -> None:
    assert digest_of(AN_INTENT) != digest_of({**AN_INTENT, one: AN_INTENT[other], other: AN_INTENT[one]})


@pytest.mark.parametrize("name", FIELDS[2:])
def test_two_intents_that_change_one_field_with_each_other_are_another_digest(name: str) -> None:
    later = {**AN_INTENT, "ts": AN_INTENT["ts"] + 5_000_000_000, name: AN_INTENT[name] + 3}
    swapped = {**AN_INTENT, name: later[name]}, {**later, name: AN_INTENT[name]}
    assert digest_of(AN_INTENT, later) != digest_of(*swapped)


def test_another_account_or_another_bot_is_another_digest() -> None:
    found = {digest_of(AN_INTENT, lane=a_lane(salt, account)) for salt in (77, 78) for account in (0, 1)}
    assert len(found) == 4


def test_what_only_happened_to_an_order_is_in_no_digest() -> None:
    for act in (FILLED, SIGNAL_ONLY, DAY_LOST):
        assert digest_of({**AN_INTENT, "act": int(act)}) == 0


@LAW
@given(st.lists(st.tuples(times, places), min_size=2, max_size=6, unique=True), st.randoms())
def test_the_order_of_evaluations_does_not_matter(outcomes: list[tuple[int, int]], shuffle: Any) -> None:
    mixed_up = list(outcomes)
    shuffle.shuffle(mixed_up)
    assert digest_of_outcomes(*outcomes) == digest_of_outcomes(*mixed_up)


@LAW
@given(times, times, places, places)
def test_two_outcomes_that_change_places_are_another_digest(
    one: int, other: int, first: int, second: int
) -> None:
    same = one == other or first == second
    straight = digest_of_outcomes((one, first), (other, second))
    assert (straight == digest_of_outcomes((one, second), (other, first))) == same


def test_the_digest_of_a_session_follows_every_minute_and_every_decision() -> None:
    chunk = chunk_of(31, 1_500)
    digests = set()
    for stop in (40, 41):
        session = session_of(World([LanePlan(settings=row(stop_ticks=stop, target_ticks=20))]))
        session.feed(chunk)
        assert len(decisions_of(session)) > 10
        digests.add(session.decision_digest)
        session.records.lanes["digest"][0] ^= 1
        digests.add(session.decision_digest)
    assert len(digests) == 4
    assert np.all(session.records.lanes["digest"] > 0)
