"""The whole venue against a local OANDA over real HTTP: orders, streams, lost replies, the account."""

from __future__ import annotations

from typing import Any

import pytest
from oanda_local import (
    CANARY,
    OPEN,
    SECOND,
    START,
    World,
    client_to,
    entry,
    following,
    kinds,
    leave,
    one,
    opened,
    run,
    set_stop,
    take,
    world,
)
from oanda_words import ACCOUNT

from brokers.oanda.manners import Manners
from tickwise.core.instrument import CATALOGUE
from tickwise.venues.oanda.client import Timeouts
from tickwise.venues.oanda.venue import OandaVenue
from tickwise.venues.venue import (
    BarSeen,
    Heartbeat,
    InstrumentTerms,
    MoneyMoved,
    NoReply,
    OrderAccepted,
    OrderEnded,
    OrderFilled,
    PositionReduced,
    ProtectionSet,
    QuoteSeen,
    Refusal,
    Venue,
    VenueError,
    VenuePosition,
    WrongAccess,
)


def test_the_terms_of_an_instrument_are_learnt_and_are_those_of_our_catalogue() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            assert at.venue.terms("EUR_USD") == InstrumentTerms(
                "EUR_USD", "0.00001", "0.0001", "1", 1, 100_000_000, "0.0333"
            )
            assert at.venue.terms("SPX500_USD").units_min == 1
            for name in ("EUR_USD", "USD_JPY", "XAU_USD", "XAG_USD", "SPX500_USD"):
                terms, ours = at.venue.terms(name), CATALOGUE[name]
                assert (terms.tick, terms.unit_step) == (ours.tick, ours.unit_step)
            with pytest.raises(VenueError, match="EUR_XXX is not among"):
                at.venue.terms("EUR_XXX")

    run(main())


def test_an_account_that_is_not_the_tokens_or_an_instrument_that_is_not_the_accounts_is_an_error() -> None:
    async def main() -> None:
        async with world() as at:
            with pytest.raises(VenueError, match="cannot trade BTC_USD"):
                await at.venue.open(["EUR_USD", "BTC_USD"])
            port = at.venue._client.hosts.rest.port
            other = OandaVenue(client_to(port, port), ["101-001-9999999-001"])
            with pytest.raises(WrongAccess, match="101-001-9999999-001 is not one of this token's"):
                await other.open(OPEN)
            stranger = OandaVenue(client_to(port, port, "another-token"), [ACCOUNT])
            with pytest.raises(WrongAccess, match="status 401 Insufficient authorization"):
                await stranger.open(OPEN)
            await other.close()
            await stranger.close()

    run(main())


def test_an_entry_fills_with_its_stop_and_target_at_the_broker() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            answer = await at.venue.send(at.venue.encode_entry(entry()))
            assert kinds(answer) == ["OrderAccepted", "OrderFilled"]
            filled = one(answer, OrderFilled)
            assert (filled.order, filled.units, filled.price) == ("bot-1", 1_000, 110_012)
            assert filled.balance == 100_000_000_000
            view = await at.venue.account(ACCOUNT)
            assert view.positions == (
                VenuePosition(
                    filled.venue_position, "bot-1", "EUR_USD", 1_000, 110_012, 109_712, 110_112, START
                ),
            )
            assert (view.currency, view.hedging, view.orders) == ("USD", False, ())
            missed, mark = await at.venue.changes_since(ACCOUNT, answer[0].mark - 1)
            assert kinds(missed) == ["OrderAccepted", "OrderFilled", "ProtectionSet", "ProtectionSet"]
            assert missed[:2] == answer
            assert {(each.stop, each.target) for each in missed[2:]} == {(109_712, None), (None, 110_112)}
            assert mark == view.mark == missed[-1].mark

    run(main())


@pytest.mark.parametrize("units", [1_000, -1_000])
def test_an_entry_that_would_fill_beyond_its_bound_is_killed(units: int) -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            best = 110_012 if units > 0 else 110_000
            order = entry(units=units, bound=best - 1 if units > 0 else best + 1)
            ended = one(await at.venue.send(at.venue.encode_entry(order)), OrderEnded)
            assert (ended.order, ended.status, ended.reason) == ("bot-1", "cancelled", "price_bound")
            assert at.account.state.open == {}

    run(main())


