"""Compiling without the search for garbage."""

from __future__ import annotations

import gc

import pytest

from tickwise.kernels.uncollected import uncollected


def test_the_search_is_off_inside_and_as_it_was_after() -> None:
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_switches_it_on_again() -> None:
    with pytest.raises(ValueError, match="wrong"), uncollected():
        raise ValueError("wrong")
    assert gc.isenabled()
