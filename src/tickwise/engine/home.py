"""Where a session's files lie: the tapes and states beside the journal, or in the folder that is set."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import platformdirs

from tickwise.config.engine import EngineConfig
from tickwise.journal.place import place_of


class Home(NamedTuple):
    """The folders of a journal's sessions."""

    tapes: Path
    states: Path

    def tape(self, session: str) -> Path:
        """Give the path of a session's recording."""
        return self.tapes / f"{session}.recording"


def home_of(config: EngineConfig) -> Home:
    """Give the folders that belong to a config's journal. Raises JournalError where it names no place."""
    place = place_of(config.database)
    beside = place.path.parent if place.path is not None else Path(platformdirs.user_data_path("tickwise"))
    folder = Path(config.tape_folder).expanduser()
    tapes = folder if folder.is_absolute() else beside / folder
    return Home(tapes, tapes / "states")
