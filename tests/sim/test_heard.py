"""Claims about what a client was told: whole lines and whole replies count, cut ones do not."""

from __future__ import annotations

import gzip
from types import SimpleNamespace
from typing import Any

from sim.heard import Heard

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LINE = b'{"id":"17","type":"ORDER_CANCEL"}\n'


def on(link: str, number: int = 1) -> Any:
    return SimpleNamespace(link=SimpleNamespace(name=link), number=number)


def chunked(text: bytes, each: int) -> bytes:
    parts = [text[at : at + each] for at in range(0, len(text), each)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def heard(link: str, *pieces: bytes) -> Heard:
    """Hear pieces, one a second."""
    clock = iter(range(1, 1000))
    now = [0]
    found = Heard(lambda: now[0])
    for piece in pieces:
        now[0] = next(clock)
        found(on(link), "down", piece)
    return found


def test_a_line_is_told_when_its_last_byte_came_however_it_was_cut() -> None:
    whole = HEAD + chunked(LINE, 1)
    found = heard("transactions", *(whole[at : at + 50] for at in range(0, len(whole), 50)))
    assert found.marks == {17: -(-len(whole) // 50)}


def test_a_line_that_was_cut_tells_nothing() -> None:
    assert heard("transactions", HEAD, chunked(LINE[:-1], 8)).marks == {}


def test_after_lost_bytes_nothing_is_told() -> None:
    whole = chunked(LINE, 8)
    assert heard("transactions", HEAD, whole[:20] + whole[30:], chunked(LINE, 8)).marks == {}


def test_a_reply_to_a_read_tells_its_changes_when_it_is_whole() -> None:
    body = gzip.compress(b'{"transactions":[{"id":"5","orderID":"4"},{"id": "6"}]}')
    reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    assert heard("rest", reply[:-1]).marks == {}
    assert heard("rest", reply[:-1], reply[-1:]).marks == {5: 2, 6: 2}


def test_a_reply_without_changes_tells_none() -> None:
    body = b'{"orders":[{"id":"5"}]}'
    assert heard("rest", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body).marks == {}


def test_bytes_of_a_stream_are_noted_by_their_time() -> None:
    found = heard("prices", b"a", b"b")
    assert found.times == {"prices": [1, 2], "transactions": []}
