"""What is said about a bot: its file, over it the environment, over that the command line."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from tickwise.config.setting import escaped, without_none
from tickwise.errors import ConfigError

TRUTHS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass
class Said:
    """The merged document, and who said what."""

    source: str
    document: dict[str, Any]
    by: dict[str, str] = field(default_factory=dict)
    """Keys that the file did not say, with the variable or option that did."""

    def where(self, key: str) -> str:
        """Name the place a key was said at, to begin an error with."""
        return escaped(self.by.get(key, f"{self.source}: {key}"))

    def put(self, key: str, value: Any, by: str) -> None:
        """Say a key; `by` names the variable or the option."""
        *tables, name = path_of(key)
        at = self.document
        for table in tables:
            below = at.setdefault(table, {})
            if not isinstance(below, dict):
                raise ConfigError(f"{self.source}: {table} is not a table, so {key} cannot be set in it")
            at = below
        at[name] = value
        self.by[key] = by


def said_by(source: str, document: Mapping[str, Any]) -> Said:
    """Begin with a document; it is copied."""
    return Said(source, copy.deepcopy(dict(document)))


def path_of(key: str) -> tuple[str, ...]:
    """Split a key into tables and a name; an instrument's symbol may hold dots."""
    parts = key.split(".")
    if parts[0] == "instrument" and len(parts) > 3:
        return ("instrument", ".".join(parts[1:-1]), parts[-1])
    return tuple(parts)


def hear_overrides(said: Said, keys: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
    """Let the command line speak: dotted keys, text as it was typed or values of any type."""
    for key, value in overrides.items():
        kind = keys.get(key)
        said.put(
            key, typed(value, kind) if isinstance(value, str) and kind is not None else value, f"--set {key}"
        )


def typed(text: str, annotation: Any) -> Any:
    """Read text as a setting's type; what cannot be read stays text, for the type's own check."""
    plain = without_none(annotation)
    text = text.strip()
    if get_origin(plain) is tuple:
        return _listed(text, without_none(get_args(plain)[0]))
    if plain is bool:
        return TRUTHS.get(text.lower(), text)
    if plain in (int, float):
        return _number(text)
    return text


def _listed(text: str, kind: Any) -> Any:
    """Read a list as TOML writes it, or its parts between commas."""
    if text.startswith("["):
        found = _toml(text)
        return found if isinstance(found, list) else text
    return [typed(part, kind) for part in text.split(",")] if text else []


def _number(text: str) -> Any:
    """Read a number as TOML or Python would write it."""
    found = _toml(text)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return found
    try:
        return float(text)
    except ValueError:
        return text


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return None
