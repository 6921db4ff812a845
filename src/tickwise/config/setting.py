"""A setting is a row: its name, what it is when nobody says, its unit, and a sentence of help."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, SecretStr

NANOS_PER_S = 1_000_000_000
YEAR_S = 365 * 24 * 3600
"""The longest time a setting may name, in seconds."""

UNITS_MAX = 10**12
"""The largest quantity a setting may name; far above any account, and exact in a float."""

PREFIX = "TICKWISE_"
"""What every variable of ours begins with."""

Numbers: TypeAlias = Annotated[tuple[Annotated[float, Field(strict=True, ge=0)], ...], Field(strict=False)]
"""A list of numbers, none below zero."""

Texts: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]
"""A list of texts."""


class Section(BaseModel):
    """A table of settings: what is not one of them is refused, and none changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Looser: TypeAlias = Literal["up", "down", "more", "fewer", "any", "fixed"]
"""How a change lets more happen: a higher or a lower number (a truth counts as 1), a longer or a shorter
list, or any change. What is fixed stays as it was read when the engine began."""


class Row(NamedTuple):
    """One setting as the docs and the command line print it."""

    key: str
    """Where it stands in a bot's file: gates.spread_pips_max."""
    kind: str
    """What may stand there: a number, a whole number, text ..."""
    default: str
    """What it is when nobody says, as it would be written."""
    unit: str
    help: str
    looser: Looser | tuple[str, ...] | None = None
    """Which changes a running engine takes from no file alone, for they let more happen; choices stand in
    the order from the tightest to the loosest."""
    off: float = 0.0
    """Of a limit that is looser upwards: where it is off, which is loosest; below zero, every such number."""

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return variable_of(self.key)


def setting(
    default: Any,
    says: str,
    unit: str = "",
    *,
    shown: str | None = None,
    looser: Looser | tuple[str, ...] | None = None,
    off: float = 0.0,
    **limits: Any,
) -> Any:
    """Declare a setting; `shown` says the default in words where it depends on something else.

    `looser` and `off` are those of its row.
    """
    kept: dict[str, Any] = {"unit": unit, "shown": shown, "looser": looser, "off": off}
    return Field(default=default, description=says, json_schema_extra=kept, **limits)


def seconds(default: float, says: str, **limits: Any) -> Any:
    """Declare a time in seconds, a year at most."""
    return setting(default, says, "s", **{"ge": 0, "le": YEAR_S, **limits})


def pips(default: float, says: str, **limits: Any) -> Any:
    """Declare a distance in pips."""
    return setting(default, says, "pips", **{"ge": 0, "le": 10**7, **limits})


def fraction(default: float, says: str, **limits: Any) -> Any:
    """Declare a fraction of one."""
    return setting(default, says, "fraction", **{"ge": 0, "le": 1, **limits})


def count(default: int, says: str, unit: str = "", **limits: Any) -> Any:
    """Declare a whole number, not below zero."""
    return setting(default, says, unit, **{"ge": 0, "le": 2**40, **limits})


def variable_of(key: str) -> str:
    """Name the environment variable of a setting: TICKWISE_GATES_SPREAD_PIPS_MAX."""
    return PREFIX + key.replace(".", "_").replace("-", "_").upper()


def rows_of(section: type[Section], under: str = "") -> Iterator[Row]:
    """Give a row for each setting of a section, in its order, with `under` before each key."""
    for name, field in section.model_fields.items():
        extra = field.json_schema_extra
        meta: dict[str, Any] = extra if isinstance(extra, dict) else {}
        shown = "to be given" if field.is_required() else meta.get("shown") or written(field.default)
        yield Row(
            under + name,
            kind_of(field.annotation),
            shown,
            meta.get("unit", ""),
            field.description or "",
            meta.get("looser"),
            meta.get("off", 0.0),
        )


def written(value: Any) -> str:
    """Write a value as it stands in a bot's file."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:_.12g}" if value != int_or_none(value) else f"{value:_.1f}"
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, str):
        return '"' + escaped(value.replace("\\", "\\\\").replace('"', '\\"')) + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(written(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{escaped(str(key))} = {written(each)}" for key, each in value.items()) + "}"
    return str(value)


def escaped(text: str) -> str:
    """Write what does not print as an escape, so that a line stays one line."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def int_or_none(value: float) -> int | None:
    """Give the whole number a float is, if it is one that can be written shortly."""
    return int(value) if abs(value) < 1e15 and value == int(value) else None


def kind_of(annotation: Any) -> str:
    """Say in words what may stand in a setting of this type."""
    plain = without_none(annotation)
    if get_origin(plain) is Literal:
        return " or ".join(written(choice) for choice in get_args(plain))
    if get_origin(plain) is tuple:
        return {float: "a list of numbers", str: "a list of texts"}.get(
            without_none(get_args(plain)[0]), "a list of texts"
        )
    return {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        SecretStr: "text",
    }.get(plain, "a table")


def without_none(annotation: Any) -> Any:
    """Give the type of a setting without its None and its limits."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return without_none(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return without_none(next(each for each in get_args(annotation) if each is not NoneType))
    return annotation
