"""Doctor: the machine. Versions, the compiled core against a known answer, room on the disk."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tickwise.cli.checks import Check, fail, ok, warn
from tickwise.cli.watch import watching
from tickwise.errors import TickwiseError
from tickwise.research.self_test import RIGHT, self_test

GIGABYTE = 1 << 30

ROOM_WARN, ROOM_FAIL = 2 * GIGABYTE, GIGABYTE // 4
"""Free bytes below which a disk is told of, and below which it is too full to begin."""


def machine(folder: Path) -> Iterator[Check]:
    """Look at the machine; `folder` is where the journal lies or would."""
    yield _versions()
    yield _core()
    yield _room(folder)


def _versions() -> Check:
    packages = ("numba", "numpy", "duckdb", "aiohttp", "sqlalchemy")
    said = ", ".join(f"{name} {version(name)}" for name in packages)
    loop = f"uvloop {version('uvloop')}" if find_spec("uvloop") else "no uvloop"
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return ok("versions", f"Tickwise {version('tickwise')}, {python}, {said}, {loop}")


def _core() -> Check:
    """Let the compiled core decide what is known."""
    try:
        with watching() as watch:
            found = self_test(watch)
    except TickwiseError as error:
        return fail("core", str(error), "install Tickwise anew")
    if found != RIGHT:
        says = f"decides {found.trades} trades and {found.net_cents} cents, not {RIGHT.trades} and "
        return fail("core", f"{says}{RIGHT.net_cents}", "delete the folder of compiled code, and try again")
    return ok("core", f"decides what is known: {found.trades} trades, {found.net_cents / 100:.2f} USD")


def _room(folder: Path) -> Check:
    """Look how much room the journal's disk has."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free
    says = f"{free / GIGABYTE:.1f} GB free for journal and tapes in {folder}"
    if free < ROOM_FAIL:
        return fail("disk", says, "make room: a journal that cannot be written stops all entries")
    if free < ROOM_WARN:
        return warn("disk", says, "make room: a day of one pair takes about 30 MB")
    return ok("disk", says)
