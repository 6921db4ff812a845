"""The work of a sweep as plain values, and the bench that does it: in this process, or in one of many."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tickwise.config.bot import BotConfig
from tickwise.config.load import bot_of
from tickwise.config.problems import problems_of
from tickwise.errors import ConfigError
from tickwise.research.sweep.measures import Row, measured, refused
from tickwise.research.sweep.ranges import Value
from tickwise.research.sweep.shared_tape import Laid, mapped

Task = tuple[int, Mapping[str, Value], Sequence[int]]
"""The number of a piece of work, settings laid over the bot's, and the rows of the tape that are run."""


@dataclass(frozen=True)
class Job:
    """What a process must know once: the bot as it was said, and where the tape was laid out."""

    document: Mapping[str, Any]
    source: str
    folder: str
    tape: str

    def to_json(self) -> str:
        """Write the job for another process."""
        return json.dumps(asdict(self))


def job_for(bot: BotConfig, tape: Path) -> Job:
    """Make the job of a bot on a tape that lies in a folder."""
    document = dict(bot.said) or bot.model_dump(exclude_unset=True)
    return Job(plain_document(document), bot.source or bot.name, str(bot.folder or ""), str(tape))


def plain_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give a bot's document as lists and tables only."""
    found: dict[str, Any] = json.loads(json.dumps(document))
    return found


class Bench:
    """Does the tasks of a job, one after the other, on a tape it mapped once."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._laid: Laid = mapped(Path(job.tape))

    def row(self, task: Task) -> Row:
        """Run one set of parameters; one that cannot be meant gives a row that says why."""
        try:
            bot = bot_with(self._job, task[1])
        except ConfigError as error:
            return refused(problems_of(error)[0])
        return measured(bot, self._laid.tape, self._laid.part(task[2]))

    def rows(self, tasks: Sequence[Task]) -> list[tuple[int, Row]]:
        """Run tasks; give the row of each with its number."""
        return [(task[0], self.row(task)) for task in tasks]


def bot_with(job: Job, overrides: Mapping[str, Value]) -> BotConfig:
    """Make the bot of a job with settings of its own. Raises ConfigError where it cannot be meant."""
    return bot_of(job.document, job.source, Path(job.folder) if job.folder else None, overrides)
