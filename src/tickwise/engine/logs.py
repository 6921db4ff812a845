"""What is told while the engine runs: lines that never make it wait.

A line goes into a queue of bounded length, and a thread of the log's own writes it. Where the queue is full,
lines of debug and info are dropped and counted; warnings and errors have as much room again, and nothing
ever blocks. Truth stands in the journal; a line that was dropped was only told.

Nothing here is global but the handler of the libraries' own loggers: whoever tells something is given one.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, MutableMapping
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeAlias, cast

import structlog

from tickwise.config.engine import Log as LogTerms
from tickwise.engine.clock import Time
from tickwise.engine.log_lines import LineFormatter, fields_of, json_line, plain, readable_line
from tickwise.engine.log_rate import LogRate
from tickwise.engine.log_redaction import Redaction

Log: TypeAlias = "structlog.typing.FilteringBoundLogger"
"""What tells: `log.warning("quote_late", instrument="EUR_USD", age_ms=7)`."""

BYTES_OF_A_FILE = 50_000_000
OLD_FILES = 5

NAME = "tickwise"


class BoundedHandler(QueueHandler):
    """Puts records into a queue of bounded length, and counts those that find no room."""

    def __init__(self, queue_max: int, now_ns: Callable[[], int]) -> None:
        """Give debug and info `queue_max` places, warnings and errors twice as many."""
        self._waiting: SimpleQueue[Any] = SimpleQueue()
        super().__init__(self._waiting)
        self._queue_max, self._now_ns = queue_max, now_ns
        self.dropped = 0
        """Records that found no room since the process began."""
        self._untold = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Give a record of ours as it is; turn a library's into fields, for what it names may change."""
        if isinstance(record.msg, dict):
            return record
        fields = {**fields_of(record), "ts": self._now_ns()}
        return logging.makeLogRecord({"msg": fields, "levelno": record.levelno, "name": record.name})

    def enqueue(self, record: logging.LogRecord) -> None:
        """Put a record into the queue, or count it; never wait."""
        room = self._queue_max if record.levelno < logging.WARNING else 2 * self._queue_max
        if self._waiting.qsize() >= room:
            self.dropped += 1
            self._untold += 1
            return
        self.tell_dropped()
        self._waiting.put_nowait(record)

    def tell_dropped(self) -> None:
        """Put a line into the queue that says how many found no room."""
        self.acquire()
        if self._untold:
            fields = {
                "ts": self._now_ns(),
                "level": "warning",
                "logger": NAME,
                "event": "lines_dropped",
                "count": self._untold,
            }
            self._untold = 0
            self._waiting.put_nowait(logging.makeLogRecord({"msg": fields, "levelno": logging.WARNING}))
        self.release()


class Quietly:
    """What a handler does with an error of its own: it counts it, and goes on."""

    failures = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging calls it so)
        """Count a line that could not be written: a full disk stops no engine."""
        self.failures += 1


class QuietFile(Quietly, RotatingFileHandler):
    """A file of lines that is put aside when it is large."""


class QuietStream(Quietly, logging.StreamHandler):  # type: ignore[type-arg]
    """Lines on a stream."""


class Logs:
    """The log of one process: gives loggers, and is stopped at the end."""

    def __init__(self, terms: LogTerms, time: Time, hidden: Iterable[str] = (), stream: Any = None) -> None:
        """Begin to write: JSON to a file where the settings name one, else readable lines to `stream`.

        `hidden` are the secrets that no line may show.
        """
        self.redact = Redaction(hidden)
        self._level = LEVELS[terms.level]
        self._time = time
        self._rate = LogRate(time.now_ns, terms.interval_s)
        self.handler = BoundedHandler(terms.queue_max, time.now_ns)
        self.written_by = _writer(terms.file, self.redact, stream or sys.stderr)
        self._listener = QueueListener(cast("Any", self.handler.queue), self.written_by)
        self._target = Target(self.handler)
        logging.getLogger().addHandler(self.handler)
        self._listener.start()

    def logger(self, name: str) -> Log:
        """Give a logger whose lines carry a name."""
        return logger_to(self.handler, name, self._level, self._time, self._rate)

    def tell_held(self, *, all_of_them: bool = False) -> None:
        """Tell how many lines of each kind were held back; the engine calls it from time to time."""
        for held in self._rate.over(all_of_them=all_of_them):
            fields = {
                "ts": self._time.now_ns(),
                "level": held.level,
                "logger": NAME,
                "event": held.event,
                "repeated": held.lines,
            }
            self._target.put(fields)

    def stop(self) -> None:
        """Write what still waits, and end the thread."""
        self.tell_held(all_of_them=True)
        self.handler.tell_dropped()
        logging.getLogger().removeHandler(self.handler)
        self._listener.stop()
        try:
            self.written_by.close()
        except OSError:
            self.written_by.failures += 1


class Target:
    """What a logger of structlog ends in: each line becomes a record for a handler."""

    def __init__(self, handler: logging.Handler) -> None:
        """Hand records to one handler."""
        self._handler = handler

    def put(self, fields: dict[str, Any]) -> None:
        """Hand a line on."""
        level = LEVELS[fields["level"]]
        if level >= self._handler.level:
            self._handler.handle(logging.makeLogRecord({"msg": fields, "levelno": level, "name": NAME}))

    debug = info = warning = error = critical = put


LEVELS = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()}


def logger_to(handler: logging.Handler, name: str, level: int, time: Time, rate: LogRate) -> Log:
    """Give a logger of structlog that ends in a handler; a test or a simulation brings its own."""

    def stamped(_: Any, method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"ts": time.now_ns(), "level": method, "logger": name, **fields}

    made = structlog.wrap_logger(
        Target(handler),
        processors=[rate, stamped, structlog.processors.format_exc_info, plain, _as_argument],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        context_class=dict,
    )
    return cast("Log", made.bind())


def _as_argument(_: Any, __: str, fields: MutableMapping[str, Any]) -> tuple[tuple[Any], dict[str, Any]]:
    """Hand the fields whole to the target."""
    return (fields,), {}


def _writer(file: str, redact: Redaction, stream: Any) -> QuietFile | QuietStream:
    if not file:
        shown = QuietStream(stream)
        shown.setFormatter(LineFormatter(readable_line, redact))
        return shown
    path = Path(file).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = QuietFile(path, maxBytes=BYTES_OF_A_FILE, backupCount=OLD_FILES, encoding="utf-8", delay=True)
    kept.setFormatter(LineFormatter(json_line, redact))
    return kept
