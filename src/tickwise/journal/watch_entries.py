"""Entries of what stands around trading: connections, switches, alarms, commands, armings."""

from __future__ import annotations

from typing import Literal

from tickwise.journal.entry import Entry


class Connection(Entry, frozen=True, tag="connection"):
    """A stream, or one instrument of it, became live or ceased to be."""

    stream: str
    instrument: str
    live: bool
    why: str


class Switched(Entry, frozen=True, tag="switched"):
    """A person's or the engine's switch: what it acts on is a scope and a name ("" where it is everything).

    `on` is False where it was lifted.
    """

    switch: Literal["pause", "halt", "flatten", "kill", "exit_only", "day"]
    scope: Literal["house", "account", "instrument", "bot"]
    name: str
    on: bool
    reason: str
    actor: str


class Ordered(Entry, frozen=True, tag="leave_ordered"):
    """Somebody asked that a lane leave its position at once; that stands until it is flat.

    `position` names one that no lane holds: `lane` is -1 then.
    """

    lane: int
    reason: str
    actor: str
    position: str = ""


class Fact(Entry, frozen=True, tag="fact"):
    """A slow fact from outside, for a bot or for all (""): a weight, a focus tag."""

    bot: str
    name: str
    value: float
    source: str


class Failure(Entry, frozen=True, tag="failure"):
    """Something that should have worked did not; the core counts those of orders."""

    where: str
    account: str
    instrument: str
    lane: int
    says: str


class Alarm(Entry, frozen=True, tag="alarm"):
    """A person should know: `critical` ones within five seconds."""

    level: Literal["warning", "critical"]
    what: str
    says: str


class CommandStarted(Entry, frozen=True, tag="command_started"):
    """A command was claimed; who asked for what."""

    command: str
    actor: str
    verb: str
    arguments: str


class CommandEnded(Entry, frozen=True, tag="command_ended"):
    """A command's one end and its result, or that it was refused."""

    command: str
    actor: str
    verb: str
    status: Literal["SUCCEEDED", "FAILED", "SKIPPED", "REFUSED"]
    result: str


class Armed(Entry, frozen=True, tag="armed"):
    """A person armed a config for live trading: whose account, which limits, until when."""

    account: str
    config_digest: str
    limits: str
    until: int
    actor: str
