"""Under everything else: sent once, not redirected, to no other host, not past a time, and no secret told."""

from __future__ import annotations

import asyncio
import gzip
import pickle
from contextlib import suppress
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from oanda_local import CANARY, client_to, run
from oanda_script import Asked, Says, Script, reply
from yarl import URL

from tickwise.errors import ConfigError
from tickwise.venues.oanda import client as client_module
from tickwise.venues.oanda.budget import NotSent
from tickwise.venues.oanda.client import Client, Silence, Timeouts, Token
from tickwise.venues.oanda.hosts import Environment, Hosts, hosts_of
from tickwise.venues.oanda.replies import Reply
from tickwise.venues.venue import VenueError, WrongAccess

ORDERS, CLOSE, READ = "/v3/accounts/1/orders", "/v3/accounts/1/trades/8/close", "/v3/accounts"


def spoken(says: Says, main: Any, **said: Any) -> tuple[Any, Script]:
    """Let a client speak to a script; give what came of it, and the script."""
    script = Script(says)

    async def whole() -> Any:
        port = await script.listen()
        client = client_to(port, port, **said)
        try:
            return await main(client)
        finally:
            await client.close()

    return run(whole()), script


def test_what_every_request_carries() -> None:
    async def main(client: Client) -> Any:
        await client.read(READ)
        return await client.order("PUT", CLOSE, b'{"units":"ALL"}', "leave")

    answer, script = spoken(lambda asked: reply(200, b'{"a":1}'), main)
    read, order = script.asked
    assert answer == Reply(200, b'{"a":1}')
    assert (read.line, order.line) == (f"GET {READ}", f"PUT {CLOSE}")
    assert read.headers["authorization"] == order.headers["authorization"] == f"Bearer {CANARY}"
    assert read.headers["accept-datetime-format"] == "RFC3339"
    assert order.headers["content-type"] == "application/json"
    assert (order.body, order.connection) == (b'{"units":"ALL"}', read.connection)


@pytest.mark.parametrize(("method", "path"), [("POST", ORDERS), ("PUT", CLOSE)])
def test_an_order_whose_kept_connection_breaks_is_not_sent_again(method: str, path: str) -> None:
    async def main(client: Client) -> Any:
        await client.read(READ)
        return await client.order(method, path, b"{}", "leave")

    answer, script = spoken(lambda asked: reply(200) if asked.line.startswith("GET") else None, main)
    assert isinstance(answer, Silence)
    assert [asked.line.split()[0] for asked in script.asked] == ["GET", method]


def test_the_client_library_left_alone_would_send_it_twice() -> None:
    """The reason for the guard: should the library cease to do it, the guard may go."""
    script = Script(lambda asked: reply(200) if asked.line.startswith("GET") else None)

    async def main() -> None:
        url = f"http://127.0.0.1:{await script.listen()}"
        async with aiohttp.ClientSession() as session:
            await (await session.get(f"{url}{READ}")).read()
            with pytest.raises(aiohttp.ClientError):
                await session.put(f"{url}{CLOSE}", data=b"{}")

    run(main())
    assert [asked.line.split()[0] for asked in script.asked] == ["GET", "PUT", "PUT"]


def test_an_order_is_given_up_after_five_seconds_to_the_moment() -> None:
    async def main(client: Client) -> Any:
        loop = asyncio.get_running_loop()
        before = loop.time()
        answer = await client.order("POST", ORDERS, b"{}", "enter")
        return answer, loop.time() - before

    (answer, took_s), script = spoken(lambda asked: b"", main)
    assert isinstance(answer, Silence)
    assert "Timeout" in answer.why
    assert took_s == pytest.approx(5.0, abs=0.001)
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{}",
        b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a"',
        b"HTTP/1.1 201",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    ],
)
def test_a_reply_that_is_cut_or_no_reply_is_silence(said: bytes) -> None:
    async def main(client: Client) -> Any:
        return await client.order("POST", ORDERS, b"{}", "enter")

    answer, script = spoken(lambda asked: said, main)
    assert isinstance(answer, Silence)
    assert len(script.asked) == 1


