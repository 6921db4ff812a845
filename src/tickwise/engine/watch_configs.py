"""Watch the files of settings: each change of them, once it has come to rest, as a whole or a refusal.

A notice says only that something happened; what counts is what stands in the files when they have stayed as
they are for a while. Editors that save by renaming, files that are written in pieces and a hundred notices a
second all end as one reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import watchfiles

from tickwise.config.reload import Change, Configs, Refusal, Source, configs_of, reloaded

Files: TypeAlias = "Mapping[str, bytes] | Refusal"
"""What stands in the files by their paths, or why they could not be read."""

Notices: TypeAlias = Callable[[], AsyncIterator[object]]
"""Gives a stream with an item whenever files may have changed; what the item is does not matter."""

BYTES_MAX = 1_000_000
FILES_MAX = 1_000
"""More than anybody writes by hand: what is larger is a mistake, and is not read."""


class ConfigWatch:
    """The configs that run, and the changes of their files."""

    def __init__(
        self,
        configs: Configs,
        source: Source,
        read: Callable[[], Files],
        notices: Notices,
        quiet_s: float,
    ) -> None:
        """Begin with the configs that run; `read` gives the files, which must stay so for `quiet_s`."""
        self.configs = configs
        """What runs. Whoever is given a change and cannot take it puts the old configs back here."""
        self._source, self._read, self._notices, self._quiet_s = source, read, notices, quiet_s
        self._seen: Files = configs.texts

    async def changes(self) -> AsyncIterator[Change | Refusal]:
        """Give each change that is taken, and each new state of the files that is refused."""
        async for _ in self._notices():
            files = await self._at_rest()
            if files == self._seen:
                continue
            self._seen = files
            found = self._held(files)
            if isinstance(found, Refusal) or not found.is_empty:
                yield found

    def at_once(self, *, allow_looser: bool) -> Change | Refusal:
        """Read the files now, because a person asked for it; with their word that looser limits are meant."""
        self._seen = self._read()
        return self._held(self._seen, by_command=True, allow_looser=allow_looser)

    def _held(
        self, files: Files, *, by_command: bool = False, allow_looser: bool = False
    ) -> Change | Refusal:
        """Hold files against what runs; what is taken runs from now on."""
        if isinstance(files, Refusal):
            return files
        found = reloaded(self.configs, files, self._source, by_command=by_command, allow_looser=allow_looser)
        if isinstance(found, Change):
            self.configs = found.configs
        return found

    async def _at_rest(self) -> Files:
        """Read the files until they have stayed the same for the quiet time."""
        files = self._read()
        while True:
            await asyncio.sleep(self._quiet_s)
            again = self._read()
            if again == files:
                return files
            files = again


def read_files(places: Sequence[Path]) -> Files:
    """Read files, and of folders every TOML file in the order of their names.

    A named file that is gone is left out, as one that is gone from a folder is. Anything else that cannot be
    read refuses: not to know what stands in a file is not to know that it is gone.
    """
    try:
        paths = [each for place in places for each in (_files_in(place) if _is_folder(place) else [place])]
        if len(paths) > FILES_MAX:
            return Refusal((f"{len(paths)} files of settings: {FILES_MAX} at most",))
        read = {str(path): _content(path) for path in paths}
    except OSError as error:
        return Refusal((f"{error.filename}: cannot be read ({(error.strerror or '').lower()})",))
    large = [path for path, content in read.items() if content is not None and len(content) > BYTES_MAX]
    if large:
        return Refusal(tuple(f"{path}: longer than {BYTES_MAX:_} bytes" for path in large))
    return {path: content for path, content in read.items() if content is not None}


def _is_folder(place: Path) -> bool:
    """Tell whether a place is meant as a folder, be it there or not."""
    return place.suffix != ".toml"


def _files_in(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.suffix == ".toml" and each.is_file())


def _content(path: Path) -> bytes | None:
    """Give a file's bytes, one more than is allowed at most; None where there is no such file."""
    try:
        with path.open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        return None


def begun(places: Sequence[Path], source: Source) -> Configs | Refusal:
    """Read the configs an engine begins with: every file that is named is there, and a bot is among them."""
    files = read_files(places)
    if isinstance(files, Refusal):
        return files
    gone = [place for place in places if not _is_folder(place) and str(place) not in files]
    if gone:
        return Refusal(tuple(f"{place}: there is no such file" for place in gone))
    found = configs_of(files, source)
    if isinstance(found, Configs) and not found.bots:
        return Refusal((f"{', '.join(map(str, places))}: no bot is there; `tickwise bot add` makes one",))
    return found


def file_notices(places: Sequence[Path]) -> Notices:
    """Give the operating system's notices of files and folders; it needs a thread, which a simulation lacks.

    Folders are watched, not files: an editor that saves by renaming leaves a watch of a file on the old one.
    """
    folders = list(dict.fromkeys(place if _is_folder(place) else place.absolute().parent for place in places))
    return lambda: watchfiles.awatch(*folders, recursive=False, watch_filter=None, debounce=100)
