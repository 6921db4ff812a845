"""A request and its answer, as bytes and without a socket."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from brokers.oanda.text import Instant, rfc3339, unix

COMPRESSED_FROM = 256
"""Bytes from which an answer is worth compressing."""

INVALID_PARAMETER = "oanda::rest::core::InvalidParameterException"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the target as it stood in its first line, header names in small letters."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def is_unix(self) -> bool:
        """Tell whether times are wanted as seconds since 1970."""
        return self.headers.get("accept-datetime-format", "").upper() == "UNIX"

    @property
    def origin(self) -> str:
        """Give the address the client used, for links."""
        return f"http://{self.headers.get('host', 'localhost')}"

    def json(self) -> dict[str, Any]:
        """Read the body; raise Refused where it is no JSON object. Numbers keep all their digits."""
        try:
            read = json.loads(self.body or b"{}", parse_float=Decimal, parse_int=Decimal)
        except (ValueError, RecursionError):
            raise Refused(400, "The request body is not valid JSON") from None
        if not isinstance(read, dict):
            raise Refused(400, "The request was missing required data")
        return read


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is complete."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceStream:
    """The client wants prices as they come."""

    account: str
    instruments: tuple[str, ...]
    snapshot: bool
    is_unix: bool
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class TransactionStream:
    """The client wants an account's transactions as they come."""

    account: str
    is_unix: bool
    headers: dict[str, str]


class Refused(Exception):
    """A request that gets an error and changes nothing."""

    def __init__(self, status: int, message: str, code: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {**more, "errorMessage": message, **({"errorCode": code} if code else {})}


def invalid(name: str, why: str = "") -> Refused:
    """Say that a parameter or a field has a value it cannot have."""
    return Refused(400, f"Invalid value specified for '{name}'{why}", INVALID_PARAMETER)


def encoded(told: Any, is_unix: bool) -> bytes:
    """Write JSON: decimals as text, times in the form asked for."""
    write = unix if is_unix else rfc3339

    def other(value: Any) -> str:
        assert isinstance(value, Instant), value
        return write(value.ns)

    return msgspec.json.encode(told, enc_hook=other)


def packed(reply: Reply, asked: Asked, compresses: bool) -> Reply:
    """Compress an answer where the client takes it and it is worth it."""
    accepts = "gzip" in asked.headers.get("accept-encoding", "")
    if not (compresses and accepts and len(reply.body) >= COMPRESSED_FROM):
        return reply
    headers = {**reply.headers, "Content-Encoding": "gzip"}
    return Reply(reply.status, gzip.compress(reply.body, 1, mtime=0), headers)