def test_nobody_listening_is_silence_for_an_order_and_an_error_for_a_read() -> None:
    async def main() -> None:
        client = client_to(9, 9)
        assert isinstance(await client.order("POST", ORDERS, b"{}", "enter"), Silence)
        with pytest.raises(VenueError, match="/v3/accounts: "):
            await client.read(READ)
        with pytest.raises(VenueError, match="the stream broke"):
            await anext(client.lines("/v3/accounts/1/pricing/stream"))
        await client.close()

    run(main())


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    elsewhere = Script(lambda asked: reply(200))

    async def main() -> Any:
        there = await elsewhere.listen()
        target = f"Location: http://127.0.0.1:{there}{READ}"
        here = Script(lambda asked: reply(307, b"", target))
        port = await here.listen()
        client = client_to(port, port)
        answer = await client.order("POST", ORDERS, b"{}", "enter")
        with pytest.raises(VenueError, match="status 307"):
            await client.read(READ)
        with pytest.raises(VenueError, match="status 307"):
            await anext(client.lines("/v3/accounts/1/pricing/stream"))
        await client.close()
        return answer

    assert run(main()) == Reply(307, b"")
    assert elsewhere.opened_s == []


def failing(times: int, status: int = 503) -> Says:
    """Fail so many times, then answer."""
    left = [times]

    def says(asked: Asked) -> bytes:
        left[0] -= 1
        return reply(status if left[0] >= 0 else 200, b'{"ok":1}')

    return says


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_that_fails_for_the_moment_is_tried_again(status: int) -> None:
    body, script = spoken(failing(1, status), lambda client: client.read(READ))
    assert body == b'{"ok":1}'
    first, second = script.asked
    assert second.at_s - first.at_s == pytest.approx(0.125, abs=0.05)


@pytest.mark.parametrize("status", [400, 404, 416, 301, 204])
def test_a_read_that_the_venue_answers_with_a_no_is_not_tried_again(status: int) -> None:
    async def main(client: Client) -> None:
        with pytest.raises(VenueError, match=f"status {status}"):
            await client.read(READ)

    _, script = spoken(lambda asked: reply(status, b""), main)
    assert len(script.asked) == 1


def test_a_read_that_goes_on_failing_is_an_error_with_the_venues_words() -> None:
    async def main(client: Client) -> None:
        with pytest.raises(VenueError, match="/v3/accounts: status 503 The service is unavailable"):
            await client.read(READ)

    _, script = spoken(lambda asked: reply(503, b'{"errorMessage":"The service is unavailable"}'), main)
    assert len(script.asked) == 2


def test_who_may_fail_longer_tries_longer() -> None:
    body, script = spoken(failing(4), lambda client: client.read(READ), saved_retries_max=9)
    assert body == b'{"ok":1}'
    assert len(script.asked) == 5


def test_an_outage_multiplies_no_requests() -> None:
    def minute(says: Says) -> int:
        async def main(client: Client) -> None:
            for _ in range(120):
                with suppress(VenueError):
                    await client.read(READ)
                await asyncio.sleep(0.5)

        return len(spoken(says, main)[1].asked)

    normal = minute(lambda asked: reply(200))
    assert minute(lambda asked: reply(503)) <= 1.2 * normal
    assert minute(lambda asked: reply(429)) <= 1.2 * normal


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_the_venue_refuses_is_another_kind_of_error(status: int) -> None:
    async def main(client: Client) -> None:
        with pytest.raises(WrongAccess):
            await client.read(READ)

    _, script = spoken(lambda asked: reply(status, b'{"errorMessage":"no"}'), main)
    assert len(script.asked) == 1


def test_a_compressed_body_is_read_and_an_endless_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = reply(200, gzip.compress(b'{"ok":1}' * 100), "Content-Encoding: gzip")
    body, _ = spoken(lambda asked: packed, lambda client: client.read(READ))
    assert body == b'{"ok":1}' * 100
    monkeypatch.setattr(client_module, "BODY_BYTES_MAX", 1_000)
    bomb = reply(200, gzip.compress(b" " * 100_000), "Content-Encoding: gzip")

    async def main(client: Client) -> None:
        with pytest.raises(VenueError, match="a body of more than 1000 bytes"):
            await client.read(READ)

    spoken(lambda asked: bomb, main)


def test_connections_come_one_a_second_and_reads_share_two() -> None:
    async def main(client: Client) -> None:
        await asyncio.gather(*(client.read(READ) for _ in range(100)))

    _, script = spoken(lambda asked: reply(200), main)
    assert len(script.asked) == 100
    assert len(script.opened_s) <= 2
    assert all(later - earlier >= 0.9 for earlier, later in pairwise(script.opened_s))
    times = [asked.at_s for asked in script.asked]
    assert max(sum(1 for each in times if start <= each < start + 1) for start in times) <= 60


def test_an_entry_that_would_need_a_connection_too_many_does_not_leave() -> None:
    async def main(client: Client) -> None:
        hung = asyncio.ensure_future(client.order("PUT", CLOSE, b"{}", "leave"))
        await asyncio.sleep(0.1)
        with pytest.raises(NotSent, match="no new connections left"):
            await client.order("POST", ORDERS, b"{}", "enter")
        second = asyncio.ensure_future(client.order("PUT", CLOSE, b"{}", "leave"))
        await asyncio.gather(hung, second)

    _, script = spoken(lambda asked: b"", main)
    assert [asked.line.split()[0] for asked in script.asked] == ["PUT", "PUT"]


