"""What leaves for Discord, and what is made of each answer; against a real server on this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from notify.webhook import PATH, TOKEN, Webhook, webhook
from tickwise.notify import discord
from tickwise.notify.discord import GONE_S, Answer, answer_of, payload_of, post, text_of
from tickwise.notify.notice import ALARM, FILL, MISSED, Kind, Notice
from tickwise.notify.outbox import LINES, Group
from tickwise.notify.targets import Target

TS = 1_767_625_200_000_000_000
"""2026-01-05 15:00:00 UTC."""

DESCRIPTION_MAX, TITLE_MAX, EMBEDS_MAX = 4096, 256, 6000
"""Discord's limits of an embed, characters."""


def group_of(kind: Kind, *says: str) -> Group:
    group = Group(kind)
    for k, each in enumerate(says):
        group.add(Notice(kind, each, TS + k * 1_000_000_000, k + 1))
    return group


def posted(*answers: tuple[int, dict[str, str], str], hangs: bool = False) -> tuple[Answer, Webhook]:
    """Post one message to a webhook that answers so."""

    async def once() -> tuple[Answer, Webhook]:
        async with webhook(*answers) as hook, aiohttp.ClientSession() as session:
            hook.hangs = hangs
            target = Target("main", SecretStr(hook.url))
            return await post(session, target, group_of(FILL, "fast bought 10,000 EUR_USD")), hook

    return asyncio.run(once())


def test_a_message_is_one_embed_with_its_lines_and_mentions_nobody() -> None:
    answer, hook = posted()
    assert answer == Answer(True, "told")
    assert hook.bodies == [
        {
            "username": "Tickwise",
            "allowed_mentions": {"parse": []},
            "embeds": [
                {
                    "title": "Filled",
                    "description": "`01-05 15:00:00` fast bought 10,000 EUR\\_USD",
                    "color": 0x1976D2,
                    "footer": {"text": "times in UTC"},
                }
            ],
        }
    ]


def test_a_message_about_many_has_their_count_and_the_newest_lines() -> None:
    (embed,) = payload_of(group_of(ALARM, *(f"no {k}" for k in range(LINES + 3))))["embeds"]
    lines = [f"`01-05 15:00:{k:02}` no {k}" for k in range(3, LINES + 3)]
    assert (embed["title"], embed["description"].split("\n"), embed["color"]) == (
        "Alarm (11)",
        ["3 before these", *lines],
        0xD32F2F,
    )


def test_a_message_whose_lines_say_all_does_not_speak_of_others() -> None:
    group = Group(MISSED, 41, 1, [Notice(MISSED, "filled 41", TS)])
    (embed,) = payload_of(group)["embeds"]
    assert (embed["title"], embed["description"]) == (
        "While nobody was told (41)",
        "`01-05 15:00:00` filled 41",
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("@everyone @here <@123> <@&5> <#9>", r"\@everyone \@here \<\@123\> \<\@\&5\> \<\#9\>"),
        ("**bold** __u__ ~~s~~ `c` ||spoiler||", r"\*\*bold\*\* \_\_u\_\_ \~\~s\~\~ \`c\` \|\|spoiler\|\|"),
        ("[here](https://evil.example)", r"\[here\]\(https:\//evil.example\)"),
        ("```\nblock\n``` # head\n> quote", r"\`\`\`\\nblock\\n\`\`\` \# head\\n\> quote"),
        ("\\@everyone \\\\*", r"\\\@everyone \\\\\*"),
        ("\x1b[31mred \u202eabc \u200b \x00 \ud800", r"\\x1b\[31mred \\u202eabc \\u200b \\x00 \\ud800"),
        ("account 101-001-1234567-001", "account 101-001-1234567-001"),
        (f"Bearer {'0123456789abcdef' * 2}-{'fedcba9876543210' * 2}", r"Bearer \[secret\]"),
        ("postgresql://me:hunter22@host/db", r"postgresql\[secret\]host/db"),
    ],
)
def test_what_a_venue_or_a_config_says_is_shown_and_does_nothing(said: str, shown: str) -> None:
    assert text_of(said) == shown.replace(r"\&", "&")


