"""The network in memory: what asyncio's own streams see of it, and what each fault does."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any

import pytest

from sim.chance import Chance
from sim.connection import BUFFER_BYTES, GIVES_UP_S
from sim.link import AT_ONCE, CLEAN, Direction, Quality, nth
from sim.loop import OWNER, Forbidden, SimLoop
from sim.net import SYN_GIVES_UP_S, Network
from sim.running import run

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


def world(main: Callable[[Network], Awaitable[Any]], seed: int = 1, **said: Any) -> Any:
    """Run `main(network)` in a new world."""

    async def begin(loop: SimLoop) -> Any:
        return await main(Network(loop, Chance(seed), **said))

    return run(begin, seed)


async def echo(reader: Reader, writer: Writer) -> None:
    """Send back what comes, and end when it ends."""
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def connected(
    network: Network, serve: Callable[[Reader, Writer], Awaitable[None]] = echo
) -> tuple[Reader, Writer]:
    """Listen on port 80 with a function, and connect to it."""
    await asyncio.start_server(serve, "127.0.0.1", 80)
    return await asyncio.open_connection("localhost", 80)


def test_bytes_arrive_whole_and_in_order_however_they_are_cut_and_delayed():
    sent = bytes(range(256)) * 64

    async def main(network: Network) -> tuple[bytes, int]:
        network.link("rest").set_quality(
            Quality(latency_s=0.01, jitter_s=0.05, late=0.3, late_s=2.0, sliced=1.0, piece_max=7)
        )
        reader, writer = await connected(network)
        for at in range(0, len(sent), 100):
            writer.write(sent[at : at + 100])
        writer.write_eof()
        return await reader.read(-1), network.count()["rest sliced"]

    received, sliced = world(main)
    assert received == sent
    assert sliced > 100


def test_one_byte_at_a_time_is_one_byte_at_a_time():
    pieces: list[int] = []

    async def main(network: Network) -> None:
        class Counts(asyncio.Protocol):
            def data_received(self, data: bytes) -> None:
                pieces.append(len(data))

        network.link("rest").set_quality(Quality(jitter_s=0.001, sliced=1.0, piece_max=1))
        await network.loop.create_server(Counts, "127.0.0.1", 80)
        transport, _ = await network.loop.create_connection(asyncio.Protocol, "127.0.0.1", 80)
        transport.write(b"x" * 50)
        await asyncio.sleep(5)
        transport.close()

    world(main)
    assert sum(pieces) == 50
    assert pieces.count(1) > 40


def test_many_writes_may_arrive_as_one_piece():
    async def main(network: Network) -> list[bytes]:
        pieces: list[bytes] = []

        async def serve(reader: Reader, writer: Writer) -> None:
            while data := await reader.read(1000):
                pieces.append(data)
            writer.close()

        network.link("rest").set_quality(Quality(latency_s=0.01, jitter_s=0.001, gather_s=1.0))
        _, writer = await connected(network, serve)
        for number in range(30):
            writer.write(b"%d\n" % number)
            await asyncio.sleep(0.02)
        writer.close()
        await asyncio.sleep(3)
        return pieces

    pieces = world(main)
    assert len(pieces) <= 3
    assert b"".join(pieces) == b"".join(b"%d\n" % number for number in range(30))


def test_a_connection_takes_a_round_trip_and_bytes_take_half_of_one():
    async def main(network: Network) -> tuple[float, float]:
        network.link("rest").set_quality(Quality(latency_s=0.5, jitter_s=0.0))
        await asyncio.start_server(echo, "127.0.0.1", 80)
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        opened = network.loop.time()
        writer.write(b"ping")
        await asyncio.sleep(0)
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", 80)
        begun = network.loop.time()
        writer.write(b"ping")
        await reader.readexactly(4)
        writer.close()
        return opened, network.loop.time() - begun

    assert world(main, quality=AT_ONCE) == (1.0, 1.0)


def test_transports_say_who_they_are():
    async def main(network: Network) -> None:
        seen: dict[str, Any] = {}

        async def serve(reader: Reader, writer: Writer) -> None:
            seen["server"] = writer.get_extra_info("peername"), writer.get_extra_info("sockname")
            assert await reader.read() == b""
            writer.close()

        _, writer = await connected(network, serve)
        own, peer = writer.get_extra_info("sockname"), writer.get_extra_info("peername")
        assert peer == ("127.0.0.1", 80)
        assert writer.get_extra_info("socket") is None
        assert writer.get_extra_info("nothing", 7) == 7
        assert not writer.is_closing()
        writer.close()
        assert writer.is_closing()
        await writer.wait_closed()
        await asyncio.sleep(1)
        assert seen["server"] == (own, peer)
        assert network.connections == []

    world(main)


def test_a_reader_that_pauses_makes_the_writer_wait_and_nothing_is_lost():
    async def main(network: Network) -> None:
        got: list[bytes] = []

        class Slow(asyncio.Protocol):
            def connection_made(self, transport: Any) -> None:
                self.transport = transport
                transport.pause_reading()
                network.loop.call_later(10, transport.resume_reading)

            def data_received(self, data: bytes) -> None:
                got.append(data)

        await network.loop.create_server(Slow, "127.0.0.1", 80)
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.write(bytes(BUFFER_BYTES))
        await writer.drain()
        assert network.loop.time() < 1
        writer.write(bytes(100_000))
        assert writer.transport.get_write_buffer_size() == 100_000
        await writer.drain()
        assert 10 < network.loop.time() < 11
        writer.close()
        await asyncio.sleep(1)
        assert sum(map(len, got)) == BUFFER_BYTES + 100_000

    world(main)


def test_the_end_of_one_direction_leaves_the_other_open():
    async def main(network: Network) -> bytes:
        async def serve(reader: Reader, writer: Writer) -> None:
            said = await reader.read(-1)
            await asyncio.sleep(5)
            writer.write(b"you said " + said)
            writer.close()

        reader, writer = await connected(network, serve)
        writer.write(b"all")
        assert writer.can_write_eof()
        writer.write_eof()
        with pytest.raises(RuntimeError):
            writer.write(b"more")
        return await reader.read(-1)

    assert world(main) == b"you said all"


def test_an_abort_is_a_broken_connection_at_the_other_end():
    async def main(network: Network) -> None:
        async def serve(reader: Reader, writer: Writer) -> None:
            await reader.readexactly(3)
            writer.transport.abort()

        reader, writer = await connected(network, serve)
        writer.write(b"bye")
        with pytest.raises(ConnectionResetError):
            await reader.read()

    world(main)


def test_bytes_for_whoever_has_closed_break_the_writers_connection():
    async def main(network: Network) -> None:
        ended: list[Exception | None] = []

        class Stays(asyncio.Protocol):
            def connection_made(self, transport: Any) -> None:
                self.transport = transport

            def eof_received(self) -> bool:
                network.loop.call_later(1, self.transport.write, b"still here")
                return True

            def connection_lost(self, exc: Exception | None) -> None:
                ended.append(exc)

        await network.loop.create_server(Stays, "127.0.0.1", 80)
        transport, _ = await network.loop.create_connection(asyncio.Protocol, "127.0.0.1", 80)
        transport.close()
        await asyncio.sleep(3)
        assert [type(each) for each in ended] == [ConnectionResetError]

    world(main)


def test_nobody_listening_refuses_and_an_unknown_name_is_not_found():
    async def main(network: Network) -> None:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", 81)
        with pytest.raises(socket.gaierror) as failed:
            await asyncio.open_connection("example.com", 80)
        assert failed.value.errno == socket.EAI_NONAME
        network.dead_names.add("localhost")
        with pytest.raises(socket.gaierror) as failed:
            await asyncio.open_connection("localhost", 80)
        assert failed.value.errno == socket.EAI_AGAIN
        server = await asyncio.start_server(echo, "127.0.0.1", 80)
        with pytest.raises(OSError, match="in use"):
            await asyncio.start_server(echo, "127.0.0.1", 80)
        server.close()
        await server.wait_closed()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", 80)
        assert network.count() == {"name not found": 1, "rest refused": 2}

    world(main)


def test_a_link_may_refuse_or_leave_unanswered_what_wants_to_connect():
    async def main(network: Network) -> None:
        await asyncio.start_server(echo, "127.0.0.1", 80)
        link = network.link("rest")
        link.refuses = 1.0
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", 80)
        link.refuses, link.hangs = 0.0, 1.0
        begun = network.loop.time()
        with pytest.raises(TimeoutError) as failed:
            await asyncio.open_connection("127.0.0.1", 80)
        assert failed.value.errno == errno.ETIMEDOUT
        assert network.loop.time() - begun > SYN_GIVES_UP_S
        link.heal()
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.close()
        assert network.count() == {"rest refused": 1, "rest hung": 1}

    world(main)


def test_tls_is_refused_or_left_out():
    async def main(network: Network) -> None:
        await asyncio.start_server(echo, "127.0.0.1", 443, ssl=object())
        reader, writer = await asyncio.open_connection("127.0.0.1", 443, ssl=object())
        writer.write(b"in the clear")
        assert await reader.readexactly(12) == b"in the clear"
        writer.close()

    world(main, tls_in_the_clear=True)
    with pytest.raises(Forbidden, match="no TLS"):
        world(main)


def test_a_stalled_direction_holds_bytes_and_the_other_one_lives():
    async def main(network: Network) -> None:
        got: list[tuple[float, bytes]] = []

        async def serve(reader: Reader, writer: Writer) -> None:
            for number in range(10):
                writer.write(b"%d" % number)
                await asyncio.sleep(1)
            got.append((network.loop.time(), await reader.read(100)))
            writer.close()

        reader, writer = await connected(network, serve)
        link = network.link("rest")
        link.stall("down")
        writer.write(b"hello")
        await asyncio.sleep(20)
        assert got[0][1] == b"hello"
        assert got[0][0] < 11
        reading = asyncio.ensure_future(reader.read(100))
        await asyncio.sleep(20)
        assert not reading.done()
        link.release("down")
        assert await reading == b"0123456789"
        assert network.count()["rest stalled"] >= 10
        writer.close()

    world(main)


def test_lost_bytes_leave_both_ends_open_until_the_writers_kernel_gives_up():
    async def main(network: Network) -> None:
        reader, writer = await connected(network)
        network.link("rest").lose("up")
        begun = network.loop.time()
        writer.write(b"anybody there?")
        with pytest.raises(TimeoutError) as failed:
            await reader.read(10)
        assert failed.value.errno == errno.ETIMEDOUT
        assert network.loop.time() - begun == pytest.approx(GIVES_UP_S)
        assert network.count()["rest lose"] == 1

    world(main)


def test_an_idle_connection_whose_bytes_would_vanish_stays_open():
    async def main(network: Network) -> None:
        reader, writer = await connected(network)
        network.link("rest").lose()
        with pytest.raises(asyncio.TimeoutError):
            async with asyncio.timeout(5000):
                await reader.read(1)
        assert not writer.is_closing()
        writer.close()

    world(main)


@pytest.mark.parametrize(
    ("action", "arrives", "comes_back"),
    [
        ("reset", b"", ConnectionResetError),
        ("reset_behind", b"POST 3", ConnectionResetError),
        ("cut", b"POS", ConnectionResetError),
        ("lose", b"", asyncio.TimeoutError),
        ("lose_reply", b"POST 3", asyncio.TimeoutError),
    ],
)
def test_each_thing_that_may_befall_the_nth_request(action: Any, arrives: bytes, comes_back: type):
    async def main(network: Network) -> None:
        seen: list[bytes] = []

        async def serve(reader: Reader, writer: Writer) -> None:
            try:
                while data := await reader.read(100):
                    seen.append(data)
                    writer.write(b"201")
            except ConnectionError:
                pass
            writer.close()

        reader, writer = await connected(network, serve)
        network.link("rest").rules.append(nth(3, action, "up", lambda data: data.startswith(b"POST")))
        for request in (b"POST 1", b"GET 1", b"POST 2"):
            writer.write(request)
            assert await reader.read(100) == b"201"
        writer.write(b"POST 3")
        with pytest.raises(comes_back):
            async with asyncio.timeout(60):
                await reader.readexactly(3)
        await asyncio.sleep(1)
        got = b"".join(seen[3:])
        assert got == arrives or (action == "cut" and got and b"POST 3".startswith(got))
        assert network.count()[f"rest {action}"] == 1
        writer.close()

    world(main)


def test_one_stream_stalls_while_the_others_live():
    async def main(network: Network) -> None:
        async def serve(reader: Reader, writer: Writer) -> None:
            await reader.readline()
            for number in range(5):
                writer.write(b"%d\n" % number)
                await asyncio.sleep(1)
            writer.close()

        await asyncio.start_server(serve, "127.0.0.1", 80)
        network.link("prices").stall()
        readers: dict[str, Reader] = {}
        writers: dict[str, Writer] = {}
        for name, path in (("prices", b"/pricing/stream"), ("transactions", b"/transactions/stream")):
            readers[name], writers[name] = await asyncio.open_connection("127.0.0.1", 80)
            writers[name].write(b"GET /v3/accounts/1%s HTTP/1.1\r\n" % path)
        assert len((await readers["transactions"].read(-1)).splitlines()) == 5
        with pytest.raises(asyncio.TimeoutError):
            async with asyncio.timeout(60):
                await readers["prices"].readline()
        network.link("prices").release()
        assert len((await readers["prices"].read(-1)).splitlines()) == 5
        assert set(network.links) == {"rest", "prices", "transactions"}

    world(main)


def test_taps_see_every_write_with_its_link_even_where_it_is_lost():
    async def main(network: Network) -> None:
        seen: list[tuple[str, Direction, bytes]] = []
        network.taps.append(lambda at, direction, data: seen.append((at.link.name, direction, data)))
        reader, writer = await connected(network)
        writer.write(b"GET /a/pricing/stream")
        await reader.read(100)
        network.link("prices").lose("up")
        writer.write(b"GET /a/summary")
        await asyncio.sleep(1)
        assert seen == [
            ("prices", "up", b"GET /a/pricing/stream"),
            ("prices", "down", b"GET /a/pricing/stream"),
            ("rest", "up", b"GET /a/summary"),
        ]
        writer.close()

    world(main)


def test_a_killed_process_leaves_its_bytes_on_the_way_and_its_connections_closed():
    async def main(network: Network) -> None:
        got: list[bytes | str] = []

        async def serve(reader: Reader, writer: Writer) -> None:
            while data := await reader.read(100):
                got.append(data)
            got.append("ended")
            writer.close()

        await asyncio.start_server(serve, "127.0.0.1", 80)
        owner = object()

        async def process() -> None:
            _, writer = await asyncio.open_connection("127.0.0.1", 80)
            try:
                writer.write(b"sent before")
                await asyncio.sleep(0.001)
                await asyncio.sleep(1e6)
            finally:
                writer.write(b"never sent")

        inside = copy_context()
        inside.run(OWNER.set, owner)
        network.loop.create_task(process(), context=inside)
        while not network.connections:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.02)
        network.loop.kill(owner)
        network.kill(owner)
        await asyncio.sleep(5)
        assert got == [b"sent before", "ended"]
        assert network.connections == []

    world(main)


def test_the_same_seed_gives_the_same_delays_and_another_seed_others():
    async def main(network: Network) -> str:
        network.link("rest").set_quality(Quality(jitter_s=0.5, sliced=0.5, piece_max=3, reset=0.01))
        reader, writer = await connected(network)
        try:
            for _ in range(20):
                writer.write(b"a line of some length\n")
                await reader.readline()
        except ConnectionError:
            pass
        writer.close()
        return network.loop.trace.digest()

    assert world(main, 1) == world(main, 1)
    assert world(main, 1) != world(main, 2)


def test_a_link_that_heals_is_clean():
    async def main(network: Network) -> None:
        link = network.link("rest")
        link.set_quality(Quality(reset=1.0))
        link.stall()
        link.stall("up")
        link.release("up")
        assert link.stalled == {"up": 1, "down": 1}
        link.heal()
        assert link.quality == {"up": CLEAN, "down": CLEAN}
        assert link.stalled == {"up": 0, "down": 0}

    world(main)
