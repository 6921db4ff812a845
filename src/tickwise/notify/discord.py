"""Discord's webhooks: how a message is written for one, and what one answers.

Whatever a venue, a config or a person wrote stands in a message as text: it mentions nobody, is no link and
no markup, and what looks like a secret is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import aiohttp
import msgspec

from tickwise.config.secret import VALUES
from tickwise.config.setting import escaped
from tickwise.notify.notice import SUMMARY, Notice, Urgency
from tickwise.notify.outbox import Group
from tickwise.notify.targets import Target

LINE_MAX = 240
"""Characters of a line; eight lines, each sign escaped, stay under the 4,096 of an embed's description."""

COLOURS = {Urgency.CRITICAL: 0xD32F2F, Urgency.WARNING: 0xF9A825, Urgency.NEWS: 0x1976D2}

ANSWER_S = 3.0
"""Time for an answer, seconds, after which the message is sent again."""

ANSWER_BYTES_MAX = 4096

GONE = (401, 403, 404, 410)
"""Answers that say that the address is good for nothing."""

GONE_S = 600.0
"""How long an address that is good for nothing is left alone, seconds: Discord bans whoever asks on."""

LIMITED_S = 5.0
"""How long to wait where a limit was met and the answer does not say until when, seconds."""

_MARKUP = re.compile(r"[\\*_~`|<>\[\]()#@]|(?<=:)/(?=/)")


class Answer(NamedTuple):
    """What became of a message: told, or not and perhaps later; `wait_s` is None where nobody said when."""

    is_told: bool
    says: str
    wait_s: float | None = None
    is_refused: bool = False
    """Whether this very message would be refused again."""


def text_of(says: str) -> str:
    """Write a text so that it is shown as it is, in one line of bounded length."""
    plain = escaped(VALUES.sub("[secret]", says))
    if len(plain) > LINE_MAX:
        plain = plain[: LINE_MAX - 1] + "…"
    return _MARKUP.sub(lambda found: f"\\{found.group()}", plain)


def payload_of(group: Group) -> dict[str, Any]:
    """Write the message of a group: what it is and how often, and its newest lines with their times."""
    kind, more = group.kind, group.count - len(group.lines)
    lines = [_line(each) for each in group.lines]
    if more > 0 and not kind.is_whole:
        lines.insert(0, f"{more:,} before these")
    times = f" ({group.count:,})" if group.count > 1 and kind != SUMMARY else ""
    return {
        "username": "Tickwise",
        "allowed_mentions": {"parse": []},
        "embeds": [
            {
                "title": f"{kind.title}{times}",
                "description": "\n".join(lines),
                "color": COLOURS[kind.urgency],
                "footer": {"text": "times in UTC"},
            }
        ],
    }


def _line(notice: Notice) -> str:
    moment = datetime.fromtimestamp(notice.ts // 1_000_000_000, UTC)
    return f"`{moment:%m-%d %H:%M:%S}` {text_of(notice.says)}"


async def post(session: aiohttp.ClientSession, target: Target, group: Group) -> Answer:
    """Send a message once; whatever happens is an answer, and none of them tells the address."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    try:
        async with session.post(
            target.url.get_secret_value(), json=payload_of(group), timeout=timeout, allow_redirects=False
        ) as response:
            body = await response.content.read(ANSWER_BYTES_MAX)
            return answer_of(response.status, response.headers, body)
    except (TimeoutError, aiohttp.ClientError, OSError):
        return Answer(False, f"no answer within {ANSWER_S:g} s, or no connection")


def answer_of(status: int, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """Read an answer; limits are honoured as the answer gives them, however long."""
    if 200 <= status < 300:
        is_spent = headers.get("X-RateLimit-Remaining") == "0"
        wait = _seconds(headers.get("X-RateLimit-Reset-After")) if is_spent else None
        return Answer(True, "told", wait)
    if status == 429:
        asked = [found for found in (_seconds(headers.get("Retry-After")), _retry_after(body)) if found]
        return Answer(False, "too many messages", max(asked, default=LIMITED_S))
    if status in GONE or 300 <= status < 400:
        return Answer(False, f"answers {status}: the address is not, or no longer, that of a webhook", GONE_S)
    if status < 500 and status != 408:
        return Answer(False, f"answers {status}: this message is refused, and left out", is_refused=True)
    return Answer(False, f"answers {status}")


def _seconds(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def _retry_after(body: bytes) -> float | None:
    """Read how long to wait from the body of an answer, which may be anything."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    said = found.get("retry_after") if isinstance(found, dict) else None
    return _seconds(str(said))