def test_the_longest_message_there_can_be_is_one_that_discord_takes() -> None:
    (embed,) = payload_of(group_of(ALARM, *(["*" * 5000] * 20_000)))["embeds"]
    assert len(embed["title"]) <= TITLE_MAX
    assert len(embed["description"]) <= DESCRIPTION_MAX
    assert sum(map(len, (embed["title"], embed["description"], embed["footer"]["text"]))) <= EMBEDS_MAX
    assert embed["description"].count("…") == LINES


@pytest.mark.parametrize(
    ("answer", "made"),
    [
        ((204, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.5"}, ""),
         Answer(True, "told", 1.5)),
        ((200, {"X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "2"}, "{}"), Answer(True, "told")),
        ((429, {"Retry-After": "65"}, ""), Answer(False, "too many messages", 65.0)),
        ((429, {"Retry-After": "1"}, '{"retry_after": 1.337}'), Answer(False, "too many messages", 1.337)),
        ((429, {}, '{"retry_after": 3600, "global": true}'), Answer(False, "too many messages", 3600.0)),
        ((429, {"Retry-After": "soon"}, "<html>"), Answer(False, "too many messages", 5.0)),
        ((429, {"Retry-After": "nan"}, "[" * 900), Answer(False, "too many messages", 5.0)),
        ((500, {}, ""), Answer(False, "answers 500")),
        ((503, {"Retry-After": "9"}, "busy"), Answer(False, "answers 503")),
        ((400, {}, '{"code": 50035}'),
         Answer(False, "answers 400: this message is refused, and left out", is_refused=True)),
        ((404, {}, '{"code": 10015}'),
         Answer(False, "answers 404: the address is not, or no longer, that of a webhook", GONE_S)),
        ((401, {}, ""),
         Answer(False, "answers 401: the address is not, or no longer, that of a webhook", GONE_S)),
    ],
)  # fmt: skip
def test_each_answer_means_one_thing(answer: tuple[int, dict[str, str], str], made: Answer) -> None:
    assert posted(answer)[0] == made
    assert answer_of(answer[0], answer[1], answer[2].encode()) == made


def test_a_redirect_is_not_followed() -> None:
    """Whoever answers so would be given the secret part of the address."""
    answer, hook = posted((307, {"Location": "/elsewhere"}, ""))
    assert answer.says == "answers 307: the address is not, or no longer, that of a webhook"
    assert len(hook.bodies) == 1


def test_a_webhook_that_does_not_answer_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord, "ANSWER_S", 0.2)
    answer, hook = posted(hangs=True)
    assert answer == Answer(False, "no answer within 0.2 s, or no connection")
    assert len(hook.bodies) == 1


def with_port(use: Callable[[int], Coroutine[Any, Any, Answer]]) -> Answer:
    """Give a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return asyncio.run(use(free.getsockname()[1]))


def test_a_host_that_is_not_there_is_an_answer_that_does_not_tell_the_address() -> None:
    async def once(port: int) -> Answer:
        async with aiohttp.ClientSession() as session:
            target = Target("main", SecretStr(f"http://127.0.0.1:{port}{PATH}"))
            assert TOKEN not in repr(target)
            return await post(session, target, group_of(FILL, "x"))

    assert with_port(once) == Answer(False, "no answer within 3 s, or no connection")


def test_an_answer_that_is_cut_off_is_no_answer() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 204")
        writer.close()

    async def once() -> Answer:
        server = await asyncio.start_server(cut, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
        async with server, aiohttp.ClientSession() as session:
            return await post(session, Target("main", SecretStr(url)), group_of(FILL, "x"))

    assert asyncio.run(once()) == Answer(False, "no answer within 3 s, or no connection")
