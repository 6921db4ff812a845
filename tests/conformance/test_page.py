"""The page of the laws says what the tests hold, and the laws are numbered without a gap."""

from __future__ import annotations

from conformance.kinds import KINDS
from conformance.page import FILES, HERE, PAGE, laws, page


def test_the_page_says_what_the_tests_hold() -> None:
    assert PAGE.read_text() == page(), "run: cd tests && uv run python -m conformance.page"


def test_the_numbers_of_the_laws_have_no_gap_and_every_file_of_laws_is_read() -> None:
    assert list(laws()) == list(range(1, len(laws()) + 1))
    assert {path.stem for path in HERE.glob("test_*.py")} == {*FILES, "test_page"}


def test_each_law_holds_somewhere_and_each_venue_is_held_to_most_of_them() -> None:
    assert all(each.kinds for each in laws().values())
    for kind in KINDS:
        assert sum(kind.name in each.kinds for each in laws().values()) >= len(laws()) // 3
