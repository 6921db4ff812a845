"""The first half hour of the demo, played once for all its tests."""

from __future__ import annotations

import pytest
from playing import Told, told


@pytest.fixture(scope="session")
def half_hour() -> Told:
    """Give the first half hour; tests read it and change nothing."""
    return told(30)
