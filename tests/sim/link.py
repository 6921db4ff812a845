"""What lies between a client and a server: how long bytes take, and what may happen to them on their way.

A link is named by what it carries (requests, prices, transactions), so that one can stall while the others
live. Its connections come and go; what is said of a link holds for those it has and those it will have. Every
draw is from the link's own stream of chance, and everything that happens to somebody's bytes is counted.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from sim.chance import between, exponential, happens

if TYPE_CHECKING:
    from sim.connection import Connection

Direction: TypeAlias = Literal["up", "down"]
"""Up is from whoever connected to whoever listens."""

Action: TypeAlias = Literal["reset", "reset_behind", "cut", "lose", "lose_reply"]
"""What may befall a write: the connection breaks in its place; the write arrives and the break follows it; a
part arrives and then the break; it vanishes, and all behind it in this direction; it arrives, and the other
direction vanishes."""

Rule: TypeAlias = "Callable[[Connection, Direction, bytes], Action | None]"
"""A rule looks at a write and may say what befalls it."""

DIRECTIONS: tuple[Direction, ...] = ("up", "down")


@dataclass(frozen=True, slots=True)
class Quality:
    """How one direction carries bytes. The chances are for each write, from 0 to 1."""

    latency_s: float = 0.012
    """What every byte takes, one way."""
    jitter_s: float = 0.003
    """The mean of what is drawn on top of it."""
    late: float = 0.0
    late_s: float = 0.0
    """A chance to be late, and by how much at most."""
    sliced: float = 0.0
    piece_max: int = 200
    """A chance to be cut to pieces that arrive one by one, and the largest of them: 1 is byte by byte."""
    gather_s: float = 0.0
    """What arrives within so long of each other arrives as one piece; 0 gathers only one moment."""
    reset: float = 0.0
    cut: float = 0.0
    lose: float = 0.0


CLEAN = Quality()
AT_ONCE = Quality(latency_s=0.0, jitter_s=0.0)
"""Arrives in the same moment, in order."""


class Link:
    """One destination: the quality of both directions, what is wrong at the moment, and its connections."""

    def __init__(self, name: str, chance: random.Random, quality: Quality = CLEAN) -> None:
        self.name = name
        self.chance = chance
        self.quality: dict[Direction, Quality] = {"up": quality, "down": quality}
        self.stalled: dict[Direction, int] = {"up": 0, "down": 0}
        """How many hold a direction; it moves again when the last of them lets go."""
        self.refuses = 0.0
        self.hangs = 0.0
        """Chances that a new connection is refused, and that nothing answers it at all."""
        self.rules: list[Rule] = []
        self.connections: list[Connection] = []
        self.hits: Counter[str] = Counter()

    def set_quality(self, quality: Quality, *directions: Direction) -> None:
        """Carry bytes so from now on, in the directions that are named, or in both."""
        for direction in directions or DIRECTIONS:
            self.quality[direction] = quality

    def delay_s(self, direction: Direction) -> float:
        """Draw how long something takes."""
        quality = self.quality[direction]
        delay = quality.latency_s + exponential(self.chance, quality.jitter_s)
        if quality.late and happens(self.chance, quality.late):
            self.hits["late"] += 1
            delay += between(self.chance, 0.0, quality.late_s)
        return delay

    def gap_s(self, direction: Direction) -> float:
        """Draw how long after a piece the next one of the same write comes."""
        return exponential(self.chance, self.quality[direction].jitter_s)

    def pieces(self, direction: Direction, data: bytes) -> list[bytes]:
        """Cut a write as it will arrive."""
        quality = self.quality[direction]
        if len(data) < 2 or not quality.sliced or not happens(self.chance, quality.sliced):
            return [data]
        self.hits["sliced"] += 1
        pieces, at = [], 0
        while at < len(data):
            size = 1 + int(self.chance.random() * quality.piece_max)
            pieces.append(data[at : at + size])
            at += size
        return pieces

    def befalls(self, connection: Connection, direction: Direction, data: bytes) -> Action | None:
        """Say what happens to a write: the first rule that names something, or chance."""
        for rule in self.rules:
            action = rule(connection, direction, data)
            if action is not None:
                return action
        quality = self.quality[direction]
        if quality.reset and happens(self.chance, quality.reset):
            return "reset"
        if quality.cut and happens(self.chance, quality.cut):
            return "cut"
        if quality.lose and happens(self.chance, quality.lose):
            return "lose"
        return None

    # What a fault does.

    def stall(self, *directions: Direction) -> None:
        """Hold all bytes in a direction, or in both, until they are released: none is lost."""
        for direction in directions or DIRECTIONS:
            self.stalled[direction] += 1

    def release(self, *directions: Direction) -> None:
        """Let what was held arrive, in order, where nobody else holds it."""
        for direction in directions or DIRECTIONS:
            self.stalled[direction] = max(0, self.stalled[direction] - 1)
            for connection in tuple(self.connections):
                connection.pipes[direction].arm()

    def reset(self) -> None:
        """Break every connection."""
        for connection in tuple(self.connections):
            connection.reset()

    def lose(self, *directions: Direction) -> None:
        """Let the bytes of the connections there are vanish from now on; they stay open at both ends."""
        for connection in tuple(self.connections):
            for direction in directions or DIRECTIONS:
                connection.pipes[direction].lose()

    def heal(self) -> None:
        """Let everything be well for what comes; a connection whose bytes vanish does not come back."""
        self.refuses = self.hangs = 0.0
        self.rules.clear()
        self.set_quality(CLEAN)
        self.stalled = {"up": 1, "down": 1}
        self.release()


def nth(number: int, action: Action, direction: Direction, wanted: Callable[[bytes], bool]) -> Rule:
    """Make a rule for the n-th write that is wanted, counted from 1, and for no other."""
    seen = 0

    def rule(_: Connection, going: Direction, data: bytes) -> Action | None:
        nonlocal seen
        if going != direction or not wanted(data):
            return None
        seen += 1
        return action if seen == number else None

    return rule