def test_what_can_be_had_is_taken_and_the_rest_ends_where_the_setting_says_so() -> None:
    async def main() -> None:
        async with world(fill="IOC") as at:
            await at.venue.open(OPEN)
            at.server.price("EUR_USD", "1.10000", "1.10012", START + SECOND, ask_units=400)
            answer = await at.venue.send(at.venue.encode_entry(entry()))
            assert kinds(answer) == ["OrderAccepted", "OrderFilled", "OrderEnded"]
            assert one(answer, OrderFilled).units == 400
            assert (one(answer, OrderEnded).order, one(answer, OrderEnded).reason) == ("bot-1", "liquidity")

    run(main())


def test_an_entry_the_venue_rejects_is_ended_with_its_reason() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            answer = await at.venue.send(at.venue.encode_entry(entry(units=200_000_000, target_price=0)))
            ended = one(answer, OrderEnded)
            assert (ended.order, ended.status, ended.reason, ended.policy) == (
                "bot-1",
                "rejected",
                "units",
                "resize",
            )

    run(main())


def test_a_second_order_of_the_same_id_opens_nothing_while_the_first_trade_is_open() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            await opened(at)
            ended = one(await at.venue.send(at.venue.encode_entry(entry())), OrderEnded)
            assert (ended.order, ended.reason) == ("bot-1", "duplicate")
            assert len(at.account.state.open) == 1

    run(main())


def test_a_trade_is_left_in_part_and_then_whole() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            stream = await following(at)
            trade = await opened(at)
            await take(stream, 4)
            part = await at.venue.send(at.venue.encode_exit(leave(trade, "x1", 400)))
            whole = await at.venue.send(at.venue.encode_exit(leave(trade, "x2")))
            seen = [one(part, PositionReduced), one(whole, PositionReduced)]
            assert [(each.order, each.entry_order, each.units) for each in seen] == [
                ("x1", "bot-1", 400),
                ("x2", "bot-1", 600),
            ]
            assert [(each.left, each.cause, each.price) for each in seen] == [
                (600, "own_order", 110_000),
                (0, "own_order", 110_000),
            ]
            assert seen[0].gross == -48_000
            assert at.account.state.open == {}
            streamed = await take(stream, 4)
            assert tuple(streamed) == (*part, *whole)
            await stream.aclose()

    run(main())


def test_leaving_what_is_gone_is_ended_as_gone() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            trade = await opened(at)
            at.server.hands.closes(at.account, int(trade))
            ended = one(await at.venue.send(at.venue.encode_exit(leave(trade))), OrderEnded)
            assert (ended.order, ended.reason, ended.is_exit) == ("bot-1-x1", "gone", True)
            refused = await at.venue.send(at.venue.encode_stop(set_stop(trade, 110_000)))
            assert isinstance(refused, Refusal | tuple), refused

    run(main())


def test_a_stop_is_moved_and_the_target_stays() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            trade = await opened(at)
            await at.venue.account(ACCOUNT)
            answer = await at.venue.send(at.venue.encode_stop(set_stop(trade, 109_900)))
            told = [each for each in answer if isinstance(each, ProtectionSet)]
            assert [(each.venue_position, each.stop, each.target) for each in told] == [
                (trade, 109_900, None)
            ]
            (position,) = (await at.venue.account(ACCOUNT)).positions
            assert (position.stop, position.target) == (109_900, 110_112)
            await at.venue.send(at.venue.encode_stop(set_stop(trade, 109_950, 110_200)))
            (position,) = (await at.venue.account(ACCOUNT)).positions
            assert (position.stop, position.target) == (109_950, 110_200)

    run(main())


@pytest.mark.parametrize(("bid", "cause"), [("1.10200", "target"), ("1.09000", "stop")])
def test_a_target_or_stop_that_the_broker_fills_is_told_on_the_stream(bid: str, cause: str) -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            stream = await following(at)
            trade = await opened(at)
            assert kinds(await take(stream, 4)) == [
                *("OrderAccepted", "OrderFilled", "ProtectionSet", "ProtectionSet")
            ]
            ask = f"{float(bid) + 0.00012:.5f}"
            at.server.price("EUR_USD", bid, ask, START + SECOND)
            reduced = await anext(stream)
            assert isinstance(reduced, PositionReduced)
            assert (reduced.venue_position, reduced.entry_order, reduced.order) == (trade, "bot-1", "")
            assert (reduced.cause, reduced.units, reduced.left) == (cause, 1_000, 0)
            assert kinds([await anext(stream)]) == ["Noted"]
            await stream.aclose()

    run(main())


