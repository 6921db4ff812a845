"""Claims about the log: it never makes anybody wait, tells no secret, and a line is a line."""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.config.engine import Log as LogTerms
from tickwise.engine.log_lines import iso, json_line, readable_line
from tickwise.engine.log_rate import KINDS_MAX
from tickwise.engine.log_redaction import INSTEAD, WINDOW, Redaction
from tickwise.engine.logs import Logs

START = 1_714_651_200_123_456_789
SECOND = 1_000_000_000
CANARY = 'k3y-"Ünd/0123456789?=&+\\abcdef'


class Time:
    """The time of day, set by the test."""

    def __init__(self) -> None:
        self.now = START

    def now_ns(self) -> int:
        return self.now


class Gate(io.StringIO):
    """A stream that takes nothing until it is opened, like a disk that hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.asked = threading.Event()

    def write(self, text: str) -> int:
        self.asked.set()
        self.open.wait()
        return super().write(text)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_of_a_file_are_json_and_carry_time_level_and_name(tmp_path: Path) -> None:
    place = tmp_path / "logs" / "engine.jsonl"
    logs = Logs(LogTerms(file=str(place)), Time())
    log = logs.logger("feed")
    log.warning(
        "quote_late", instrument="EUR_USD", age_ms=7, spread=0.35, odd=float("nan"), more=[1, {"a": None}]
    )
    log.debug("not_told")
    logs.stop()
    assert lines(place) == [
        {
            "ts": "2024-05-02T12:00:00.123456Z",
            "level": "warning",
            "logger": "feed",
            "event": "quote_late",
            "instrument": "EUR_USD",
            "age_ms": 7,
            "spread": 0.35,
            "odd": "nan",
            "more": [1, {"a": None}],
        }
    ]


def test_lines_of_a_terminal_are_for_people() -> None:
    shown = io.StringIO()
    logs = Logs(LogTerms(level="debug"), Time(), stream=shown)
    logs.logger("feed").info("quote_late", instrument="EUR_USD", says="two words", none=None)
    logs.logger("desk").bind(order="qr-1").error("send_failed", empty="")
    logs.stop()
    assert shown.getvalue().splitlines() == [
        '2024-05-02T12:00:00.123456Z info     feed: quote_late instrument=EUR_USD says="two words" none=null',
        '2024-05-02T12:00:00.123456Z error    desk: send_failed order=qr-1 empty=""',
    ]


def test_a_library_tells_through_the_same_queue(tmp_path: Path) -> None:
    place = tmp_path / "engine.jsonl"
    logs = Logs(LogTerms(file=str(place)), Time(), hidden=[CANARY])
    logging.getLogger("aiohttp.client").warning("cannot reach %s with %s", "host", CANARY)
    logs.stop()
    logging.getLogger("aiohttp.client").warning("nobody listens any more")
    assert lines(place) == [
        {
            "ts": "2024-05-02T12:00:00.123456Z",
            "level": "warning",
            "logger": "aiohttp.client",
            "event": f"cannot reach host with {INSTEAD}",
        }
    ]


def test_an_exception_is_told_with_its_trace(tmp_path: Path) -> None:
    place = tmp_path / "engine.jsonl"
    logs = Logs(LogTerms(file=str(place)), Time(), hidden=[CANARY])
    try:
        raise ValueError(CANARY)
    except ValueError:
        logs.logger("x").exception("it_broke")
    logs.stop()
    assert lines(place)[0]["exception"].splitlines()[0] == "Traceback (most recent call last):"
    assert lines(place)[0]["exception"].splitlines()[-1] == f"ValueError: {INSTEAD}"


def test_when_the_queue_is_full_lines_are_dropped_and_counted_and_warnings_have_room_again() -> None:
    stuck = Gate()
    logs = Logs(LogTerms(queue_max=100, interval_s=0), Time(), stream=stuck)
    log = logs.logger("x")
    log.info("first")
    stuck.asked.wait()
    for number in range(150):
        log.info("info", number=number)
    for number in range(150):
        log.warning("warning", number=number)
    assert logs.handler.dropped == 50 + 51  # one place is taken by the line that tells of the fifty
    stuck.open.set()
    logs.stop()
    told = [line.split(" x: ")[-1].split(" number")[0] for line in stuck.getvalue().splitlines()]
    assert [told.count(each) for each in ("first", "info", "warning")] == [1, 100, 99]
    assert stuck.getvalue().splitlines()[-1].endswith("tickwise: lines_dropped count=51")


def test_what_was_dropped_is_told_as_soon_as_there_is_room() -> None:
    stuck = Gate()
    logs = Logs(LogTerms(queue_max=100, interval_s=0), Time(), stream=stuck)
    log = logs.logger("x")
    log.info("first")
    stuck.asked.wait()
    for _ in range(120):
        log.info("info")
    log.error("error")
    stuck.open.set()
    logs.stop()
    assert [line.split(": ")[1] for line in stuck.getvalue().splitlines()[-2:]] == [
        "lines_dropped count=20",
        "error",
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_that_fails_stops_nobody() -> None:
    logs = Logs(LogTerms(file="/dev/full", interval_s=0), Time())
    for _ in range(3):
        logs.logger("x").error("error")
    logs.stop()
    assert logs.written_by.failures >= 3


def test_a_kind_of_line_is_told_at_once_and_then_once_an_interval_with_its_count() -> None:
    time, shown = Time(), io.StringIO()
    logs = Logs(LogTerms(interval_s=10.0), time, stream=shown)
    log = logs.logger("x")
    for tenth in range(251):
        time.now = START + tenth * SECOND // 10
        log.warning("again", tenth=tenth)
        if tenth == 50:
            log.warning("other")
            log.error("again")
    time.now = START + 40 * SECOND
    logs.tell_held()
    logs.stop()
    told = [" ".join(line.split()[1:]) for line in shown.getvalue().splitlines()]
    assert told == [
        "warning x: again tenth=0",
        "warning x: other",
        "error x: again",
        "warning x: again tenth=100 repeated=99",
        "warning x: again tenth=200 repeated=99",
        "warning tickwise: again repeated=50",
    ]


def test_what_is_critical_is_always_told_and_what_was_held_is_told_at_the_end() -> None:
    time, shown = Time(), io.StringIO()
    logs = Logs(LogTerms(interval_s=10.0), time, stream=shown)
    for _ in range(3):
        logs.logger("x").critical("not_protected")
        logs.logger("x").info("tick")
    logs.stop()
    told = [" ".join(line.split()[1:]) for line in shown.getvalue().splitlines()]
    assert told == [
        "critical x: not_protected",
        "info x: tick",
        "critical x: not_protected",
        "critical x: not_protected",
        "info tickwise: tick repeated=2",
    ]


def test_kinds_that_nobody_wrote_in_the_code_take_no_memory_without_end() -> None:
    logs = Logs(LogTerms(interval_s=10.0, queue_max=100_000), Time(), stream=io.StringIO())
    for number in range(3 * KINDS_MAX):
        logs.logger("x").info(f"kind {number}")
    assert len(logs._rate._kinds) == KINDS_MAX + 1
    logs.stop()


def written_forms(secret: str) -> list[str]:
    raw = secret.encode()
    return [
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        raw.hex(),
        raw.hex().upper(),
        json.dumps(secret)[1:-1],
        *(base64.b64encode(ahead + raw).decode() for ahead in (b"", b"a", b"ab", b"Bearer ")),
        *(base64.urlsafe_b64encode(ahead + raw + b"tail").decode() for ahead in (b"", b"a", b"me:")),
    ]


def windows(text: str) -> set[str]:
    return {text[at : at + WINDOW] for at in range(len(text) - WINDOW + 1)}


def leaks(secret: str, shown: str) -> set[str]:
    """Give every window of a secret's own letters that is shown; base64 is read back first."""
    raw = secret.encode()
    forms = written_forms(secret)[:7]
    found = {each for form in forms for each in windows(form) if each in shown}
    for ahead in range(3):
        letters = base64.b64encode(b"\0" * ahead + raw).decode()
        inner = letters[4 * (ahead > 0) : len(letters) - 4]
        found |= {each for each in windows(inner) if each in shown.replace("-", "+").replace("_", "/")}
    return found