class SlowToConnect(aiohttp.TCPConnector):
    """A network in which connections take a fifth of a second."""

    async def _create_connection(self, *said: Any) -> Any:
        await asyncio.sleep(0.2)
        return await super()._create_connection(*said)


def test_an_entry_that_waited_too_long_for_its_connection_does_not_leave() -> None:
    async def main(client: Client) -> Any:
        with pytest.raises(NotSent, match=r"no connection within 0\.100 s"):
            await client.order("POST", ORDERS, b"{}", "enter", within_s=0.1)
        await asyncio.sleep(1.0)
        return await client.order("POST", ORDERS, b"{}", "enter", within_s=0.5)

    answer, script = spoken(lambda asked: reply(200), main, connector=SlowToConnect)
    assert answer == Reply(200, b"{}")
    assert len(script.asked) == 1


def slowly(script: Script, after_s: float) -> Says:
    """Answer everything after a while."""

    def says(asked: Asked) -> bytes:
        asyncio.get_running_loop().call_later(after_s, script.write, asked.connection, reply(200))
        return b""

    return says


def test_ten_exits_at_once_share_the_connections_there_are() -> None:
    script = Script(lambda asked: reply(200))

    async def main() -> tuple[list[Any], float]:
        port = await script.listen()
        client = client_to(port, port)
        await client.read(READ)
        script.says = slowly(script, 0.1)
        loop = asyncio.get_running_loop()
        began = loop.time()
        exits = [client.order("PUT", CLOSE, b"{}", "leave") for _ in range(10)]
        answers = await asyncio.gather(*exits)
        await client.close()
        return answers, loop.time() - began

    answers, took_s = run(main())
    assert answers == [Reply(200, b"{}")] * 10
    assert took_s < 1.3
    assert len(script.opened_s) == 2


def test_an_exit_goes_before_the_reads_that_wait() -> None:
    script = Script(lambda asked: reply(200))

    async def main() -> None:
        port = await script.listen()
        client = client_to(port, port)
        await client.read(READ)
        script.says = slowly(script, 0.1)
        reads = [asyncio.ensure_future(client.read(READ)) for _ in range(2)]
        await asyncio.sleep(0.01)
        await client.order("PUT", CLOSE, b"{}", "leave")
        await asyncio.gather(*reads)
        await client.close()

    run(main())
    assert [asked.line.split()[0] for asked in script.asked] == ["GET", "GET", "PUT", "GET"]


def test_an_entry_that_the_budget_held_back_costs_no_connection() -> None:
    async def main(client: Client) -> None:
        await client.order("PUT", CLOSE, b"{}", "leave")
        for _ in range(42):
            await client._open()[1].request("leave")
        with pytest.raises(NotSent, match="no requests left"):
            await client.order("POST", ORDERS, b"{}", "enter")
        await client.order("PUT", CLOSE, b"{}", "leave")

    _, script = spoken(lambda asked: reply(200), main)
    assert len(script.opened_s) == 1


def test_the_lines_of_a_stream_come_as_they_are_and_its_end_is_an_error() -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in (b'{"a":1}\n{"b', b'":2}', b"\n\n"))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    async def main(client: Client) -> list[bytes]:
        stream = client.lines("/v3/accounts/1/pricing/stream", {"instruments": "EUR_USD"})
        seen = [await anext(stream), await anext(stream)]
        with pytest.raises(VenueError, match="the venue ended the stream"):
            await anext(stream)
        return seen

    seen, script = spoken(lambda asked: head + chunks + b"0\r\n\r\n", main)
    assert seen == [b'{"a":1}', b'{"b":2}']
    assert script.asked[0].line == "GET /v3/accounts/1/pricing/stream?instruments=EUR_USD"
    assert script.asked[0].headers["accept-encoding"] == "identity"


def test_a_stream_that_ends_in_a_line_breaks() -> None:
    whole = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n0\r\n\r\n'

    async def main(client: Client) -> None:
        with pytest.raises(VenueError, match="ended 4 bytes into a line"):
            await anext(client.lines("/v3/accounts/1/pricing/stream"))

    spoken(lambda asked: whole, main)


def test_a_mute_stream_breaks_when_its_silence_is_over() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    async def main(client: Client) -> float:
        with pytest.raises(VenueError, match="the stream broke"):
            await anext(client.lines("/v3/accounts/1/pricing/stream"))
        return asyncio.get_running_loop().time()

    took_s, _ = spoken(lambda asked: head, main, timeouts=Timeouts(stream_silence_s=12.0))
    assert took_s == pytest.approx(12.0, abs=0.2)


