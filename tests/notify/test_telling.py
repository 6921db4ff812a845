"""The whole of it: a journal that is written, a process that tells, webhooks that take it or do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from notify.told_journals import SECOND, written
from notify.webhook import Webhook, webhook
from oracles.entries_made import MONDAY, made
from tickwise.errors import ConfigError, JournalBusy
from tickwise.journal import entries as j
from tickwise.journal.database import run_once
from tickwise.notify import discord, outbox, service
from tickwise.notify.cursors import keep_cursors, read_cursors
from tickwise.notify.notice import Urgency
from tickwise.notify.outbox import Cursor
from tickwise.notify.service import OLD_NS, Terms, notify
from tickwise.notify.targets import Target
from tickwise.notify.watch import SILENT_NS, Watch

MIDNIGHT = MONDAY // (86_400 * SECOND) * 86_400 * SECOND
BOUGHT = "fast bought 10,000 EUR\\_USD at 1.10003, stop 1.09703, target 1.10015, 35 ms after the decision"
LEFT = "fast left EUR\\_USD at 1.10013, time: +0.90 USD"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the sake of Discord's limits; their own tests hold them."""
    monkeypatch.setattr(service, "LOOK_S", 0.01)
    monkeypatch.setattr(outbox, "GAP_S", 0.01)
    monkeypatch.setattr(outbox, "INTERVAL_S", dict.fromkeys(Urgency, 0.01))


