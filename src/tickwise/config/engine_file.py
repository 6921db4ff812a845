"""Read the engine's settings: `tickwise.toml`, over it the environment, over that the command line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from tickwise.config.document import document_of, read_document
from tickwise.config.engine import FILE_ONLY, TABLES, EngineConfig, engine_keys, engine_rows
from tickwise.config.environment import hear_environment
from tickwise.config.layers import Said, hear_overrides, said_by
from tickwise.config.problems import all_of, no_table, refused_plain, unknown, with_unit
from tickwise.config.secret import refuse_secrets
from tickwise.config.setting import written
from tickwise.errors import ConfigError

ENGINE_FILE = "tickwise.toml"
"""What the engine's settings are called; it is looked for in the working folder."""

EITHER = "raise the one or lower the other"

NOTHING: Mapping[str, Any] = MappingProxyType({})


def load_engine(
    path: str | Path | None = None,
    overrides: Mapping[str, Any] = NOTHING,
    environ: Mapping[str, str] | None = None,
) -> EngineConfig:
    """Read the engine's settings; without a path those of the working folder, or the defaults.

    Raises ConfigError with one line for the first problem, the others in its notes.
    """
    place = Path(path or ENGINE_FILE)
    document = read_document(place, "leave it out for the defaults") if path or place.exists() else {}
    return engine_of(document, str(place), overrides, os.environ if environ is None else environ)


def engine_from(
    content: bytes, source: str, overrides: Mapping[str, Any] = NOTHING, environ: Mapping[str, str] = NOTHING
) -> EngineConfig:
    """Read the engine's settings from the bytes of their file. Raises as `load_engine` does."""
    return engine_of(document_of(content, source), source, overrides, environ)


def engine_of(
    document: Mapping[str, Any],
    source: str = ENGINE_FILE,
    overrides: Mapping[str, Any] = NOTHING,
    environ: Mapping[str, str] = NOTHING,
) -> EngineConfig:
    """Make the engine's settings of a document. Raises as `load_engine` does."""
    refuse_secrets(source, document)
    refuse_secrets("--set", overrides)
    for key in (key for key in FILE_ONLY if key in overrides):
        raise ConfigError(f"--set {key}: this is written in {ENGINE_FILE} and nowhere else")
    said = said_by(source, document)
    keys = engine_keys()
    hear_environment(said, {key: keys[key] for key in keys if key not in FILE_ONLY}, environ, None)
    hear_overrides(said, keys, overrides)
    wrong = all_of(_unknown(said, keys))
    if wrong is not None:
        raise wrong
    try:
        config = EngineConfig.model_validate(said.document)
    except ValidationError as error:
        raise refused_plain(said, error, keys, engine_rows()) from None
    wrong = all_of(f"{source}: {each}" for each in _contradictions(config))
    if wrong is not None:
        raise wrong
    return config


def _unknown(said: Said, keys: Mapping[str, Any]) -> Iterator[str]:
    """Name the keys that are no settings, and what stands where a table belongs."""
    defaults = {row.key: with_unit(row.default, row.unit) for row in engine_rows()}
    for name, value in said.document.items():
        if name not in TABLES:
            if name not in keys:
                yield unknown(said, keys, name, tuple(TABLES), lambda meant: defaults.get(meant, ""))
        elif not isinstance(value, Mapping):
            yield no_table(said, name, value)
        else:
            for key in (f"{name}.{each}" for each in value):
                if key not in keys:
                    yield unknown(said, keys, key, (), lambda meant: defaults.get(meant, ""))


def _contradictions(config: EngineConfig) -> Iterator[str]:
    """Give what settings say against each other."""
    if config.db and config.db_url.get_secret_value():
        yield f"db = {written(config.db)} and db_url both name a journal: leave one"
    pairs = (
        ("streams.quotes_silence_s_min", "streams.quotes_silence_s_max"),
        ("orders.unprotected_s_max", "orders.flat_s_max"),
        ("reconcile.changes_s", "reconcile.account_s"),
    )
    for low, high in pairs:
        least, most = _at(config, low), _at(config, high)
        if least > most:
            yield f"{high} = {written(most)} is below {low} = {written(least)}: {EITHER}"


def _at(config: EngineConfig, key: str) -> Any:
    table, _, name = key.partition(".")
    return getattr(getattr(config, table), name)