def test_what_a_person_does_is_told_as_theirs() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            mark = (await at.venue.account(ACCOUNT)).mark
            trade = await opened(at)
            at.server.hands.opens(at.account, "USD_JPY", 200)
            at.server.hands.removes_stop(at.account, int(trade))
            at.server.hands.deposits(at.account, 50)
            at.server.hands.closes(at.account, int(trade), "300")
            told, last = await at.venue.changes_since(ACCOUNT, mark)
            theirs = [each for each in told if each.mark > mark + 4]
            assert kinds(theirs) == [
                *("OrderAccepted", "OrderFilled", "ProtectionSet", "MoneyMoved", "OrderAccepted"),
                "PositionReduced",
            ]
            assert (one(theirs, OrderFilled).order, one(theirs, OrderFilled).instrument) == ("", "USD_JPY")
            assert one(theirs, ProtectionSet).stop == 0
            assert one(theirs, MoneyMoved).amount == 50_000_000
            closed = one(theirs, PositionReduced)
            assert (closed.cause, closed.order, closed.entry_order, closed.left) == (
                "manual",
                "",
                "bot-1",
                700,
            )
            assert last == told[-1].mark
            view = await at.venue.account(ACCOUNT)
            assert [(each.order, each.units, each.stop) for each in view.positions] == [
                ("bot-1", 700, 0),
                ("", 200, 0),
            ]

    run(main())


def test_an_opposite_order_reduces_the_oldest_on_a_netting_account() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            first, second = await opened(at, "bot-1", 1_000), await opened(at, "bot-2", 500)
            await at.venue.account(ACCOUNT)
            answer = await at.venue.send(at.venue.encode_entry(entry("bot-3", -1_200)))
            assert kinds(answer) == ["OrderAccepted", "PositionReduced", "PositionReduced", "OrderEnded"]
            assert [
                (each.venue_position, each.entry_order, each.units, each.left) for each in answer[1:3]
            ] == [
                (first, "bot-1", 1_000, 0),
                (second, "bot-2", 200, 300),
            ]
            assert {(each.order, each.cause) for each in answer[1:3]} == {("bot-3", "own_order")}
            assert (answer[3].order, answer[3].status) == ("bot-3", "cancelled")

    run(main())


def test_an_opposite_order_opens_its_own_trade_on_a_hedging_account() -> None:
    async def main() -> None:
        async with world(hedging=True) as at:
            await at.venue.open(OPEN)
            await opened(at, "bot-1", 1_000)
            await opened(at, "bot-2", -400)
            view = await at.venue.account(ACCOUNT)
            assert view.hedging
            assert [(each.order, each.units) for each in view.positions] == [
                ("bot-1", 1_000),
                ("bot-2", -400),
            ]

    run(main())


def test_a_margin_closeout_is_told_as_one() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            await opened(at)
            mark = (await at.venue.account(ACCOUNT)).mark
            at.server.hands.margin_closeout(at.account)
            told, _ = await at.venue.changes_since(ACCOUNT, mark)
            assert one(told, PositionReduced).cause == "margin"

    run(main())


LOST: list[tuple[str, dict[str, Any]]] = [
    ("drop_reply", {"how": "reset"}),
    ("drop_reply", {"how": "close"}),
    ("error_after", {"status": 500}),
    ("error_after", {"status": 502}),
    ("error_after", {"status": 504}),
    ("delay_reply", {"delay_s": 60.0}),
]
NEVER: list[tuple[str, dict[str, Any]]] = [
    ("drop_request", {"how": "reset"}),
    ("drop_request", {"how": "close"}),
    ("refuse", {"status": 503}),
    ("refuse", {"status": 429}),
    ("never_answer", {}),
]
SHORT = Timeouts(order_s=0.3, read_s=2.0, stream_silence_s=5.0)


