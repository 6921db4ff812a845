"""Claims about watched files: only what has come to rest is read, and each state of it is told once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sim.loop import SimLoop
from sim.running import run
from tickwise.config.reload import Change, Configs, Refusal, Source, configs_of
from tickwise.engine.watch_configs import ConfigWatch, Files, begun, file_notices, read_files

HEAD = 'name = "one"\nstrategy = "fast_scalp"\ninstruments = ["EUR_USD"]\n[gates]\nspread_pips_max = 1.0\n'
FILE = "bots/one.toml"


def text(spread: float) -> bytes:
    return HEAD.replace("1.0", str(spread)).encode()


def at_start(files: dict[str, bytes]) -> Configs:
    found = configs_of(files)
    assert isinstance(found, Configs)
    return found


class Script:
    """Files that change at given seconds, a notice for each, and what the watch made of them."""

    def __init__(self, *steps: tuple[float, Files]) -> None:
        self.steps = steps
        self.files: Files = {FILE: text(1.0)}
        self.reads = 0

    def read(self) -> Files:
        self.reads += 1
        return self.files

    async def notices(self) -> AsyncIterator[None]:
        """Tell of each step, one after the other."""
        waiting: asyncio.Queue[None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        for at, files in self.steps:
            loop.call_at(at, self._write, files, waiting)
        for _ in self.steps:
            yield await waiting.get()

    def _write(self, files: Files, waiting: asyncio.Queue[None]) -> None:
        self.files = files
        waiting.put_nowait(None)

    def told(self) -> list[tuple[float, Change | Refusal]]:
        """Give each thing the watch told, and when."""

        async def main(loop: SimLoop) -> list[tuple[float, Change | Refusal]]:
            watch = ConfigWatch(at_start({FILE: text(1.0)}), Source(), self.read, self.notices, 0.5)
            return [(loop.time(), found) async for found in watch.changes()]

        return run(main)


def spread_of(found: Change | Refusal) -> float:
    assert isinstance(found, Change)
    return found.configs.bots[FILE].gates.spread_pips_max


def test_a_change_is_told_once_it_has_stayed_for_the_quiet_time() -> None:
    told = Script((10.0, {FILE: text(0.9)})).told()
    assert [(at, spread_of(found)) for at, found in told] == [(10.5, 0.9)]


def test_a_file_written_in_pieces_is_read_when_it_is_whole() -> None:
    whole = text(0.9)
    pieces = [(10.0 + 0.4 * place, {FILE: whole[: 8 * place]}) for place in range(10)]
    told = Script(*pieces, (14.1, {FILE: whole})).told()
    assert [(at, spread_of(found)) for at, found in told] == [(15.0, 0.9)]


def test_a_hundred_changes_a_second_end_as_one_and_cost_few_readings() -> None:
    many = [(10.0 + place / 100, {FILE: text(1.0 - place / 10_000)}) for place in range(1000)]
    script = Script(*many)
    assert [round(spread_of(found), 4) for _, found in script.told()] == [0.9001]
    assert script.reads < 2100


def test_a_refusal_is_told_once_and_the_old_configs_stay() -> None:
    broken, also_broken = {FILE: b"name = \n"}, {FILE: b"nome = \n"}
    told = Script((10.0, broken), (20.0, broken), (30.0, also_broken), (40.0, {FILE: text(0.8)})).told()
    assert [(at, type(found)) for at, found in told] == [(10.5, Refusal), (30.5, Refusal), (40.5, Change)]
    assert spread_of(told[2][1]) == 0.8


def test_files_that_cannot_be_read_are_not_files_that_are_gone() -> None:
    away = Refusal(("bots: cannot be read (stale file handle)",))
    told = Script((10.0, away), (20.0, {FILE: text(1.0)}), (30.0, {})).told()
    assert told[0] == (10.5, away)
    assert len(told) == 2
    assert isinstance(told[1][1], Change)
    assert told[1][1].exit_only == (("one", "EUR_USD"),)


def test_a_person_may_take_what_a_file_alone_may_not() -> None:
    files: dict[str, bytes] = {FILE: text(2.0)}
    watch = ConfigWatch(at_start({FILE: text(1.0)}), Source(), lambda: files, Script().notices, 0.5)
    assert isinstance(watch.at_once(allow_looser=False), Refusal)
    assert watch.configs.bots[FILE].gates.spread_pips_max == 1.0
    assert spread_of(watch.at_once(allow_looser=True)) == 2.0
    assert watch.configs.bots[FILE].gates.spread_pips_max == 2.0


def test_whoever_cannot_take_a_change_puts_the_old_configs_back() -> None:
    async def main(_: SimLoop) -> list[float]:
        script = Script((10.0, {FILE: text(0.9)}), (20.0, {FILE: text(0.95)}))
        watch = ConfigWatch(at_start({FILE: text(1.0)}), Source(), script.read, script.notices, 0.5)
        old, seen = watch.configs, []
        async for found in watch.changes():
            seen.append(spread_of(found))
            watch.configs = old
        return seen

    assert run(main) == [0.9, 0.95]


def write(path: Path, content: bytes) -> None:
    """Save as careful editors do: beside it, then renamed."""
    path.with_suffix(".tmp").write_bytes(content)
    os.replace(path.with_suffix(".tmp"), path)


@pytest.mark.parametrize("save", [Path.write_bytes, write], ids=["in place", "by renaming"])
def test_the_real_watch_sees_a_saved_file(tmp_path: Path, save: Callable[[Path, bytes], None]) -> None:
    path = tmp_path / "one.toml"
    path.write_bytes(text(1.0))
    places = [path]

    async def main() -> Change | Refusal:
        found = begun(places, Source())
        assert isinstance(found, Configs)
        watch = ConfigWatch(found, Source(), lambda: read_files(places), file_notices(places), 0.05)
        changes = watch.changes()
        first = asyncio.ensure_future(anext(changes))
        while not first.done():  # a watch tells of what happens after it has begun, and not when that is
            save(path, text(0.9))
            await asyncio.wait([first], timeout=0.5)
        await changes.aclose()
        return first.result()

    found = asyncio.run(main())
    assert isinstance(found, Change)
    assert found.configs.bots[str(path)].gates.spread_pips_max == 0.9


def test_a_folder_is_every_toml_file_in_it_and_what_is_named_must_be_there_at_the_start(
    tmp_path: Path,
) -> None:
    bots = tmp_path / "bots"
    places = [tmp_path / "tickwise.toml", bots]
    assert read_files(places) == Refusal((f"{bots}: cannot be read (no such file or directory)",))
    bots.mkdir()
    (bots / "b.toml").write_bytes(b"b")
    (bots / "a.toml").write_bytes(b"a")
    (bots / "notes.txt").write_bytes(b"c")
    assert list(read_files(places)) == [str(bots / "a.toml"), str(bots / "b.toml")]
    assert begun(places, Source()) == Refusal((f"{tmp_path / 'tickwise.toml'}: there is no such file",))
    (tmp_path / "tickwise.toml").touch()
    for each in bots.glob("*.toml"):
        each.unlink()
    says = f"{places[0]}, {places[1]}: no bot is there; `tickwise bot add` makes one"
    assert begun(places, Source()) == Refusal((says,))


def test_a_file_of_a_megabyte_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"#" * 1_000_001)
    assert read_files([tmp_path]) == Refusal((f"{tmp_path / 'a.toml'}: longer than 1_000_000 bytes",))
