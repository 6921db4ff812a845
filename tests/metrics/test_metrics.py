"""Metrics say what the journal says, in a text that Prometheus' own parser reads."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection

from cli.commands import typed
from oracles.entries_made import MONDAY, made
from tickwise.core.outcome import TABLE
from tickwise.journal import entries as j
from tickwise.journal.database import open_database
from tickwise.journal.inline import InlineJournal
from tickwise.metrics import exposition
from tickwise.metrics.exposition import metrics_of
from tickwise.metrics.server import serve

SECOND = 1_000_000_000


def written(path: Path, *entries: j.Entry) -> Path:
    journal = InlineJournal(path, owner="test", ts=MONDAY)
    for entry in entries:
        journal.append(entry)
    journal.close()
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Write a session with a fill without a stop, an unknown order, a dead stream and a halt."""
    at = [MONDAY + k * SECOND for k in range(20)]
    said: dict[str, Any] = {"instrument": "EUR_USD", "account": "acc-1", "venue_position": "77"}
    return written(
        tmp_path / "journal.db",
        made(j.SessionOpened, at[0], venue="oanda", environment="practice"),
        made(j.Counted, at[1]),
        made(j.Intent, at[2]),
        made(j.Sent, at[2] + 3_000_000),
        made(j.Filled, at[2] + 153_000_000, stop=0, target=0, **said),
        made(j.Intent, at[4], order="s1-9"),
        made(j.Sent, at[4] + 4_000_000, order="s1-9", number=2),
        made(j.Unknown, at[9], order="s1-9"),
        made(j.Connection, at[10], stream="prices", instrument="", live=False, why="nothing came for 10.0 s"),
        made(
            j.Switched, at[11], switch="halt", scope="account", name="acc-1", on=True, reason="odd",
            actor="me",
        ),
    )  # fmt: skip


def read(text: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Give each sample by its name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def sample(text: bytes, metric: str, /, **labels: str) -> float:
    return read(text)[metric, tuple(sorted(labels.items()))]


def test_what_needs_a_person_is_a_metric(journal: Path) -> None:
    text = metrics_of(journal)
    assert sample(text, "tickwise_stream_live", stream="prices", instrument="") == 0
    assert sample(text, "tickwise_switch_on", switch="halt", scope="account", name="acc-1") == 1
    assert sample(text, "tickwise_positions_unprotected") == 1
    assert sample(text, "tickwise_orders_unknown") == 1
    assert sample(text, "tickwise_orders_working") == 1
    assert sample(text, "tickwise_last_entry_timestamp_seconds") == (MONDAY + 11 * SECOND) / 1e9
    (opened,) = [value for (name, _), value in read(text).items() if name == "tickwise_session_open"]
    assert opened == 1


def test_evaluations_are_counted_by_the_outcome_they_ended_in(journal: Path) -> None:
    found = read(metrics_of(journal))
    counted = {
        dict(labels)["outcome"]: v for (n, labels), v in found.items() if n == "tickwise_evaluations_total"
    }
    expected: dict[str, float] = {}
    names = {row.code: row.name for row in TABLE}
    for _lane, code, times in made(j.Counted, MONDAY).counts:
        expected[names[code]] = expected.get(names[code], 0) + times
    assert counted == expected


def test_how_long_orders_took_is_a_histogram_by_phase(journal: Path) -> None:
    text = metrics_of(journal)
    sent = {"phase": "decided_to_sent", "verb": "entry"}
    assert sample(text, "tickwise_order_seconds_count", **sent) == 2
    assert sample(text, "tickwise_order_seconds_sum", **sent) == pytest.approx(0.007)
    assert sample(text, "tickwise_order_seconds_bucket", le="0.002", **sent) == 0
    assert sample(text, "tickwise_order_seconds_bucket", le="0.005", **sent) == 2
    answered = {"phase": "sent_to_answered", "verb": "entry"}
    assert sample(text, "tickwise_order_seconds_count", **answered) == 1
    assert sample(text, "tickwise_order_seconds_bucket", le="0.2", **answered) == 1
    assert sample(text, "tickwise_order_seconds_bucket", le="0.1", **answered) == 0


def test_no_label_is_the_name_of_an_order_or_a_position(journal: Path) -> None:
    labels = {value for _, labels in read(metrics_of(journal)) for _, value in labels}
    assert not {each for each in labels if each.startswith("s1-") and each != "s1"}
    assert "77" not in labels


def test_a_journal_without_a_session_has_none_open(tmp_path: Path) -> None:
    assert read(metrics_of(written(tmp_path / "empty.db"))) == {("tickwise_session_open", ()): 0.0}


def test_the_command_prints_what_a_scrape_reads(journal: Path) -> None:
    ended = typed("metrics", "--db", journal)
    assert (ended.code, ended.out.encode(), ended.err) == (0, metrics_of(journal), "")


def test_a_scraper_that_hammers_reads_the_journal_once(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = []

    def counted(connection: Connection) -> Any:
        readings.append(1)
        return families(connection)

    families = exposition.families
    monkeypatch.setattr(exposition, "families", counted)

    async def scrapes() -> set[tuple[int, bytes]]:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[int] = loop.create_future()
        server = loop.create_task(serve(journal, "127.0.0.1", 0, ready))
        url = f"http://127.0.0.1:{await ready}/metrics"
        async with aiohttp.ClientSession() as session:

            async def one() -> tuple[int, bytes]:
                async with session.get(url) as response:
                    return response.status, await response.read()

            found = set(await asyncio.gather(*[one() for _ in range(200)]))
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
        return found

    ((status, text),) = asyncio.run(scrapes())
    assert (status, read(text)) == (200, read(metrics_of(journal)))
    assert len(readings) == 2, "one for all scrapes, one for the comparison"


def test_a_port_that_is_taken_is_one_line(journal: Path) -> None:
    async def taken() -> Any:
        server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ended = await asyncio.to_thread(typed, "metrics", "--serve", "--port", port, "--db", journal)
        server.close()
        return port, ended

    port, ended = asyncio.run(taken())
    assert ended.code == 2
    assert ended.error.startswith(f"--port {port}: ")


def test_a_journal_that_is_open_for_writing_is_read(journal: Path) -> None:
    async def scraped() -> bytes:
        async with open_database(journal) as database:
            return await exposition.metrics_in(database)

    writer = InlineJournal(journal, owner="test", ts=MONDAY)
    assert sample(asyncio.run(scraped()), "tickwise_orders_unknown") == 1
    writer.close()
