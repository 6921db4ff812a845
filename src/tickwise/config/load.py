"""Read a bot from its file, the environment and the command line, and hold it against every rule."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from tickwise.config.bot import BY_STATE, SECTIONS, BotConfig, house_name
from tickwise.config.checks import contradictions
from tickwise.config.document import read_document
from tickwise.config.environment import hear_environment
from tickwise.config.instruments import instruments_of
from tickwise.config.keys import STATES, keys_of
from tickwise.config.layers import Said, hear_overrides, said_by
from tickwise.config.problems import all_of, problems_of, refuse_unknown, refused
from tickwise.config.records import params_of
from tickwise.config.secret import refuse_secrets
from tickwise.config.setting import variable_of
from tickwise.config.strategy_params import check_params, kinds_of
from tickwise.config.worst_case import check_worst_case, rate_at_load
from tickwise.core.instrument import Instrument
from tickwise.errors import ConfigError, StrategyError
from tickwise.kernels.strategy_file import Strategy, find, load

NOTHING: Mapping[str, Any] = MappingProxyType({})


def load_bot(
    path: str | Path, overrides: Mapping[str, Any] = NOTHING, environ: Mapping[str, str] | None = None
) -> BotConfig:
    """Read a bot's TOML file; `overrides` are dotted keys with text or values, above all TICKWISE_ variables.

    The variables are the process's unless `environ` gives others. Raises ConfigError, one line that names
    file, key and what would have stood there, or StrategyError.
    """
    place = Path(path)
    said_in_environment = os.environ if environ is None else environ
    return bot_of(
        read_document(place, "`tickwise bot add` makes one"),
        str(place),
        place.resolve().parent,
        overrides,
        said_in_environment,
    )


def bot_of(
    document: Mapping[str, Any],
    source: str = "bot",
    folder: Path | None = None,
    overrides: Mapping[str, Any] = NOTHING,
    environ: Mapping[str, str] = NOTHING,
) -> BotConfig:
    """Make a bot of a document, such as a file's or a database row's; `source` begins the messages of errors.

    A strategy's file and a news calendar are looked for beside `folder`. Raises as `load_bot` does.
    """
    said = said_by(source, document)
    refuse_secrets(source, document)
    refuse_secrets("--set", overrides)
    top = keys_of({}, ())
    name = _said_name(said.document, environ, overrides)
    hear_environment(said, top, environ, name)
    hear_overrides(said, top, {key: value for key, value in overrides.items() if key in top})
    strategy = _strategy(said, folder)
    params = kinds_of(strategy) if strategy else dict.fromkeys(_names(said.document.get("params")))
    traded = _names(said.document.get("instruments"))
    described = [*_names(said.document.get("instrument")), *traded, *map(house_name, traded)]
    known = keys_of(params, described)
    hear_environment(said, known, environ, name)
    hear_overrides(said, known, overrides)
    refuse_unknown(said, known)
    return _checked(said, strategy, folder)


def changed(bot: BotConfig, overrides: Mapping[str, Any]) -> BotConfig:
    """Make a bot that says what this one says, but for the overrides. Raises as `load_bot` does."""
    return bot_of(bot.said or bot.model_dump(exclude_unset=True), bot.name, bot.folder, overrides)


def _said_name(
    document: Mapping[str, Any], environ: Mapping[str, str], overrides: Mapping[str, Any]
) -> str | None:
    """Give the bot's name, by which its own variables are known."""
    name = overrides.get("name", environ.get(variable_of("name"), document.get("name")))
    return name if isinstance(name, str) else None


def _names(value: Any) -> list[str]:
    """Give the names that a table or a list holds."""
    return (
        [each for each in value if isinstance(each, str)] if isinstance(value, (Mapping, list, tuple)) else []
    )


def _strategy(said: Said, folder: Path | None) -> Strategy | None:
    """Load the strategy, so that its params are known; None where the document names none."""
    wanted = said.document.get("strategy")
    if not isinstance(wanted, str) or not wanted:
        return None
    try:
        path = find(wanted, folder)
    except StrategyError as error:
        raise StrategyError(f"{said.where('strategy')}: {error}") from None
    return load(path)


def _checked(said: Said, strategy: Strategy | None, folder: Path | None) -> BotConfig:
    """Make the bot, and hold everything in it against everything else."""
    try:
        bot = BotConfig.model_validate(said.document)
    except ValidationError as error:
        raise refused(said, error) from None
    assert strategy is not None  # a bot without a strategy did not get here
    bot = bot.from_file(folder, said.document, said.source, said.by)
    _check_states(said, bot)
    for state in ("", *bot.states):
        _check_params(said, bot, strategy, state)
    try:
        instruments = instruments_of(bot)
        wrong = all_of(contradictions(bot, instruments))
        if wrong is not None:
            raise wrong
        _check_numbers(bot, strategy, instruments)
    except ConfigError as error:
        named = all_of(f"{said.source}: {each}" for each in problems_of(error))
        assert named is not None
        raise named from None
    return bot


def _check_states(said: Said, bot: BotConfig) -> None:
    """Hold what differs in each state against the types of the settings it stands for."""
    for state in STATES:
        own = next((own for name, own in bot.states.items() if name == state), None)
        for section in BY_STATE if own else ():
            base = getattr(bot, section).model_dump()
            try:
                SECTIONS[section].model_validate({**base, **getattr(own, section)})
            except ValidationError as error:
                raise refused(said, error, f"states.{state}.{section}.") from None


def _check_params(said: Said, bot: BotConfig, strategy: Strategy, state: str) -> None:
    """Hold params, and those of a state, against the strategy's own."""
    given = bot.in_state(state or None)[0]
    own = said.document.get("states", {}).get(state, {}).get("params", {}) if state else {}
    where = {
        name: said.where(f"states.{state}.params.{name}" if name in own else f"params.{name}")
        for name in given
    }
    check_params(strategy, given, where)


def _check_numbers(bot: BotConfig, strategy: Strategy, instruments: tuple[Instrument, ...]) -> None:
    """Turn the bot into the core's numbers once, and hold its worst case against the day's limit."""
    for instrument in instruments:
        for state in (None, *bot.states):
            params_of(bot, instrument, state, strategy)
        rate = rate_at_load(bot, instrument)
        if rate is not None:
            check_worst_case(bot, instrument, rate, None, strategy)
