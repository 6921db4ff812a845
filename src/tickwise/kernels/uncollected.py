"""Compile without Python's search for garbage.

A kernel's compilation makes tens of millions of objects, most of which live until its end. Looking through
them again and again takes a tenth of the time; not looking costs 80 MB until the compiling is done.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Put the search for garbage off until the block ends; a search that was off stays off."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
