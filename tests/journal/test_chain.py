"""The chain names the first entry that is not what was written, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.errors import JournalVersion
from tickwise.journal.chain import (
    EMPTY,
    Head,
    Verdict,
    Written,
    canonical,
    digest_of,
    linked,
    read_entry,
    verify,
)
from tickwise.journal.entries import ENTRIES_VERSION, KINDS, Alarm, Entry, Fact, SwitchTripped


def chain_of(entries: list[Entry]) -> list[Written]:
    rows, head = [], EMPTY
    for entry in entries:
        rows.append(linked(head, entry, canonical(entry)))
        head = Head(rows[-1].seq, rows[-1].digest)
    return rows


def alarms(count: int) -> list[Written]:
    return chain_of(
        [Alarm(ts=10 * n, event=n, level="warning", what="lag", says=f"{n} ms") for n in range(1, count + 1)]
    )


ROWS = alarms(30)
LAST = Head(30, ROWS[-1].digest)


def test_an_untouched_chain_holds_to_its_head() -> None:
    assert verify(ROWS, ends_at=LAST) == Verdict(LAST)
    assert verify([]) == Verdict(EMPTY)


def test_a_chain_is_followed_from_any_head_that_is_known() -> None:
    assert verify(ROWS[20:], since=Head(20, ROWS[19].digest)) == Verdict(LAST)


def test_bytes_of_an_entry_are_its_kind_its_fields_and_no_space() -> None:
    entry = Fact(ts=1, event=2, bot="", name="weight", value=0.5, source="file")
    said = b'"bot":"","name":"weight","value":0.5,"source":"file","ts":1,"event":2,"taken":false'
    body = b'{"kind":"fact",' + said + b"}"
    assert canonical(entry) == body
    assert read_entry(body) == entry


def test_a_link_is_a_hash_anybody_can_compute() -> None:
    from hashlib import sha256

    first = ROWS[0]
    assert first.digest == sha256(bytes(32) + bytes(7) + b"\1" + b"\0\0\0\1" + first.body).digest()


@pytest.mark.parametrize(
    ("value", "says"), [(float("nan"), "read back"), (float("inf"), "read back"), (2, "another")]
)
def test_an_entry_that_does_not_read_back_is_a_broken_law(value: Any, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        canonical(Fact(ts=1, event=1, bot="", name="", value=value, source=""))


@pytest.mark.parametrize("until", [1.0, 1.5, "1", None, "\ud800"])
def test_a_float_or_a_text_where_whole_numbers_count_is_a_broken_law(until: Any) -> None:
    with pytest.raises(AssertionError, match="SwitchTripped"):
        canonical(
            SwitchTripped(
                ts=1, event=1, switch="kill", account="a", instrument="", failures=until, until=until
            )
        )


def test_kinds_have_names_of_their_own() -> None:
    names = [kind.__struct_config__.tag for kind in KINDS]
    assert len(set(names)) == len(KINDS)


def test_an_entry_of_a_later_version_is_not_guessed_at() -> None:
    with pytest.raises(JournalVersion, match="use the newer one"):
        read_entry(b"{}", ENTRIES_VERSION + 1)


def flipped(row: Written, column: str, bit: int) -> Written:
    was = getattr(row, column)
    if isinstance(was, int):
        return row._replace(**{column: was ^ (1 << bit % 31)})
    raw = bytearray(was.encode() if isinstance(was, str) else was)
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    now = bytes(raw)
    return row._replace(**{column: now.decode("latin-1") if isinstance(was, str) else now})


COLUMNS = ("kind", "ts", "event", "version", "body", "digest")


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 30), st.sampled_from(COLUMNS), st.integers(0, 10_000))
def test_a_flipped_bit_anywhere_in_an_entry_names_that_entry(seq: int, column: str, bit: int) -> None:
    rows = list(ROWS)
    rows[seq - 1] = flipped(rows[seq - 1], column, bit)
    verdict = verify(rows, ends_at=LAST)
    assert (verdict.bad_seq, verdict.fault) == (seq, "altered")
    assert verdict.head.seq == seq - 1


@settings(deadline=None)
@given(st.integers(1, 29))
def test_a_missing_entry_is_named(seq: int) -> None:
    verdict = verify(ROWS[: seq - 1] + ROWS[seq:], ends_at=LAST)
    assert (verdict.bad_seq, verdict.fault) == (seq, "gap")
    assert verdict.says == f"entry {seq} is missing: after {seq - 1} comes {seq + 1}"


@settings(deadline=None)
@given(st.integers(0, 29))
def test_a_missing_end_is_named_where_the_head_was_noted(count: int) -> None:
    verdict = verify(ROWS[:count], ends_at=LAST)
    assert (verdict.bad_seq, verdict.fault) == (count + 1, "cut")
    assert verdict.says == f"the journal ends at entry {count}, but 30 were written"
    assert verify(ROWS[:count]).holds, "without a noted head nobody can know"


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=2, unique=True).map(sorted))
def test_rows_that_changed_places_are_named(pair: list[int]) -> None:
    rows = list(ROWS)
    one, other = (rows[seq - 1] for seq in pair)
    rows[pair[0] - 1], rows[pair[1] - 1] = other._replace(seq=pair[0]), one._replace(seq=pair[1])
    verdict = verify(rows, ends_at=LAST)
    assert (verdict.bad_seq, verdict.fault) == (pair[0], "order")
    assert verdict.says == f"entry {pair[0]} stands at {pair[1]}: rows have changed places"


def test_a_row_before_the_first_entry_is_named() -> None:
    verdict = verify([ROWS[4]._replace(seq=-3), *ROWS])
    assert (verdict.bad_seq, verdict.fault) == (-3, "order")


def test_an_entry_forged_with_its_digest_is_betrayed_by_the_next() -> None:
    rows = list(ROWS)
    body = rows[9].body.replace(b"10 ms", b"99 ms")
    rows[9] = rows[9]._replace(body=body, digest=digest_of(rows[8].digest, 10, ENTRIES_VERSION, body))
    assert verify(rows).bad_seq == 11


def test_a_chain_written_anew_is_betrayed_by_the_head_that_was_noted() -> None:
    other = alarms(31)[1:]
    rows, head = [], EMPTY
    for row in other:
        rows.append(linked(head, read_entry(row.body), row.body))
        head = Head(rows[-1].seq, rows[-1].digest)
    assert verify(rows).holds
    verdict = verify(rows, ends_at=LAST)
    assert (verdict.bad_seq, verdict.fault) == (30, "altered")


def test_columns_moved_to_another_entry_are_named() -> None:
    rows = list(ROWS)
    rows[3] = rows[3]._replace(ts=rows[4].ts)
    verdict = verify(rows)
    assert verdict.says == "entry 4 is not what was written: its columns are another's"


@pytest.mark.parametrize("column", COLUMNS)
def test_what_is_no_entry_at_all_is_named_and_not_a_traceback(column: str) -> None:
    rows: list[Any] = list(ROWS)
    rows[5] = rows[5]._replace(**{column: None})
    assert verify(rows).bad_seq == 6


def test_progress_is_told_at_the_end() -> None:
    told: list[tuple[int, int]] = []
    verify(ROWS, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(30, 30)]
