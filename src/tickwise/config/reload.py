"""Changed files of settings while an engine runs: the whole new set of configs, or every reason why not.

Nothing is half taken: either every file is read, holds against every rule and against what runs, and all of
it is taken at once; or the configs stay what they were. A file alone may only make a limit tighter. What
lets more happen needs a person's command with a reason; what is fixed, like the venue's environment and the
account, stays until the engine is started anew. Bots and instruments that are gone are left exit-only, not
dropped, for they may hold positions; those that are new trade within the limits of account and house, and
with real money only once they are armed, for they change the digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.document import document_of
from tickwise.config.engine import EngineConfig
from tickwise.config.engine_file import ENGINE_FILE, engine_from
from tickwise.config.load import bot_of
from tickwise.config.looser import Moved, in_words, moved_in_bot, moved_in_engine
from tickwise.config.problems import problems_of
from tickwise.config.strategy_params import strategy_of
from tickwise.errors import ConfigError, TickwiseError

NOTHING: Mapping[str, Any] = MappingProxyType({})

BY_COMMAND = "`tickwise reload --allow-looser --reason TEXT`"


class Source(NamedTuple):
    """What stands over the files, the same for the whole life of a process."""

    overrides: Mapping[str, Any] = NOTHING
    """Settings of bots from the command line, by dotted key."""
    engine_overrides: Mapping[str, Any] = NOTHING
    environ: Mapping[str, str] = NOTHING
    engine: EngineConfig = EngineConfig()
    """The engine's settings where no file of them is among the files."""


ALONE = Source()
"""Nothing stands over the files."""


