"""Keep secrets out of what is told: as they are, and as base64, address or hexadecimal digits write them.

A part of a secret is a secret too: any eight characters in a row are taken out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

WINDOW = 8
"""Characters in a row that give a secret away."""

SHORTEST = 4
"""A shorter text cannot be told from others, and is no secret."""

INSTEAD = "[redacted]"


class Redaction:
    """Takes known secrets out of texts."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Know some secrets from the start."""
        self._windows: set[str] = set()
        self._short: list[str] = []
        for each in known:
            self.add(each)

    def add(self, secret: str) -> None:
        """Know one more secret; too short a one is left out."""
        if len(secret) < SHORTEST:
            return
        for form in dict.fromkeys(_forms(secret)):
            if len(form) >= WINDOW:
                self._windows.update(form[at : at + WINDOW] for at in range(len(form) - WINDOW + 1))
            elif len(form) >= SHORTEST and form not in self._short:
                self._short.append(form)

    def __call__(self, text: str) -> str:
        """Give a text without what gives a secret away."""
        for each in self._short:
            text = text.replace(each, INSTEAD)
        if not self._windows or len(text) < WINDOW:
            return text
        return "".join(self._parts(text))

    def _parts(self, text: str) -> Iterator[str]:
        """Give what may be told, and a mark for each stretch that may not."""
        told, hidden_until = 0, -1
        for at in range(len(text) - WINDOW + 1):
            if text[at : at + WINDOW] in self._windows:
                if at > hidden_until:
                    yield text[max(told, hidden_until) : at]
                    yield INSTEAD
                hidden_until = at + WINDOW
        yield text[max(told, hidden_until) :]


def _forms(secret: str) -> Iterator[str]:
    """Give every way in which a secret is commonly written."""
    yield secret
    yield from (quote(secret, safe=""), quote(secret), quote_plus(secret))
    yield from (json.dumps(secret)[1:-1], repr(secret)[1:-1])
    digits = secret.encode().hex()
    yield from (digits, digits.upper())
    for ahead in range(3):
        yield from _inside_base64(secret.encode(), ahead)


def _inside_base64(secret: bytes, ahead: int) -> Iterator[str]:
    """Give the letters of base64 that a secret alone makes, with so many bytes of something before it.

    Three bytes are four letters: the first may belong to what is before too, the last to what follows.
    """
    letters = base64.b64encode(b"\0" * ahead + secret).decode().rstrip("=")
    whole = letters[-(-ahead * 8 // 6) : (ahead + len(secret)) * 8 // 6]
    yield whole
    yield whole.replace("+", "-").replace("/", "_")
