"""A proxy before a Postgres server that cuts a connection at a commit, at the worst moments."""

from __future__ import annotations

import socket
import threading
from typing import Literal

Cut = Literal["before", "unheard", "after"]
"""The server never hears of the commit; hears it and nobody waits; has done it and the answer is lost."""

COMMIT = b"COMMIT\0"
DONE = b"COMMIT\0"


class Proxy:
    """Passes bytes on; cuts the connection at the n-th commit, and refuses new ones where it is told to."""

    def __init__(self, host: str, port: int, cut: Cut, *, refuses_after: bool = False) -> None:
        self._to = (host, port)
        self._cut, self._refuses = cut, refuses_after
        self._left = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.cuts = 0
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def arm(self, nth: int) -> None:
        """Cut at the n-th commit from now on."""
        self._left = nth

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.cuts and self._refuses:
                client.close()
                continue
            server = socket.create_connection(self._to)
            self._open += [client, server]
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Client to server: here commits are seen."""
        while data := _read(client):
            if COMMIT in data:
                self._left -= 1
                if self._left == 0:
                    self.cuts += 1
                    if self._cut != "before":
                        _write(server, data)
                    if self._cut != "after":
                        _end(client, server)
                        return
                    continue
            _write(server, data)
        _end(client, server)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        """Server to client: here the answer to a commit is lost."""
        while data := _read(server):
            if DONE in data and self._cut == "after" and self._left == 0 and self.cuts == 1:
                self.cuts += 1
                break
            _write(client, data)
        _end(client, server)

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._listening.close()
        _end(*self._open)


def _read(from_: socket.socket) -> bytes:
    try:
        return from_.recv(65_536)
    except OSError:
        return b""


def _write(to: socket.socket, data: bytes) -> None:
    try:
        to.sendall(data)
    except OSError:
        return


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