class Configs(NamedTuple):
    """One whole validated set: the bots by their file, the engine, and the bytes they were read from."""

    bots: Mapping[str, BotConfig]
    engine: EngineConfig
    texts: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 of everything a person set that may change an order, strategies' files included, as hex."""
        by_name = sorted(self.bots.values(), key=lambda bot: bot.name)
        said = [[bot.model_dump(mode="json"), strategy_of(bot).digest] for bot in by_name]
        whole = json.dumps([self.engine.digest, said], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


class Change(NamedTuple):
    """A new whole set of configs, and what is other than before."""

    configs: Configs
    moved: tuple[Moved, ...] = ()
    added: tuple[str, ...] = ()
    """Bots that are new."""
    exit_only: tuple[tuple[str, str], ...] = ()
    """Bots with the instruments that they, or all of the bot, are gone from."""
    opened: tuple[tuple[str, str], ...] = ()
    """Bots with the instruments that are new to them."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is other than before; comments and order may be."""
        return not (self.moved or self.added or self.exit_only or self.opened)

    @property
    def says(self) -> tuple[str, ...]:
        """Write the change for a person, a line for each part."""
        return (
            *in_words(self.moved),
            *(f"{bot}: new" for bot in self.added),
            *(f"{bot}: {instrument} is new" for bot, instrument in self.opened if bot not in self.added),
            *(f"{bot}: {instrument} only leaves from now on" for bot, instrument in self.exit_only),
        )


class Refusal(NamedTuple):
    """Why changed files are not taken: every problem, a line each. The configs are what they were."""

    problems: tuple[str, ...]


def configs_of(
    texts: Mapping[str, bytes], source: Source = ALONE, was: Configs | None = None
) -> Configs | Refusal:
    """Read a whole set of configs from files' bytes by their paths, in the order in which bots are asked.

    What has not changed since `was` is not read again. A file named `tickwise.toml` is the engine's, every
    other one a bot's.
    """
    bots: dict[str, BotConfig] = {}
    engine = source.engine
    problems: list[str] = []
    for path, text in texts.items():
        try:
            if Path(path).name == ENGINE_FILE:
                engine = engine_from(text, path, source.engine_overrides, source.environ)
            elif was is not None and was.texts.get(path) == text and path in was.bots:
                bots[path] = was.bots[path]
            else:
                bots[path] = _bot(path, text, source)
        except TickwiseError as error:
            problems += problems_of(error)
    problems += _named_twice(bots)
    return Refusal(tuple(problems)) if problems else Configs(bots, engine, dict(texts))


def reloaded(
    was: Configs,
    texts: Mapping[str, bytes],
    source: Source = ALONE,
    *,
    by_command: bool = False,
    allow_looser: bool = False,
) -> Change | Refusal:
    """Hold changed files against what runs: the change they are, or every reason not to take them.

    `by_command` tells that a person asked for it just now, so that a file which lost its end is meant;
    `allow_looser` that they also said so, and why.
    """
    cut = () if by_command else tuple(_cut_off(was.texts, texts))
    now = configs_of(texts, source, was)
    if isinstance(now, Refusal) or cut:
        return Refusal((*(now.problems if isinstance(now, Refusal) else ()), *cut))
    change = _change(was, now)
    problems = tuple(_forbidden(now, change.moved, allow_looser))
    return Refusal(problems) if problems else change


def _bot(path: str, text: bytes, source: Source) -> BotConfig:
    folder = Path(path).resolve().parent
    return bot_of(document_of(text, path), path, folder, source.overrides, source.environ)


def _named_twice(bots: Mapping[str, BotConfig]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path, bot in bots.items():
        if bot.name in seen:
            yield f"{path}: name = {bot.name} is that of {seen[bot.name]} too: give it another"
        seen.setdefault(bot.name, path)


def _change(was: Configs, now: Configs) -> Change:
    """Tell two sets of configs apart."""
    before = {bot.name: bot for bot in was.bots.values()}
    after = {bot.name: bot for bot in now.bots.values()}
    moved = [*moved_in_engine(was.engine, now.engine)]
    for name, bot in after.items():
        if name in before and before[name] is not bot:
            moved += moved_in_bot(before[name], bot)
    lanes_before, lanes_after = _lanes(before), _lanes(after)
    return Change(
        now,
        tuple(moved),
        tuple(name for name in after if name not in before),
        tuple(each for each in lanes_before if each not in lanes_after),
        tuple(each for each in lanes_after if each not in lanes_before),
    )


def _lanes(bots: Mapping[str, BotConfig]) -> dict[tuple[str, str], None]:
    """Give what each bot that runs trades."""
    running = {name: bot for name, bot in bots.items() if bot.enabled}
    return {(name, instrument): None for name, bot in running.items() for instrument in bot.instruments}


def _forbidden(now: Configs, moved: tuple[Moved, ...], allow_looser: bool) -> Iterator[str]:
    """Say why each change that needs a word or a new start is not taken."""
    paths = {bot.name: path for path, bot in now.bots.items()}
    for each in moved:
        where = f"{paths.get(each.bot, ENGINE_FILE)}: {each.key} = {each.now}"
        if each.verdict == "fixed":
            yield f"{where}: it is {each.was} while the engine runs; start the engine anew to change it"
        elif each.verdict == "looser" and not allow_looser:
            yield f"{where} is looser than {each.was}: needs {BY_COMMAND}"


def _cut_off(was: Mapping[str, bytes], texts: Mapping[str, bytes]) -> Iterator[str]:
    """Say of each changed file what makes it look as if only its beginning had been written."""
    for path, text in texts.items():
        before = was.get(path)
        if before == text:
            continue
        if not text.endswith((b"\n", b"\r")):
            yield f"{path}: it does not end with a line break, so it may be cut off: end its last line"
        elif before is not None and (lost := _lost_end(before, text)):
            yield f"{path}: all from {lost} on is gone, so it may be cut off; `tickwise reload` takes it so"


def _lost_end(before: bytes, text: bytes) -> str:
    """Name the first of the last settings that a file has lost, "" where it lost none or others."""
    try:
        old, new = list(_keys(document_of(before, ""))), list(_keys(document_of(text, "")))
    except ConfigError:
        return ""
    lost = [key for key in old if key not in new]
    return lost[0] if lost and lost == old[len(old) - len(lost) :] else ""


def _keys(table: Mapping[str, Any], under: str = "") -> Iterator[str]:
    """Give the keys of a document in its order."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{under}{name}.")
        else:
            yield f"{under}{name}"