@pytest.mark.parametrize(
    "secret", [CANARY, "0123456789abcdef0123456789abcdef-fedcba9876543210fedcba9876543210"]
)
def test_no_form_of_a_secret_is_told_wherever_it_stands(tmp_path: Path, secret: str) -> None:
    place = tmp_path / "engine.jsonl"
    shown = io.StringIO()
    for logs in (
        Logs(LogTerms(file=str(place), interval_s=0), Time(), hidden=[secret]),
        Logs(LogTerms(interval_s=0), Time(), hidden=[secret], stream=shown),
    ):
        log = logs.logger("x")
        for form in written_forms(secret):
            log.warning("value", value=form)
            log.warning("inside", value=f"https://host/?token={form}&x=1")
            log.warning("nested", value={"a": [form, {form: form}]}, item=(form,))
            log.warning(f"event {form}")
            log.warning("key", **{form: 1})
            log.warning("bytes", value=form.encode())
            log.warning("half", value=form[: len(form) // 2])
            logging.getLogger("library").error("said %s", form)
        logs.stop()
    told = place.read_text() + shown.getvalue()
    assert told.count(INSTEAD) >= 100
    assert leaks(secret, told) == set()
    assert len(lines(place)) == 8 * len(written_forms(secret))


@given(st.text(min_size=8, max_size=40), st.text(max_size=30), st.text(max_size=30))
def test_what_is_no_secret_stays_and_what_is_goes(secret: str, before: str, after: str) -> None:
    redact = Redaction([secret])
    assert secret not in redact(before + secret + after)
    assert not windows(secret) & windows(redact(before + secret + after))
    assert Redaction()(before + secret + after) == before + secret + after


def test_a_redacted_text_keeps_what_stands_around_the_secret() -> None:
    redact = Redaction(["swordfish-1", "abc", "pass"])
    assert redact("the swordfish-1 and wordfish, pass it") == f"the {INSTEAD} and {INSTEAD}, {INSTEAD} it"
    assert redact("abc is too short to be one") == "abc is too short to be one"


FORGED = "ok\n2024-05-02T12:00:00Z info desk: filled\r\x1b[2J\x1b]0;pwned\x07\u202e\u2028\x00"


def test_nothing_inside_a_line_makes_another_or_moves_the_terminal() -> None:
    fields = {"ts": START, "level": "info", "logger": FORGED, "event": FORGED, FORGED: FORGED, "n": [FORGED]}
    for line in (json_line(fields), readable_line(fields)):
        assert len(line.splitlines()) == 1
        assert line.isprintable()
    assert json.loads(json_line(fields))["event"] == FORGED


def test_times_are_written_to_the_microsecond_in_utc() -> None:
    assert iso(START) == "2024-05-02T12:00:00.123456Z"
    assert iso(0) == "1970-01-01T00:00:00.000000Z"
    assert iso(None) == ""
