"""Doctor: what was set. The engine's settings, variables, bots, keys and calendars."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tickwise.cli.checks import Check, age, fail, ok, warn
from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig, engine_variables
from tickwise.config.engine_file import ENGINE_FILE
from tickwise.config.environment import unheard
from tickwise.config.load import load_bot
from tickwise.config.secret import TOKEN_VARIABLE, token_of
from tickwise.core.types import DAY
from tickwise.errors import ConfigError, TickwiseError
from tickwise.journal.command_key import MODE, key_path
from tickwise.journal.place import Place
from tickwise.market_data.calendars import read_news
from tickwise.market_data.calendars.news import valid_until
from tickwise.market_data.findings import utc
from tickwise.session.calendars import news_source

SOON_NS = 2 * int(DAY)
"""A calendar that ends sooner is told of."""


def settings_line() -> Check:
    """Say which settings the engine has."""
    if Path(ENGINE_FILE).exists():
        return ok("settings", f"{ENGINE_FILE} is read")
    return ok("settings", f"no {ENGINE_FILE} in this folder, so the defaults and TICKWISE_ variables count")


def bots_in(folder: Path) -> tuple[list[BotConfig], list[Check]]:
    """Read the bots of a folder; what cannot be read is said."""
    if not folder.is_dir():
        return [], [ok("bots", f"no folder {folder} here; `tickwise bot add` makes one")]
    found: list[BotConfig] = []
    wrong: list[Check] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(load_bot(path))
        except TickwiseError as error:
            wrong.append(fail("bots", str(error), "mend the file: `run` and `reload` refuse it"))
    names = ", ".join(bot.name for bot in found)
    return found, [*wrong, ok("bots", f"{len(found)} in {folder} can be read: {names}")] if found else wrong


def variables(bots: Sequence[BotConfig], environ: Mapping[str, str] = os.environ) -> Iterator[Check]:
    """Look for variables that nobody hears."""
    lines = unheard(environ, bots, (TOKEN_VARIABLE, *engine_variables()))
    for line in lines:
        yield warn("variables", line, "a limit that is misspelt does not hold: mend its name, or unset it")
    if not lines:
        count = sum(name.startswith("TICKWISE_") for name in environ)
        yield ok("variables", f"every TICKWISE_ variable is heard ({count} set)")


def keys(config: EngineConfig, place: Place, environ: Mapping[str, str] = os.environ) -> Iterator[Check]:
    """Look at the files of secrets: who may read them."""
    path = key_path(place)
    if not path.exists():
        yield ok("command key", f"none yet; the first command makes {path}")
    else:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & ~MODE:
            says = f"others may read or change {path} (mode {mode:04o})"
            yield fail(
                "command key", says, f"chmod 600 {path}: whoever has it can ask the engine for anything"
            )
        else:
            yield ok("command key", f"{path} is its owner's alone")
    yield _token(config, environ)


def _token(config: EngineConfig, environ: Mapping[str, str]) -> Check:
    try:
        is_there = bool(token_of(config, environ).get_secret_value())
    except ConfigError as error:
        return fail("token", str(error), "then run doctor again")
    if is_there:
        return ok("token", "there is one, and nobody else can read its file")
    if config.venue.name == "paper":
        return ok("token", "none, and paper needs none")
    todo = f"put it into {TOKEN_VARIABLE}, or into a file of mode 0600 that venue.token_file names"
    return warn("token", f"none for {config.venue.name}", todo)


def calendars(bots: Sequence[BotConfig], now: int) -> Iterator[Check]:
    """Look how far the bots' news calendars reach."""
    sources = dict.fromkeys(source for bot in bots if (source := news_source(bot)))
    for source in sources:
        try:
            until = valid_until(read_news(source))
        except TickwiseError as error:
            yield fail("calendar", str(error), "mend the file: bots that name it cannot run")
            continue
        says = f"{source} reaches to {utc(until)[:16]}Z"
        if until <= now:
            yield fail("calendar", f"{says}, {age(now - until)} ago", "get a newer one: no entry passes it")
        elif until - now < SOON_NS:
            yield warn("calendar", f"{says}, in {age(until - now)}", "get a newer one before that")
        else:
            yield ok("calendar", says)
    without = [bot.name for bot in bots if not news_source(bot)]
    if without:
        yield ok("calendar", f"none of their own, so no news is waited out: {', '.join(without)}")
