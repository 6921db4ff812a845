"""The numbered laws of a venue: `law` puts one on the list, and holds it against every venue it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from conformance.kinds import KINDS, Kind


class Law(NamedTuple):
    """A law: its number, what it says in a sentence, the test that holds it, and for whom."""

    number: int
    says: str
    test: str
    kinds: tuple[str, ...]


LAWS: dict[int, Law] = {}
"""The laws that were read so far, by number."""


def law(number: int, says: str, *needs: str) -> Callable[[Callable[..., Any]], Any]:
    """Hold a test against each venue that has the skills it needs, and put it on the list as a law."""
    there: list[Kind] = [kind for kind in KINDS if set(needs) <= kind.skills]

    def held(test: Callable[..., Any]) -> Any:
        name = test.__name__
        assert number not in LAWS, f"C{number:02} is {LAWS[number].test} already"
        assert name.startswith(f"test_c{number:02}_"), f"{name} is not named by its number, {number:02}"
        assert says.endswith("."), f"C{number:02} is no sentence"
        LAWS[number] = Law(number, says, f"{test.__module__}::{name}", tuple(each.name for each in there))
        ids = [each.name.replace(" ", "_") for each in there]
        return pytest.mark.parametrize("kind", there, ids=ids)(test)

    return held
