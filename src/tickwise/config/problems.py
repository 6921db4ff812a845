"""What is wrong with a bot's document, each in one line: where, what, and what would have stood there."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from tickwise.config.bot import SECTIONS, BotConfig
from tickwise.config.keys import keys_of, nearest, tables_of
from tickwise.config.layers import Said
from tickwise.config.made_for import filled
from tickwise.config.setting import Row, Section, escaped, kind_of, rows_of, without_none, written
from tickwise.config.terms import InstrumentTerms
from tickwise.errors import ConfigError


def default_of(key: str, strategy: object) -> str:
    """Say what a setting is when nobody says, with its unit; empty where it has no default."""
    plain = ".".join(key.split(".")[2:]) if key.startswith("states.") else key
    section, _, name = plain.rpartition(".")
    model: type[Section] | None = SECTIONS.get(section) if section else BotConfig
    if section.startswith("instrument."):
        model = InstrumentTerms
    if model is None or name not in model.model_fields or model.model_fields[name].is_required():
        return ""
    row = next(each for each in rows_of(model) if each.key == name)
    made_for = filled({"strategy": strategy}).get(section, {}) if section else {}
    shown = written(made_for[name]) if name in made_for else row.default
    return with_unit(shown, row.unit)


def all_of(problems: Iterable[str]) -> ConfigError | None:
    """Make one error of every problem: the first is its message, the others are its notes; None of none."""
    first, *others = [*problems] or [""]
    if not first:
        return None
    error = ConfigError(first)
    for each in others:
        error.add_note(each)
    return error


def problems_of(error: Exception) -> tuple[str, ...]:
    """Give every problem that an error was made of."""
    return (str(error), *getattr(error, "__notes__", ()))


def refuse_unknown(said: Said, known: Mapping[str, Any]) -> None:
    """Raise ConfigError for keys that are no settings, naming for each the nearest one that is."""
    default = partial(default_of, strategy=said.document.get("strategy"))
    error = all_of(_unknown_in(said, known, said.document, "", default))
    if error is not None:
        raise error


def _unknown_in(
    said: Said, known: Mapping[str, Any], table: Mapping[str, Any], under: str, default: Callable[[str], str]
) -> Iterator[str]:
    inner = tables_of(under.removesuffix("."))
    for name, value in table.items():
        key = f"{under}{name}"
        if name in inner or under == "instrument.":
            if isinstance(value, Mapping):
                yield from _unknown_in(said, known, value, f"{key}.", default)
            else:
                yield no_table(said, key, value)
        elif key not in known:
            yield unknown(said, known, key, inner, default)


def no_table(said: Said, key: str, value: object) -> str:
    """Say that something stands where a table belongs."""
    return f"{said.where(key)} = {written(value)}: not a table; write [{escaped(key)}] and its settings below"


def unknown(
    said: Said,
    known: Mapping[str, Any],
    key: str,
    inner: Sequence[str],
    default: Callable[[str], str],
) -> str:
    """Say of a key that is no setting which one was likely meant; `default` gives what that one is."""
    under, _, name = key.rpartition(".")
    beside = [each.rpartition(".")[2] for each in known if each.rpartition(".")[0] == under]
    close = difflib.get_close_matches(name, (*beside, *inner), n=1, cutoff=0.7)
    table = f"{under}.{close[0]}" if under and close else "".join(close)
    meant = f"[{escaped(table)}]" if close and close[0] in inner else nearest(key, known)
    if meant is None:
        return f"{said.where(key)}: unknown setting; choose from {', '.join(beside or inner)}"
    is_default = default(meant)
    says = f" (default {is_default})" if is_default else ""
    return f"{said.where(key)}: unknown setting; did you mean {meant}{says}?"


def refused(said: Said, error: ValidationError, under: str = "") -> ConfigError:
    """Turn pydantic's errors about a bot into lines of ours."""
    keys = keys_of({}, said.document.get("instrument") or ())
    strategy = said.document.get("strategy")

    def line(first: Any) -> str:
        key = under + _key_of(first)
        plain = ".".join(key.split(".")[2:]) if key.startswith("states.") else key
        return line_of(said, key, first, keys.get(key, keys.get(plain)), default_of(key, strategy))

    found = all_of([line(each) for each in error.errors()])
    assert found is not None  # pydantic raises for a reason
    return found