@pytest.mark.parametrize(("fault", "how"), LOST)
def test_an_entry_whose_reply_was_lost_is_unknown_is_never_sent_again_and_is_found(
    fault: str, how: dict[str, Any]
) -> None:
    async def main() -> None:
        async with world(timeouts=SHORT) as at:
            await at.venue.open(OPEN)
            mark = (await at.venue.account(ACCOUNT)).mark
            at.server.faults.add(fault, method="POST", **how)
            answer = await at.venue.send(at.venue.encode_entry(entry()))
            assert isinstance(answer, NoReply)
            told, _ = await at.venue.changes_since(ACCOUNT, mark)
            assert (one(told, OrderAccepted).order, one(told, OrderFilled).order) == ("bot-1", "bot-1")
            assert at.writes() == ["POST orders"]

    run(main())


@pytest.mark.parametrize(("fault", "how"), NEVER)
def test_an_entry_that_never_arrived_is_unknown_too_and_leaves_no_trace(
    fault: str, how: dict[str, Any]
) -> None:
    async def main() -> None:
        async with world(timeouts=SHORT) as at:
            await at.venue.open(OPEN)
            mark = (await at.venue.account(ACCOUNT)).mark
            at.server.faults.add(fault, method="POST", **how)
            answer = await at.venue.send(at.venue.encode_entry(entry()))
            assert isinstance(answer, NoReply)
            assert answer.why
            assert await at.venue.changes_since(ACCOUNT, mark) == ((), mark)
            assert at.writes() == ["POST orders"]

    run(main())


@pytest.mark.parametrize(("fault", "how"), LOST)
def test_an_exit_whose_reply_was_lost_is_found_as_ours_and_was_sent_once(
    fault: str, how: dict[str, Any]
) -> None:
    async def main() -> None:
        async with world(timeouts=SHORT) as at:
            await at.venue.open(OPEN)
            trade = await opened(at)
            mark = (await at.venue.account(ACCOUNT)).mark
            at.server.faults.add(fault, method="PUT", **how)
            assert isinstance(await at.venue.send(at.venue.encode_exit(leave(trade, "x1", 400))), NoReply)
            told, _ = await at.venue.changes_since(ACCOUNT, mark)
            reduced = one(told, PositionReduced)
            assert (reduced.order, reduced.cause, reduced.units, reduced.left) == (
                "x1",
                "own_order",
                400,
                600,
            )
            assert at.writes() == ["POST orders", "PUT close"]

    run(main())


def test_changes_are_read_page_by_page_until_the_last_of_them() -> None:
    async def main() -> None:
        async with world(Manners(page_max=3)) as at:
            await at.venue.open(OPEN)
            for number in range(4):
                await opened(at, f"bot-{number}", 100)
            told, last = await at.venue.changes_since(ACCOUNT, 0)
            assert [each.mark for each in told] == list(range(1, last + 1))
            assert last == (await at.venue.account(ACCOUNT)).mark

    run(main())


def test_changes_after_a_mark_the_venue_does_not_know_are_an_error_and_not_an_empty_list() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            with pytest.raises(VenueError, match="status 416"):
                await at.venue.changes_since(ACCOUNT, 999)

    run(main())


def test_an_account_that_cannot_be_read_is_an_error_and_not_an_empty_one() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            at.server.faults.add("refuse", times=None, status=503)
            with pytest.raises(VenueError, match="status 503"):
                await at.venue.account(ACCOUNT)
            at.server.faults.clear()
            at.server.faults.add("revoke", times=None)
            with pytest.raises(WrongAccess, match="status 401"):
                await at.venue.account(ACCOUNT)

    run(main())


def test_prices_are_streamed_with_their_snapshot() -> None:
    async def main() -> None:
        async with world(Manners(every_price=True)) as at:
            await at.venue.open(OPEN)
            stream = at.venue.quotes(OPEN)
            first = await take(stream, 2)
            depth = first[0].bid_size
            assert first == [
                QuoteSeen("EUR_USD", START, 110_000, 110_012, depth, depth),
                QuoteSeen("USD_JPY", START, 150_000, 150_010, depth, depth),
            ]
            at.server.price("EUR_USD", "1.10001", "1.10013", START + SECOND)
            at.server.price("USD_JPY", "150.001", "150.011", START + SECOND)
            later = await take(stream, 2)
            assert [(each.bid, each.ask, each.ts_event) for each in later] == [
                (110_001, 110_013, START + SECOND),
                (150_001, 150_011, START + SECOND),
            ]
            await stream.aclose()

    run(main())


