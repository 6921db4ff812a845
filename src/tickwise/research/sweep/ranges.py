"""What is varied: a setting's key and the values it takes, written as a range or a list."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.keys import keys_of, nearest
from tickwise.config.strategy_params import kinds_of, strategy_of
from tickwise.errors import ConfigError

VALUES_MAX = 100_000
"""The most values one setting may take; far above what anybody can read from a table."""

Value = float | int | str | bool


class Varied(NamedTuple):
    """One setting and the values it takes, in the order in which they were given."""

    key: str
    values: tuple[Value, ...]

    @property
    def is_ordered(self) -> bool:
        """Whether the values are numbers, so that one has neighbours."""
        return all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in self.values)


def varied_of(pairs: Sequence[str]) -> list[Varied]:
    """Read settings given as KEY=VALUES. Raises ConfigError for one that is not so written."""
    found = []
    for pair in pairs:
        key, equals, said = pair.partition("=")
        if not equals or not key.strip() or not said.strip():
            raise ConfigError(f"--vary {pair}: write it like --vary gates.spread_pips_max=0.2:2.0:0.2")
        found.append(Varied(key.strip(), values_of(said.strip(), f"--vary {pair}")))
    return found


def varied_in(table: Mapping[str, Any], source: str) -> list[Varied]:
    """Read the table `vary` of a sweep's file. Raises ConfigError as `varied_of` does."""
    found = []
    for key, said in _leaves(table):
        where = f"{source}: vary.{key}"
        if isinstance(said, str):
            found.append(Varied(key, values_of(said, where)))
        elif isinstance(said, list) and said and not any(isinstance(each, (dict, list)) for each in said):
            found.append(Varied(key, tuple(said)))
        else:
            raise ConfigError(f'{where}: neither a range "0.2:2.0:0.2" nor a list of values [0.4, 0.6]')
    return found


def _leaves(table: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{under}{name}.")
        else:
            yield f"{under}{name}", value


def values_of(said: str, where: str) -> tuple[Value, ...]:
    """Read FIRST:LAST:STEP, both ends meant, or values between commas. Raises ConfigError beginning `where`.

    A range is stepped in decimal numbers, so that 0.1:0.3:0.1 is 0.1, 0.2 and 0.3 and nothing beside them.
    """
    if ":" not in said:
        return tuple(_value(part.strip()) for part in said.split(",") if part.strip())
    parts = said.split(":")
    try:
        first, last, step = (Decimal(part.strip()) for part in parts)
    except (InvalidOperation, ValueError):
        raise ConfigError(f"{where}: write a range as FIRST:LAST:STEP, such as 0.2:2.0:0.2") from None
    if not (first.is_finite() and last.is_finite() and step.is_finite()) or step <= 0 or last < first:
        raise ConfigError(f"{where}: a range goes up from FIRST to LAST by a STEP above 0")
    count = int((last - first) / step) + 1
    if count > VALUES_MAX:
        raise ConfigError(f"{where}: {count:,} values; {VALUES_MAX:,} at most, so take a larger step")
    whole = all("." not in part and "e" not in part.lower() for part in parts)
    each = [first + place * step for place in range(count)]
    return tuple(int(value) if whole else float(value) for value in each)


def _value(text: str) -> Value:
    """Read one value as TOML would; what is no TOML is text."""
    try:
        found = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return found if isinstance(found, (bool, int, float, str)) else text


def refuse_unfit(bot: BotConfig, varied: Sequence[Varied]) -> None:
    """Raise ConfigError where nothing is varied, a key is no setting of the bot, or one stands twice."""
    if not varied:
        raise ConfigError("nothing is varied: say what, such as --vary params.threshold_pips=0.4,0.6")
    known = keys_of(kinds_of(strategy_of(bot)), bot.instruments)
    keys = [each.key for each in varied]
    for each in varied:
        if each.key not in known or each.key == "name":
            near = nearest(each.key, known)
            hint = f"; did you mean {near}?" if near else ""
            raise ConfigError(f"vary {each.key}: no setting of {bot.name}{hint}")
        if keys.count(each.key) > 1:
            raise ConfigError(f"vary {each.key}: it stands twice; name all its values once")
        if len(set(map(repr, each.values))) < len(each.values):
            raise ConfigError(f"vary {each.key}: a value stands twice")
