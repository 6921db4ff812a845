"""People are told the same out of either kind of database, and what was told is kept where it belongs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from notify.webhook import webhook
from oracles.entries_made import MONDAY, made
from tickwise.journal import entries as j
from tickwise.journal.place import place_of
from tickwise.notify.cursors import cursors_path, read_cursors
from tickwise.notify.service import Terms, notify
from tickwise.notify.targets import Target


def test_what_is_written_while_it_runs_is_told_out_of_either_database(
    place: str, threaded: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    journal = threaded()
    journal.append(made(j.SessionOpened, MONDAY, venue="oanda", environment="practice"))
    kept = cursors_path(place_of(place))
    assert kept.is_relative_to(tmp_path)

    async def test() -> None:
        await journal.durable(journal.append(made(j.Intent, MONDAY)))
        async with webhook() as hook:
            terms = Terms([Target("main", SecretStr(hook.url))], lambda: MONDAY, lambda line: None)
            ready = asyncio.Event()
            task = asyncio.ensure_future(notify(place, terms, ready.set))
            await ready.wait()
            journal.append(made(j.Filled, MONDAY))
            await hook.until(1)
            while read_cursors(kept)["main"].seq < 3:
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert hook.titles == ["Filled"]
            assert read_cursors(kept)["main"].seq == 3

    asyncio.run(asyncio.wait_for(test(), 60))