def _key_of(first: Any) -> str:
    """Write the place of one of pydantic's errors as a key."""
    return ".".join(str(part) for part in first["loc"] if not isinstance(part, int))


def refused_plain(
    said: Said, error: ValidationError, keys: Mapping[str, Any], rows: Iterable[Row]
) -> ConfigError:
    """Turn pydantic's errors about a document of plain tables into lines of ours."""
    defaults = {row.key: with_unit(row.default, row.unit) for row in rows}
    lines = [
        line_of(said, _key_of(each), each, keys.get(_key_of(each)), defaults.get(_key_of(each), ""))
        for each in error.errors()
    ]
    found = all_of(lines)
    assert found is not None
    return found


def line_of(said: Said, key: str, first: Any, kind: Any, default: str) -> str:
    """Write one of pydantic's errors in a line: where, what, and what would have stood there."""
    say = WORDS.get(first["type"])
    says = say(first.get("ctx", {}), first["input"], kind) if say else str(first["msg"])
    if first["type"] == "missing":
        return f"{said.where(key)}: {says}"
    instead = f"; the default is {default}" if default else ""
    return f"{said.where(key)} = {written(first['input'])}: {says}{instead}"


def with_unit(shown: str, unit: str) -> str:
    """Write a default with its unit, where that is a short one."""
    return f"{shown} {unit}" if unit in ("pips", "s", "ms", "min") else shown


def _choice(given: object, kind: Any) -> str:
    """Say which choices there are, and which one was likely meant."""
    plain = without_none(kind)
    choices = get_args(plain)
    if get_origin(plain) is tuple:
        choices = get_args(without_none(choices[0]))
    near = difflib.get_close_matches(str(given), choices, n=1, cutoff=0.5)
    return f"not one of {', '.join(choices)}" + (f"; did you mean {near[0]}?" if near else "")


def _limit(value: float) -> str:
    return written(value).removesuffix(".0")


def _not_a(_: Mapping[str, Any], __: object, kind: Any) -> str:
    return f"not {kind_of(kind)}"


WORDS: Mapping[str, Callable[[Mapping[str, Any], object, Any], str]] = {
    "missing": lambda _, __, ___: "missing; every bot says it",
    "float_type": _not_a,
    "int_type": _not_a,
    "bool_type": _not_a,
    "string_type": _not_a,
    "tuple_type": _not_a,
    "finite_number": lambda _, __, ___: "not a finite number",
    "greater_than_equal": lambda ctx, _, __: f"must be at least {_limit(ctx['ge'])}",
    "greater_than": lambda ctx, _, __: f"must be above {_limit(ctx['gt'])}",
    "less_than_equal": lambda ctx, _, __: f"must be at most {_limit(ctx['le'])}",
    "less_than": lambda ctx, _, __: f"must be below {_limit(ctx['lt'])}",
    "literal_error": lambda _, given, kind: _choice(given, kind),
    "too_short": lambda _, __, ___: "empty; name at least one",
    "too_long": lambda ctx, _, __: f"longer than {ctx['max_length']}",
    "string_too_short": lambda _, __, ___: "empty",
    "string_too_long": lambda ctx, _, __: f"longer than {ctx['max_length']} characters",
    "string_pattern_mismatch": lambda ctx, _, __: PATTERNS.get(ctx["pattern"], "not of the right form"),
    "value_error": lambda ctx, _, __: str(ctx["error"]),
}
"""What each kind of pydantic's errors is called here, from its context, the value and the setting's type."""

PATTERNS: Mapping[str, str] = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": "not a name; use letters, digits, dots and lines, 64 at most",
    r"^[A-Za-z0-9-]{1,16}$": "use letters, digits and lines, 16 at most",
    r"^[A-Za-z0-9._-]{0,64}$": "not an account's id; use letters, digits, dots and lines",
    "^[A-Z]{3,5}$": "not the code of a currency; write it like USD",
    r"^\d{1,9}(\.\d{1,12})?$": "not a decimal number above 0",
}
"""What each form asks for, in words."""
