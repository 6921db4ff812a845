"""Keys as they are pressed, without waiting for them and without a line to end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

Pressed = Callable[[], str]
"""Gives the keys pressed since it was asked last, or nothing."""


@contextmanager
def keys_of_terminal() -> Iterator[Pressed]:
    """Read single keys from the terminal; where there is none, none is ever pressed."""
    if sys.platform == "win32":
        yield _pressed_on_windows
    elif sys.stdin is not None and sys.stdin.isatty():
        with _unbuffered(import_module("termios"), import_module("tty")):
            yield _pressed_on_unix
    else:
        yield lambda: ""


@contextmanager
def _unbuffered(termios: Any, tty: Any) -> Iterator[None]:
    """Let the terminal give each key at once and show none; put it back at the end."""
    terminal = sys.stdin.fileno()
    was = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, was)


def _pressed_on_unix() -> str:
    select = import_module("select")
    os = import_module("os")
    found = ""
    while select.select([sys.stdin], [], [], 0)[0]:
        read = os.read(sys.stdin.fileno(), 64).decode(errors="ignore")
        if not read:
            break
        found += read
    return found


def _pressed_on_windows() -> str:
    msvcrt = import_module("msvcrt")
    found = ""
    while msvcrt.kbhit():
        found += msvcrt.getwch()
    return found
