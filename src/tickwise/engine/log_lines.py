"""How a line of the log is written: JSON for programs, words for people; nothing inside can forge one."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tickwise.config.setting import escaped

TEXT_MAX = 4_000
"""Characters of one value; what is longer is cut."""

FIRST = ("ts", "level", "logger", "event")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plain(logger: Any, method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn every value into text or a number, at once: what it belongs to may change before it is written."""
    return {str(name): plain_value(value) for name, value in fields.items()}


def plain_value(value: Any, depth: int = 4) -> Any:
    """Give a value as JSON knows it; what it does not know becomes text."""
    if value is None or isinstance(value, (bool, int)):
        return value if value is None or isinstance(value, bool) else int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping) and depth:
        return {str(name): plain_value(each, depth - 1) for name, each in value.items()}
    if isinstance(value, (list, tuple)) and depth:
        return [plain_value(each, depth - 1) for each in value]
    text = str(value)
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "..."


class LineFormatter(logging.Formatter):
    """Writes a record of ours or of a library's as one line, without secrets."""

    def __init__(self, write: Callable[[Mapping[str, Any]], str], redact: Callable[[str], str]) -> None:
        """Write lines with `json_line` or `readable_line`; `redact` takes secrets out of a text."""
        super().__init__()
        self._write, self._redact = write, redact

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        fields = record.msg if isinstance(record.msg, dict) else fields_of(record)
        return self._write({**self._without_secrets(fields), "ts": fields.get("ts")})

    def _without_secrets(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._redact(value)
        if isinstance(value, dict):
            return {self._redact(name): self._without_secrets(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._without_secrets(each) for each in value]
        if isinstance(value, bool) or value is None:
            return value
        hidden = self._redact(str(value))
        return value if hidden == str(value) else hidden


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Give the fields of a record that a library made; its time is the record's."""
    fields = {
        "ts": getattr(record, "ts", int(record.created * 1e9)),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage(),
    }
    if record.exc_info:
        fields["exception"] = logging.Formatter().formatException(record.exc_info)
    return {name: plain_value(value) for name, value in fields.items()}


def json_line(fields: Mapping[str, Any]) -> str:
    """Write one JSON object; what does not print is escaped, so that a line is a line."""
    return json.dumps({**_ordered(fields), "ts": iso(fields.get("ts"))}, allow_nan=False)


def readable_line(fields: Mapping[str, Any]) -> str:
    """Write a line for a person: time, level, what happened, and its fields."""
    rest = {name: value for name, value in fields.items() if name not in (*FIRST, "exception")}
    said = "".join(f" {escaped(name)}={_shown(value)}" for name, value in rest.items())
    logger = f"{escaped(str(fields['logger']))}: " if fields.get("logger") else ""
    event = escaped(str(fields.get("event", "")))
    line = f"{iso(fields.get('ts'))} {fields.get('level', '')!s:<8} {logger}{event}{said}"
    trace = str(fields.get("exception", "")).splitlines()
    return "\n".join([line, *(f"    {escaped(each)}" for each in trace)])


def iso(ts: Any) -> str:
    """Write nanoseconds UTC as ISO 8601, to the microsecond."""
    if not isinstance(ts, int):
        return ""
    return f"{EPOCH + timedelta(microseconds=ts // 1000):%Y-%m-%dT%H:%M:%S.%fZ}"


def _ordered(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in (*FIRST, *fields) if name in fields}


def _shown(value: Any) -> str:
    """Write a value so that where it ends is seen."""
    if isinstance(value, str):
        return escaped(value) if value and " " not in value else f'"{escaped(value)}"'
    return escaped(json.dumps(value, ensure_ascii=False))