@dataclass
class Wall:
    """The time of day of a test."""

    ns: int = MONDAY
    said: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def telling(self, path: Path, daily_ns: int = 0, **hooks: Webhook) -> AsyncIterator[None]:
        """Run the service as long as the block lasts; the end of the block cuts it off."""
        targets = [Target(name, SecretStr(hook.url)) for name, hook in hooks.items()]
        terms = Terms(targets, lambda: self.ns, self.said.append, daily_ns)
        ready = asyncio.Event()
        task = asyncio.ensure_future(notify(path, terms, ready.set))
        begun = asyncio.ensure_future(ready.wait())
        await asyncio.wait((task, begun), return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        if task.done():
            task.result()
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


def cursors(path: Path) -> dict[str, Cursor]:
    return read_cursors(path.with_name("journal.db.notified"))


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write a session at a venue with an order."""
    opened = made(j.SessionOpened, MONDAY, venue="oanda", environment="practice")
    return written(tmp_path, opened, made(j.Intent, MONDAY))


def test_what_is_written_while_it_runs_is_told_and_what_was_before_is_not(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook() as hook:
            async with wall.telling(path, main=hook):
                written(path.parent, made(j.Filled))
                await hook.until(1)
                written(path.parent, made(j.Reduced), made(j.TradeBooked))
                await hook.until(2)
                await until(lambda: cursors(path) == {"main": Cursor(5, MIDNIGHT)})
            assert (hook.titles, hook.lines) == (["Filled", "Trade ended"], [BOUGHT, LEFT])
            assert wall.said == ["main: told from now on, from entry 3"]

    run(test)


def test_a_message_on_its_way_when_the_process_ends_is_told_by_the_next_one(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook() as hook:
            hook.hangs = True
            async with wall.telling(path, main=hook):
                written(path.parent, made(j.Filled))
                await hook.until(1)
            assert cursors(path) == {"main": Cursor(2, MIDNIGHT)}
            hook.hangs = False
            async with wall.telling(path, main=hook):
                await hook.until(2)
                await until(lambda: cursors(path)["main"].seq == 3)
            async with wall.telling(path, main=hook):
                written(path.parent, made(j.Reduced), made(j.TradeBooked))
                await hook.until(3)
            assert hook.titles == ["Filled", "Filled", "Trade ended"]

    run(test)


def test_after_a_long_time_away_there_is_one_message_about_all_of_it(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook() as hook:
            async with wall.telling(path, main=hook):
                await until(lambda: bool(cursors(path)))
            halt = {
                "switch": "halt",
                "scope": "house",
                "name": "",
                "on": True,
                "reason": "odd",
                "actor": "me",
            }
            sold = [made(j.Alarm, MONDAY, level="warning", what="hole", says=f"no {k}") for k in range(500)]
            written(path.parent, made(j.Filled), *sold, made(j.Switched, MONDAY, **halt))
            wall.ns = MONDAY + OLD_NS + SECOND
            written(path.parent, made(j.Reduced, wall.ns), made(j.TradeBooked, wall.ns))
            async with wall.telling(path, main=hook):
                await hook.until(2)
                await until(lambda: cursors(path)["main"].seq == 506)
            assert hook.titles == ["While nobody was told (502)", "Trade ended"]
            assert hook.lines == ["stopped: halt on by me: odd", "stopped 1, warning 500, filled 1", LEFT]

    run(test)


def test_a_storm_is_a_handful_of_messages(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook() as hook:
            async with wall.telling(path, main=hook):
                said = [made(j.Alarm, level="warning", what="hole", says=f"no {k}") for k in range(5_000)]
                written(path.parent, *said)
                await until(lambda: "no 4999" in "".join(hook.lines))
            assert 1 <= len(hook.bodies) <= 4, "a message for each page of entries at most"

    run(test)


def test_a_target_that_is_gone_holds_up_no_other_and_is_named_without_its_address(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord, "ANSWER_S", 0.2)

    async def test() -> None:
        wall = Wall()
        gone = [(404, {}, "")]
        async with webhook() as good, webhook(*gone) as lost, webhook() as slow:
            slow.hangs = True
            async with wall.telling(path, good=good, lost=lost, slow=slow):
                written(path.parent, made(j.Filled))
                await asyncio.gather(good.until(1), lost.until(1), slow.until(2))
                written(path.parent, made(j.Reduced), made(j.TradeBooked))
                await good.until(2)
                await until(lambda: cursors(path).get("good") == Cursor(5, MIDNIGHT))
            assert {name: cursor.seq for name, cursor in cursors(path).items()} == {
                "good": 5,
                "lost": 2,
                "slow": 2,
            }
            assert lost.titles == ["Filled"]
            assert sorted(wall.said[3:]) == [
                "lost: answers 404: the address is not, or no longer, that of a webhook",
                "slow: no answer within 0.2 s, or no connection",
            ]

    run(test)


def test_a_limit_is_waited_out_and_nothing_is_lost(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook((429, {"Retry-After": "0.05"}, ""), (502, {}, "")) as hook:
            async with wall.telling(path, main=hook):
                written(path.parent, made(j.Filled))
                await hook.until(3)
                await until(lambda: cursors(path)["main"].seq == 3)
            assert hook.titles == ["Filled", "Filled", "Filled"]
            assert wall.said[1:] == ["main: too many messages", "main: answers 502", "main: told"]

    run(test)


def test_a_message_that_is_refused_is_left_out_and_the_others_go_on(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook((400, {}, "")) as hook:
            async with wall.telling(path, main=hook):
                written(path.parent, made(j.Filled))
                await hook.until(1)
                await until(lambda: cursors(path)["main"].seq == 3)
                written(path.parent, made(j.Reduced), made(j.TradeBooked))
                await hook.until(2)
            assert hook.titles == ["Filled", "Trade ended"]
            assert wall.said[1] == "main: answers 400: this message is refused, and left out"

    run(test)


def test_a_journal_made_anew_is_told_from_its_beginning(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        keep_cursors(path.with_name("journal.db.notified"), {"main": Cursor(900, MIDNIGHT)})
        async with webhook() as hook:
            async with wall.telling(path, main=hook):
                await hook.until(1)
                await until(lambda: cursors(path) == {"main": Cursor(2, MIDNIGHT)})
            assert hook.titles == ["Session"]

    run(test)


def test_one_process_tells_from_a_journal(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook() as hook, wall.telling(path, main=hook):
            with pytest.raises(JournalBusy, match=r"already written by process \d+ \(notify\)"):
                async with wall.telling(path, main=hook):
                    pass

    run(test)


def test_where_what_was_told_cannot_be_kept_telling_goes_on(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        path.with_name("journal.db.notified.new").mkdir()
        async with webhook() as hook:
            async with wall.telling(path, main=hook):
                written(path.parent, made(j.Filled))
                await hook.until(1)
            assert hook.titles == ["Filled"]
            place = path.with_name("journal.db.notified")
            assert wall.said[1:] == [f"{place}: cannot be written (Is a directory); telling goes on"]

    run(test)


def test_a_file_of_what_was_told_that_cannot_be_read_is_not_taken_for_an_empty_one(path: Path) -> None:
    place = path.with_name("journal.db.notified")
    place.write_text('{"main": "soon"}')

    async def test() -> None:
        async with webhook() as hook:
            with pytest.raises(ConfigError) as caught:
                async with Wall().telling(path, main=hook):
                    pass
            assert str(caught.value) == (
                f"{place}: does not say what was told; delete it, and telling begins with what is new"
            )

    run(test)


def test_an_engine_that_falls_silent_is_told_once_and_so_is_that_it_writes_again(path: Path) -> None:
    watch = Watch()

    def looked(at_ns: int) -> tuple[str, str] | None:
        found = run_once(path, lambda connection: watch.look(connection, at_ns))
        return found and (found.kind.title, found.says)

    silent = "s1 has written nothing for 180 s: the engine is gone, hangs, or cannot reach its venue"
    assert looked(MONDAY + SILENT_NS - 1) is None
    assert looked(MONDAY + SILENT_NS) == ("Engine silent", silent)
    assert looked(MONDAY + 9 * SILENT_NS) is None
    written(path.parent, made(j.Reconciled, MONDAY + 9 * SILENT_NS, account="acc-1", mark=9))
    again = "the journal goes on, or the session was ended in order"
    assert looked(MONDAY + 9 * SILENT_NS + SECOND) == ("Engine writes again", again)
    assert looked(MONDAY + 9 * SILENT_NS + 2 * SECOND) is None


def test_a_silent_engine_is_told_of_though_no_entry_comes(path: Path) -> None:
    async def test() -> None:
        wall = Wall()
        async with webhook() as hook:
            async with wall.telling(path, main=hook):
                await until(lambda: bool(cursors(path)))
                wall.ns = MONDAY + SILENT_NS
                await hook.until(1)
            assert hook.titles == ["Engine silent"]

    run(test)


@pytest.mark.parametrize("ended", ["closed", "paper"])
def test_a_session_that_ended_or_is_on_paper_may_be_silent(tmp_path: Path, ended: str) -> None:
    environment = "paper" if ended == "paper" else "practice"
    opened = made(j.SessionOpened, MONDAY, venue="oanda", environment=environment)
    closed = [made(j.SessionClosed, session="s1", reason="signal", decision_digest="d")]
    path = written(tmp_path, opened, *(closed if ended == "closed" else []))

    async def test() -> None:
        wall = Wall(MONDAY + 10 * SILENT_NS)
        async with webhook() as hook:
            async with wall.telling(path, main=hook):
                await until(lambda: bool(cursors(path)))
                written(path.parent, made(j.Alarm, wall.ns, level="warning", what="hole", says="x"))
                await hook.until(1)
            assert hook.titles == ["Warning"]

    run(test)


def marker(k: int) -> j.Entry:
    """Write an entry that is told after a summary that waits, as both are news."""
    return made(j.Connection, MONDAY, stream="prices", instrument="", live=True, why=f"marker {k}")


def test_the_summary_comes_once_at_its_time_whatever_restarts(path: Path) -> None:
    due = MONDAY + 60 * SECOND
    at = due - MIDNIGHT

    async def test() -> None:
        wall = Wall()
        taken, limited = (204, {}, ""), (429, {"Retry-After": "0.1"}, "")
        async with webhook(taken, taken, taken, limited) as hook:
            async with wall.telling(path, at, main=hook):
                written(path.parent, made(j.Filled), made(j.Reduced), made(j.TradeBooked), made(j.Counted))
                await hook.until(2)
                wall.ns = due - 1
                written(path.parent, marker(1))
                await hook.until(3)
                wall.ns = due
                await hook.until(5)
                await until(lambda: cursors(path)["main"].summary_ts == due)
            wall.ns += SECOND
            async with wall.telling(path, at, main=hook):
                for k in (2, 3):
                    written(path.parent, marker(k))
                    await hook.until(4 + k)
            assert hook.titles == [
                "Filled",
                "Trade ended",
                "Connection back",
                "Daily summary",
                "Daily summary",
                "Connection back",
                "Connection back",
            ]
            summary = [
                "1 trade, 1 won, 0 lost: net +0.90 USD, held 9 s on average",
                "only fast\\_scalp of fast, +0.90 USD",
                "1 signal was refused: spread\\_pips 1",
            ]
            assert hook.lines[3:] == [*summary, *summary, "prices: marker 2", "prices: marker 3"]

    run(test)
