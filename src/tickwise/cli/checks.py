"""One finding of `tickwise doctor`, and what the finders share."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

State: TypeAlias = Literal["ok", "warn", "fail"]


class Check(NamedTuple):
    """What was looked at, how it is, in words, and what to do about it; "" where nothing."""

    name: str
    state: State
    says: str
    todo: str = ""


def ok(name: str, says: str) -> Check:
    """Say that something is well."""
    return Check(name, "ok", says)


def warn(name: str, says: str, todo: str) -> Check:
    """Say that something should be looked at."""
    return Check(name, "warn", says, todo)


def fail(name: str, says: str, todo: str) -> Check:
    """Say that something is wrong."""
    return Check(name, "fail", says, todo)


def age(ns: int) -> str:
    """Write how long ago something was, for a person."""
    from tickwise.research.ledger import duration

    return duration(max(0, ns))


def counted(count: int, one: str, many: str = "") -> str:
    """Write how many there are of something."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