@pytest.mark.parametrize("fault", ["one_byte_chunks", "one_byte_writes"])
def test_a_stream_cut_to_single_bytes_gives_the_same_quotes(fault: str) -> None:
    async def main(sliced: bool) -> list[Any]:
        async with world(Manners(every_price=True)) as at:
            await at.venue.open(OPEN)
            if sliced:
                at.server.faults.add(fault, times=None)
            stream = at.venue.quotes(OPEN)
            seen = await take(stream, 2)
            for tick in range(1, 6):
                at.server.price("EUR_USD", 110_000 + tick, 110_012 + tick, START + tick * SECOND)
            seen += await take(stream, 5)
            await stream.aclose()
            return seen

    assert run(main(True)) == run(main(False))


def test_a_stream_that_breaks_in_a_line_is_an_error_after_all_whole_lines() -> None:
    async def main() -> None:
        async with world(Manners(every_price=True)) as at:
            await at.venue.open(OPEN)
            stream = at.venue.quotes(["EUR_USD"])
            await anext(stream)
            at.server.price("EUR_USD", "1.10001", "1.10013", START + SECOND)
            assert (await anext(stream)).bid == 110_001
            at.server.faults.add("cut_mid_line")
            at.server.price("EUR_USD", "1.10002", "1.10014", START + 2 * SECOND)
            with pytest.raises(VenueError, match="pricing/stream: the stream broke"):
                await anext(stream)

    run(main())


def test_a_stream_that_the_venue_ends_is_an_error() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            stream = await following(at)
            await opened(at)
            await take(stream, 4)
            for each in list(at.server.streams):
                each.end()
            with pytest.raises(
                VenueError, match=r"transactions/stream: the (venue ended the stream|stream broke)"
            ):
                await anext(stream)

    run(main())


def test_a_mute_stream_is_an_error_after_the_silence_that_is_allowed() -> None:
    async def main() -> None:
        async with world(timeouts=Timeouts(stream_silence_s=0.2)) as at:
            await at.venue.open(OPEN)
            stream = at.venue.quotes(["EUR_USD"])
            await anext(stream)
            with pytest.raises(VenueError, match="the stream broke: SocketTimeoutError"):
                await anext(stream)

    run(main())


def test_a_stream_that_is_refused_is_an_error_of_its_kind() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            at.server.faults.add("refuse", status=429)
            with pytest.raises(VenueError, match="status 429"):
                await anext(at.venue.quotes(OPEN))
            at.server.faults.add("revoke")
            with pytest.raises(WrongAccess, match="status 401"):
                await anext(at.venue.changes(ACCOUNT))

    run(main())


def test_a_line_that_cannot_be_read_is_counted_and_told_of_and_the_stream_goes_on() -> None:
    async def main() -> None:
        async with world(Manners(every_price=True)) as at:
            await at.venue.open(OPEN)
            stream = at.venue.quotes(["EUR_USD"])
            await anext(stream)
            (served,) = at.server.streams
            for line in (
                b"{]\n",
                b'{"type":"PRICE","instrument":"EUR_USD","bids":[{"price":"NaN"}]}\n',
                b"\n",
                b"7\n",
            ):
                served.push(line)
            at.server.price("EUR_USD", "1.10001", "1.10013", START + SECOND)
            skipped = await take(stream, 3)
            assert [(each.stream, each.instrument) for each in skipped] == [
                ("quotes", ""),
                ("quotes", "EUR_USD"),
                ("quotes", ""),
            ]
            assert (await anext(stream)).bid == 110_001
            assert at.venue.skipping.counts == {"quotes": 3}
            assert at.venue.skipping.last == skipped[-1].says
            assert "stream of prices" in skipped[-1].says
            await stream.aclose()

    run(main())


