"""What an interrupted sweep has finished, a line for each shard, in a file beside its result.

The first line says what the sweep is of, by digests. A sweep of something else does not go on from it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tickwise.errors import ConfigError
from tickwise.research.sweep.measures import Row
from tickwise.research.sweep.workers import Done

ENDING = ".unfinished"

SAYS: Mapping[str, str] = {
    "tape": "the tape",
    "rows": "the part of the tape",
    "code": "the code",
    "bot": "the bot's settings",
    "sets": "what is varied",
    "shards": "how sets are put together",
}
"""What each digest of the first line is of."""


class Kept:
    """The finished shards of one sweep; without a place nothing is kept."""

    def __init__(self, result: Path | None, keys: Mapping[str, str]) -> None:
        """Name the result beside which the shards are kept, and the digests of what the sweep is of."""
        self.place = None if result is None else result.with_name(result.name + ENDING)
        self._keys = dict(keys)
        self.rows: dict[int, list[tuple[int, Row]]] = {}

    def take_up(self, anew: bool) -> None:
        """Read what an interrupted sweep left. With `anew`, drop it where it is of something else.

        Raises ConfigError, naming what changed, where it is of something else.
        """
        if self.place is None:
            return
        lines = [] if not self.place.exists() else self.place.read_bytes().splitlines(keepends=True)
        if not lines or not lines[0].endswith(b"\n"):
            self._begin()
            return
        differs = self._changed(lines[0])
        if differs and not anew:
            raise ConfigError(
                f"{self.place} holds a sweep that was interrupted, and since then {differs} changed: "
                "put that back, name another result, or give --force to begin anew"
            )
        if differs:
            self._begin()
            return
        whole = [line for line in lines[1:] if line.endswith(b"\n")]
        self.rows = dict(_read(whole))
        if len(whole) < len(lines) - 1:  # the last line was cut off as it was written
            with self.place.open("r+b") as file:
                file.truncate(sum(map(len, lines[: 1 + len(whole)])))

    def _changed(self, first: bytes) -> str:
        """Name what differs from the sweep the file is of; empty where nothing does."""
        try:
            said: Any = json.loads(first)
        except ValueError:
            said = {}
        return " and ".join(says for name, says in SAYS.items() if said.get(name) != self._keys[name])

    def _begin(self) -> None:
        assert self.place is not None
        with self.place.open("wb") as file:
            file.write(json.dumps(self._keys).encode() + b"\n")

    def add(self, ended: Done) -> None:
        """Keep a shard: on disk before anything else is done."""
        self.rows[ended[0]] = ended[1]
        if self.place is not None:
            with self.place.open("ab") as file:
                file.write(json.dumps(ended).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())

    def drop(self) -> None:
        """Forget the file: the result is written."""
        if self.place is not None:
            self.place.unlink(missing_ok=True)


def _read(lines: list[bytes]) -> Iterator[tuple[int, list[tuple[int, Row]]]]:
    for line in lines:
        number, rows = json.loads(line)
        yield number, [(at, row) for at, row in rows]
