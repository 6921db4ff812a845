"""What a person is told while an engine runs: one line for each entry of the journal that matters to one.

The source is the stream of entries as they are written, so the log says nothing that the journal does not. A
line goes into a queue and is written elsewhere; what hears here neither waits nor raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tickwise.engine.logs import Log
from tickwise.journal import entries as j

Line: TypeAlias = tuple[str, tuple[str, ...]]
"""The level of a line, and the fields of the entry that it shows."""

LINES: Mapping[type[j.Entry], Line] = {
    j.SessionOpened: ("info", ("session", "venue", "environment", "version", "says")),
    j.SessionRecovered: ("warning", ("session", "snapshot_event", "events_again", "tape_ended_early")),
    j.SessionClosed: ("info", ("session", "reason", "decision_digest")),
    j.Reloaded: ("info", ("changed", "exit_only", "reason", "actor")),
    j.CalendarRefreshed: ("info", ("source", "error")),
    j.Intent: ("info", ("order", "bot", "instrument", "units", "price", "stop", "target", "spread", "score")),
    j.ExitIntent: ("info", ("order", "position", "bot", "instrument", "units", "price", "reason")),
    j.Filled: ("info", ("order", "position", "instrument", "units", "price", "commission", "balance")),
    j.Reduced: (
        "info",
        ("order", "position", "instrument", "units", "price", "reason", "gross", "left", "balance"),
    ),
    j.Ended: ("warning", ("order", "status", "reason", "policy", "says")),
    j.Denied: ("warning", ("order", "why")),
    j.Unknown: ("error", ("order", "why")),
    j.Evidence: ("warning", ("order", "found", "since", "until", "says")),
    j.TradeBooked: ("info", ("position", "bot", "instrument", "side", "units", "reason", "pnl")),
    j.DayLost: ("error", ("account", "equity", "floor")),
    j.SwitchTripped: ("error", ("switch", "account", "instrument", "failures")),
    j.ForeignSeen: ("warning", ("venue_id", "account", "instrument", "units")),
    j.Adopted: ("info", ("venue_id", "position", "units", "instrument")),
    j.Connection: ("info", ("stream", "instrument", "live", "why")),
    j.Switched: ("warning", ("switch", "scope", "name", "on", "reason", "actor")),
    j.Failure: ("warning", ("where", "instrument", "says")),
    j.CommandStarted: ("info", ("command", "actor", "verb", "arguments")),
    j.CommandEnded: ("info", ("command", "verb", "status", "result")),
    j.Armed: ("warning", ("account", "config_digest", "until", "actor")),
}
"""The entries that are told, each with its level and its fields; what is left out stands in the journal."""


class EntryLog:
    """Hears entries, and tells them."""

    def __init__(self, log: Log) -> None:
        """Tell through a logger."""
        self._log = log

    def __call__(self, entry: j.Entry) -> None:
        """Hear of an entry that was written."""
        if isinstance(entry, j.Alarm):
            self._tell(entry.level, entry.what, {"says": entry.says})
            return
        line = LINES.get(type(entry))
        if line is not None:
            level, fields = line
            said = {name: getattr(entry, name) for name in fields}
            self._tell(_level(entry, level), str(type(entry).__struct_config__.tag), said)

    def _tell(self, level: str, event: str, said: dict[str, Any]) -> None:
        tell: Callable[..., Any] = getattr(self._log, level)
        tell(event, **said)


def _level(entry: j.Entry, level: str) -> str:
    """Give the level of a line: what ceased to work is told louder than what works again."""
    if isinstance(entry, j.Connection):
        return "info" if entry.live else "warning"
    if isinstance(entry, j.CalendarRefreshed):
        return "warning" if entry.error else "debug"
    return level
