"""A commit whose outcome nobody knows is read back before anything else: nothing is lost or stored twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy.engine import make_url

from oracles.entries_drawn import drawn_entries
from oracles.folding import Folded
from oracles.journals import entries_of, tables_of
from oracles.tcp_proxy import Cut, Proxy
from tickwise.errors import JournalFailed
from tickwise.journal.maintenance import verified
from tickwise.journal.writer import ThreadedJournal

ENTRIES = drawn_entries(21, 60)


class Link:
    """A database behind a proxy."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.proxies: list[Proxy] = []

    def opened(self, cut: Cut, nth: int, *, refuses_after: bool = False) -> ThreadedJournal:
        """Open the journal through a proxy which cuts at the n-th commit from then on."""
        parsed = make_url(self.url)
        assert parsed.host is not None
        assert parsed.port is not None
        proxy = Proxy(parsed.host, parsed.port, cut, refuses_after=refuses_after)
        self.proxies.append(proxy)
        url = parsed.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        journal = ThreadedJournal(url, owner="t", ts=1)
        proxy.arm(nth)
        return journal


@pytest.fixture
def link(postgres: str) -> Iterator[Link]:
    link = Link(postgres)
    yield link
    for each in link.proxies:
        each.close()


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("cut", ["before", "unheard", "after"])
def test_a_commit_that_is_cut_off_is_stored_once(link: Link, cut: Cut, nth: int) -> None:
    journal = link.opened(cut, nth)

    async def write() -> None:
        for start in range(0, 60, 10):
            for entry in ENTRIES[start : start + 10]:
                seq = journal.append(entry)
            await journal.durable(seq)

    asyncio.run(write())
    journal.close()
    assert link.proxies[0].cuts >= 1
    assert entries_of(link.url) == ENTRIES
    assert tables_of(link.url) == Folded(ENTRIES).tables()
    assert verified(link.url).holds


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_server_that_cannot_be_asked_leaves_the_entry_unconfirmed(
    link: Link, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickwise.journal.postgres_store.TRIES", 2)
    monkeypatch.setattr("tickwise.journal.postgres_store.PAUSE_S", 0.01)
    journal = link.opened(cut, 1, refuses_after=True)
    with pytest.raises(JournalFailed, match="cannot be had again"):
        asyncio.run(journal.durable(journal.append(ENTRIES[0])))
    with pytest.raises(JournalFailed):
        journal.append(ENTRIES[1])
    assert len(entries_of(link.url)) == (1 if cut == "after" else 0)