def test_the_hosts_of_an_environment_are_its_own() -> None:
    practice, live = hosts_of("practice"), hosts_of("live")
    assert str(practice.url("/v3/accounts")) == "https://api-fxpractice.oanda.com/v3/accounts"
    assert str(practice.url("/v3/x", stream=True)) == "https://stream-fxpractice.oanda.com/v3/x"
    assert (live.rest.host, live.stream.host) == ("api-fxtrade.oanda.com", "stream-fxtrade.oanda.com")
    assert not {practice.rest.host, practice.stream.host} & {live.rest.host, live.stream.host}


OTHER_HOSTS = [
    "https://api-fxtrade.oanda.com",
    "https://API-FXTRADE.OANDA.COM",
    "https://api-fxtrade.oanda.com.",
    "https://api-fxpractice.oanda.com@api-fxtrade.oanda.com",
    "https://token@api-fxpractice.oanda.com",
    "https://api-fxpractice.oanda.com:444",
    "http://api-fxpractice.oanda.com",
    "https://api-fxpractice.oanda.com.example.net",
    "https://example.net/api-fxpractice.oanda.com",
    "ftp://127.0.0.1",
    "https://127.0.0.1.example.net",
    "https://10.0.0.1",
]


@pytest.mark.parametrize("url", OTHER_HOSTS)
def test_a_practice_venue_cannot_be_made_for_another_host(url: str) -> None:
    for rest, stream in ((url, ""), ("", url), (url, url)):
        with pytest.raises(ConfigError, match="is no host of the practice environment"):
            hosts_of("practice", rest, stream)


@pytest.mark.parametrize("environment", ["practice", "live"])
def test_this_machine_may_stand_for_either(environment: Environment) -> None:
    for url in ("http://127.0.0.1:8901", "http://localhost:8901", "http://[::1]:8901"):
        assert hosts_of(environment, url).stream == URL(url)


def test_hosts_that_were_made_past_the_door_still_reach_nothing_else() -> None:
    forged = Hosts("practice", URL("https://api-fxtrade.oanda.com"), URL("https://stream-fxtrade.oanda.com"))

    async def main() -> None:
        client = Client(forged, Token(CANARY), lambda: 0.5)
        with pytest.raises(ConfigError, match="no host of the practice environment"):
            await client.read(READ)
        with pytest.raises(ConfigError, match="no host of the practice environment"):
            await client.order("POST", ORDERS, b"{}", "enter")
        await client.close()

    run(main())


@pytest.mark.parametrize(
    "path", ["/v3/@api-fxtrade.oanda.com/x", "/v3/..//api-fxtrade.oanda.com", "/v3/x?y#z"]
)
def test_a_path_names_no_host(path: str) -> None:
    assert hosts_of("practice").url(path).host == "api-fxpractice.oanda.com"


def test_a_token_shows_itself_in_a_header_alone() -> None:
    token = Token(CANARY)
    assert token.header() == f"Bearer {CANARY}"
    assert CANARY not in f"{token} {token!r} {vars(Client(hosts_of('live'), token, lambda: 0.5))}"
    with pytest.raises(TypeError, match="a token is not written down"):
        pickle.dumps(token)


@pytest.mark.parametrize("text", ["", " ", "abc\r\nX-Evil: 1", "abc ", "\u00e4bc", "a\x00b"])
def test_what_is_no_token_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(WrongAccess) as caught:
        Token(text)
    assert not text.strip() or text not in str(caught.value)


def test_a_venue_that_echoes_the_token_does_not_bring_it_into_a_message() -> None:
    async def main(client: Client) -> None:
        with pytest.raises(WrongAccess) as caught:
            await client.read(READ)
        assert CANARY not in str(caught.value)

    spoken(lambda asked: reply(401, f'{{"errorMessage":"bad {CANARY}"}}'.encode()), main)


def test_a_venue_that_echoes_the_token_does_not_bring_it_into_an_answer() -> None:
    async def main(client: Client) -> Any:
        return await client.order("POST", ORDERS, b"{}", "enter")

    answer, _ = spoken(lambda asked: reply(400, f'{{"errorMessage":"bad {CANARY}"}}'.encode()), main)
    assert answer == Reply(400, b'{"errorMessage":"bad ..."}')


def test_a_client_that_was_closed_opens_again() -> None:
    async def main(client: Client) -> None:
        await client.close()
        await client.read(READ)
        await client.close()
        await client.close()
        await client.read(READ)

    _, script = spoken(lambda asked: reply(200), main)
    assert len(script.asked) == 2