def test_heartbeats_name_the_last_mark() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            stream = await following(at)
            (served,) = at.server.streams
            served.tell(served.heartbeat())
            assert await anext(stream) == Heartbeat("changes", START, 3)
            await stream.aclose()

    run(main())


def bars_of(at: World, seconds: int) -> None:
    """Feed a price every five seconds, but for a gap in the middle."""
    for second in range(0, seconds, 5):
        if not seconds // 3 <= second < seconds // 2:
            price = 110_000 + second // 5 % 50
            at.server.price("EUR_USD", price, price + 12, START + second * SECOND)


def test_bars_are_read_page_by_page_with_their_gaps() -> None:
    async def main() -> None:
        async with world(Manners(candles_max=5_000)) as at:
            await at.venue.open(OPEN)
            bars_of(at, 60_000)
            until = START + 60_000 * SECOND
            bars = [bar async for bar in at.venue.bars("EUR_USD", "S5", START, until)]
            times = [(bar.ts - START) // SECOND for bar in bars]
            assert times == [each for each in range(0, 60_000, 5) if not 20_000 <= each < 30_000]
            assert all(bar.is_complete for bar in bars[:-1])
            asked = [each.target for each in at.server.exchanges if "candles" in each.target]
            assert len(asked) == 2
            some = [
                bar async for bar in at.venue.bars("EUR_USD", "S5", START + 5 * SECOND, START + 15 * SECOND)
            ]
            assert some == [
                BarSeen("EUR_USD", START + 5 * SECOND, *[110_001] * 4, *[110_013] * 4, 1, True),
                BarSeen("EUR_USD", START + 10 * SECOND, *[110_002] * 4, *[110_014] * 4, 1, True),
            ]
            assert [bar async for bar in at.venue.bars("EUR_USD", "S5", START, START)] == []

    run(main())


def test_the_token_stands_in_the_header_and_in_nothing_that_is_told() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            assert all(
                (b"Authorization", f"Bearer {CANARY}".encode()) in each.headers
                for each in at.server.exchanges
            )
            shown = [repr(at.venue), repr(at.venue._client), repr(at.venue._client._token), str(at.venue)]
            at.server.faults.add("revoke", times=None)
            errors: list[BaseException] = []
            for read in (
                at.venue.account(ACCOUNT),
                at.venue.changes_since(ACCOUNT, 1),
                anext(at.venue.quotes(OPEN)),
            ):
                with pytest.raises(VenueError) as caught:
                    await read
                errors.append(caught.value)
            answer = await at.venue.send(at.venue.encode_entry(entry()))
            shown += [repr(error) for error in errors] + [repr(answer)]
            shown += [repr(error.__cause__) + repr(error.__context__) for error in errors]
            assert not [
                text for text in shown if any(CANARY[at_:][:8] in text for at_ in range(len(CANARY) - 7))
            ]

    run(main())


def test_the_venue_is_what_the_engine_asks_for() -> None:
    async def main() -> None:
        async with world() as at:
            venue: Venue = at.venue
            assert (venue.name, venue.environment) == ("oanda", "practice")
            request = venue.encode_entry(entry(instrument="EUR_USD"))
            assert request.verb == "enter"

    with pytest.raises(ValueError, match="is not in the account's list"):
        run(main())


def test_orders_read_back_from_the_wire_as_they_were_decided() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            for order in (entry(), entry(units=-5, target=0, target_price=0, bound=0, tag="")):
                assert at.venue.parse(at.venue.encode_entry(order)) == order
            trade = await opened(at)
            for known in (trade, "4711"):
                assert at.venue.parse(at.venue.encode_exit(leave(known))) == leave(known)
                moved = set_stop(known, 109_000, 111_000)
                assert at.venue.parse(at.venue.encode_stop(moved)) == moved

    run(main())


def test_an_exit_for_a_trade_in_another_instrument_than_the_engine_thinks_does_not_read_back() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            trade = await opened(at)
            await at.venue.account(ACCOUNT)
            wrong = leave(trade)
            wrong = type(wrong)(wrong.order, wrong.account, "USD_JPY", wrong.venue_position, wrong.units)
            assert at.venue.parse(at.venue.encode_exit(wrong)) != wrong

    run(main())
