"""One connection in memory: two pipes, and the two transports at their ends.

Bytes arrive in order, whatever they meet; what is written faster than it is read fills the pipe and makes the
writer wait, as a socket's buffers do. A connection may break, end in one direction, or stay open while its
bytes vanish.
"""

from __future__ import annotations

import errno
import os
from collections import deque
from typing import TYPE_CHECKING, Literal, TypeAlias

from sim.link import Action, Direction, Link

if TYPE_CHECKING:
    from asyncio import TimerHandle

    from sim.net import Network
    from sim.transport import MemoryTransport

BUFFER_BYTES = 128 * 1024
"""What the kernels of both ends hold before a writer's own buffer begins to fill."""

GIVES_UP_S = 924.6
"""When a kernel stops repeating bytes that nobody acknowledges (Linux, tcp_retries2 = 15)."""

End: TypeAlias = Literal["fin", "rst"]
OPPOSITE: dict[Direction, Direction] = {"up": "down", "down": "up"}


def broken(number: int) -> OSError:
    """Make the error of a socket."""
    return OSError(number, os.strerror(number))


class Pipe:
    """One direction of a connection: what was written and has not been read."""

    def __init__(self, connection: Connection, direction: Direction) -> None:
        self.connection = connection
        self.direction = direction
        self.unread = 0
        self.is_lost = False
        self._gives_up = False
        self._items: deque[tuple[float, bytes | End]] = deque()
        self._last_s = 0.0
        self._timer: TimerHandle | None = None

    def write(self, data: bytes) -> None:
        """Send bytes on their way, with whatever befalls them."""
        link = self.connection.link
        action = None if self.is_lost else link.befalls(self.connection, self.direction, data)
        if action is not None:
            link.hits[action] += 1
            self.connection.network.feed("befalls", self.connection.number, self.direction, action)
        if action == "reset":
            self.connection.reset(counted=True)
            return
        if action == "lose":
            self.lose(counted=True)
        sent = data[: 1 + int(link.chance.random() * (len(data) - 1))] if action == "cut" else data
        self.unread += len(sent)
        if self.is_lost:
            self._give_up()
            return
        first, *others = link.pieces(self.direction, sent)
        self._put(first)
        for piece in others:
            self._put(piece, follows=True)
        self._follow(action)

    def _follow(self, action: Action | None) -> None:
        """Do what comes behind the bytes of a write."""
        if action in ("cut", "reset_behind"):
            self.end("rst")
            self.connection.pipes[OPPOSITE[self.direction]].end("rst")
        elif action == "lose_reply":
            self.connection.pipes[OPPOSITE[self.direction]].lose(counted=True)

    def end(self, end: End) -> None:
        """Let the end of the stream, or its break, follow what was written."""
        if self.is_lost:
            self._give_up()
        else:
            self._put(end)

    def lose(self, counted: bool = False) -> None:
        """Let everything on its way and everything written from now on vanish."""
        if self.is_lost:
            return
        self.is_lost = True
        has_unread = bool(self._items)
        self._items.clear()
        if not counted:
            self.connection.link.hits["lose"] += 1
        self.connection.network.feed("lost", self.connection.number, self.direction)
        if has_unread:
            self._give_up()

    def _give_up(self) -> None:
        """Let the writer's kernel find out, much later, that nobody acknowledges."""
        if not self._gives_up:
            self._gives_up = True
            writer = self.connection.ends[OPPOSITE[self.direction]]
            self.connection.network.loop.call_later(
                GIVES_UP_S, writer.fail, broken(errno.ETIMEDOUT), context=writer.context
            )

    def clear(self) -> None:
        """Drop what is on its way, and all that comes."""
        self._items.clear()
        self.unread = 0
        self.is_lost = self._gives_up = True

    def _put(self, item: bytes | End, follows: bool = False) -> None:
        """Let something arrive after all before it; a piece that follows another comes soon after it."""
        link = self.connection.link
        if follows:
            arrival = self._last_s + link.gap_s(self.direction)
        else:
            arrival = self.connection.network.loop.time() + link.delay_s(self.direction)
        gather = link.quality[self.direction].gather_s
        if gather:
            arrival = (arrival // gather + 1) * gather
        self._last_s = max(self._last_s, arrival)
        self._items.append((self._last_s, item))
        self.arm()

    def arm(self) -> None:
        """Wait for the next arrival, where there is one and nothing holds it."""
        if self._timer is not None or not self._items:
            return
        reader = self.connection.ends[self.direction]
        loop = self.connection.network.loop
        when = max(self._items[0][0], loop.time())
        if self.connection.link.stalled[self.direction]:
            self.connection.link.hits["stalled"] += 1
        elif reader.takes:
            self._timer = loop.call_at(when, self._arrive, context=reader.context)

    def _arrive(self) -> None:
        """Hand over what has come, and wait for what comes next."""
        self._timer = None
        try:
            self._hand_over()
        finally:
            self.arm()

    def _hand_over(self) -> None:
        """Hand over pieces of one moment as one, as a socket that is read does."""
        reader = self.connection.ends[self.direction]
        now = self.connection.network.loop.time()
        pieces: list[bytes] = []
        end: End | None = None
        while self._items and self._items[0][0] <= now and end is None:
            if not reader.takes or self.connection.link.stalled[self.direction]:
                break
            item = self._items.popleft()[1]
            if isinstance(item, bytes):
                pieces.append(item)
            else:
                end = item
        if pieces:
            data = b"".join(pieces) if len(pieces) > 1 else pieces[0]
            self.unread -= len(data)
            self.connection.network.arrived(self.connection, self.direction, data)
            self.connection.ends[OPPOSITE[self.direction]].drained()
            reader.receive(data)
        if end is not None:
            self.connection.network.feed(end, self.connection.number, self.direction)
            reader.ended(end)


class Connection:
    """Two ends and what lies between them. `ends[d]` is who reads direction d."""

    def __init__(self, network: Network, number: int, link: Link) -> None:
        self.network = network
        self.number = number
        self.link = link
        self.pipes: dict[Direction, Pipe] = {"up": Pipe(self, "up"), "down": Pipe(self, "down")}
        self.ends: dict[Direction, MemoryTransport] = {}
        self.is_over = False
        link.connections.append(self)

    def move_to(self, link: Link) -> None:
        """Belong to another link: what the connection carries has shown."""
        if link is not self.link:
            self.link.connections.remove(self)
            link.connections.append(self)
            self.link = link
            for pipe in self.pipes.values():
                pipe.arm()

    def reset(self, counted: bool = False) -> None:
        """Break in the middle: what is on its way is lost, and both ends learn of it."""
        if self.is_over:
            return
        if not counted:
            self.link.hits["reset"] += 1
        self.network.feed("reset", self.number)
        for direction, pipe in self.pipes.items():
            pipe.clear()
            end = self.ends[direction]
            self.network.loop.call_later(
                self.link.delay_s(direction), end.fail, broken(errno.ECONNRESET), context=end.context
            )

    def over(self) -> None:
        """Forget the connection where both of its ends are closed."""
        if not self.is_over and all(end.is_gone for end in self.ends.values()):
            self.is_over = True
            self.link.connections.remove(self)
            self.network.forget(self)
