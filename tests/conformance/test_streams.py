"""Laws of what a venue tells: terms, prices, bars and changes; and of streams that fall silent or break."""

from __future__ import annotations

from decimal import Decimal

import pytest

from conformance.kinds import HANDS, ORDERS, PRICES, WIRE, Kind, Place, pages_of
from conformance.laws import law
from engine.order_world import ACCOUNT, BUY, ENTRY, SECOND, START, SYMBOL
from tickwise.core.instrument import CATALOGUE
from tickwise.journal import entries as j
from tickwise.venues.oanda.budget import Share
from tickwise.venues.venue import BarSeen, Change, VenueError

PAIRS = ("EUR_USD", "USD_JPY", "XAU_USD")


@law(
    27, "A venue that is open tells of each instrument what it counts prices and units in, as we do.", PRICES
)
def test_c27_terms_are_told(kind: Kind) -> None:
    async def story(at: Place) -> None:
        for name in PAIRS:
            terms, ours = at.world.venue.terms(name), CATALOGUE[name]
            assert (terms.symbol, terms.tick, terms.unit_step) == (name, ours.tick, ours.unit_step)
            assert Decimal(terms.pip) % Decimal(terms.tick) == 0
            assert 0 < terms.units_min < terms.units_max
        with pytest.raises(VenueError, match="EUR_XXX"):
            at.world.venue.terms("EUR_XXX")
        with pytest.raises(VenueError, match="BTC_XXX"):
            await at.world.venue.open([SYMBOL, "BTC_XXX"])

    kind.run(story, kind.bot(instruments=list(PAIRS)))


@law(28, "A price arrives as the whole ticks that were quoted, however fine.", PRICES)
def test_c28_prices_are_whole_ticks(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.world.is_quoting = False
        market = at.world.engine.live.session.records.markets[0]
        for mid in (109_999, 110_001, 123_457, 99_999):
            at.world.quote(spread=12, mid=mid)
            await at.world.passes(0.05)
            assert (int(market["bid"]), int(market["ask"])) == (mid, mid + 12)

    kind.run(story)


async def bars(at: Place, granularity: str, since: int, until: int) -> list[BarSeen]:
    return [each async for each in at.world.venue.bars(SYMBOL, granularity, since, until)]


@law(
    29,
    "Bars come oldest first, each once, hold what was quoted, and none stands for a time without a price.",
    PRICES,
)
def test_c29_bars_hold_what_was_quoted(kind: Kind) -> None:
    async def story(at: Place) -> None:
        minute = 60 * SECOND
        begun = -(-at.world.clock.now() // minute) * minute
        await at.world.passes((begun - at.world.clock.now()) / SECOND + 60.5)
        at.world.is_quoting = False
        await at.world.passes(119.0)
        at.world.is_quoting = True
        await at.world.passes(62.0)
        at.world.is_quoting = False
        told = await bars(at, "M1", begun, at.world.clock.now())
        opens = [(each.ts - begun) // minute for each in told]
        assert opens in ([0, 3, 4], [0, 1, 3, 4])
        assert [each.is_complete for each in told] == [True] * (len(told) - 1) + [False]
        for each in told:
            sides = (each.bid_open, each.bid_high, each.bid_low, each.bid_close)
            assert sides == (at.world.mid,) * 4
            assert (each.ask_high, each.ask_low) == (at.world.mid + 12, at.world.mid + 12)
            assert each.volume > 0
        fine = await bars(at, "S5", begun, at.world.clock.now())
        assert [each.ts for each in fine] == sorted({each.ts for each in fine})
        assert {each.ts // minute for each in fine} == {each.ts // minute for each in told}

    kind.run(story)


@law(
    30,
    "Every change since a mark is told in order, whole and once, however the list is cut into pages.",
    WIRE,
)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_c30_changes_since_a_mark_are_whole(kind: Kind, size: int) -> None:
    async def story(at: Place) -> None:
        venue = at.world.venue
        before = (await venue.account(ACCOUNT)).mark
        await at.world.buys()
        at.opens(300)
        at.world.quote(mid=at.world.mid + 200)
        await at.world.until(lambda: not at.world.book.positions)
        whole, last = await venue.changes_since(ACCOUNT, before)
        marks = [each.mark for each in whole]
        assert (sorted(set(marks)), last) == (list(range(before + 1, last + 1)), last)
        assert marks == sorted(marks)
        assert (await venue.account(ACCOUNT)).mark == last
        for mark in range(before, last + 1):
            rest, reached = await venue.changes_since(ACCOUNT, mark)
            assert (told(rest), reached) == (told([each for each in whole if each.mark > mark]), last)

    kind.run(story, manners=pages_of(size))


def told(changes: object) -> list[tuple[str, int]]:
    """Give changes by their kind and mark; what an earlier one taught is not told again."""
    assert isinstance(changes, tuple | list)
    return [(type(each).__name__, each.mark) for each in changes if isinstance(each, Change)]


@law(
    31,
    "An instrument without prices opens nothing though heartbeats go on, and trades again with them.",
    PRICES,
)
def test_c31_heartbeats_vouch_for_no_prices(kind: Kind) -> None:
    async def story(at: Place) -> None:
        await at.world.passes(30.0)
        at.befalls("prices stall")
        await at.world.until(lambda: not at.world.allows_entries, 60.0)
        silent = at.world.book.dead
        assert any(SYMBOL in instruments for instruments in silent.values())
        at.world.faults.clear()
        await at.world.until(lambda: at.world.allows_entries, 60.0)
        await at.world.buys()

    kind.run(story)


@law(
    32,
    "Streams that break stop entries at once; when they are back, what happened meanwhile is known first.",
    ORDERS,
)
def test_c32_a_broken_stream_is_made_good(kind: Kind) -> None:
    async def story(at: Place) -> None:
        await at.world.buys()
        at.cuts()
        await at.world.until(lambda: not at.world.allows_entries, 1.0)
        if HANDS in kind.skills:
            (position,) = at.held()
            at.closes(position)
            await at.world.until(lambda: at.world.allows_entries, 30.0)
            assert at.world.book.positions == {}
        else:
            await at.world.until(lambda: at.world.allows_entries, 30.0)
            at.world.quote(mid=at.world.mid + 200)
            await at.world.until(lambda: not at.world.book.positions)
        await at.world.buys()

    kind.run(story)


@law(
    33,
    "In a storm of 429 or 503 nothing is asked much more often, nothing is entered, and then all goes on.",
    WIRE,
)
@pytest.mark.parametrize("status", [429, 503])
def test_c33_a_storm_is_weathered(kind: Kind, status: int) -> None:
    async def story(at: Place) -> None:
        exchanges = at.world.server.exchanges
        await at.world.buys()
        calm = len(exchanges)
        await at.world.passes(60.0)
        calm = len(exchanges) - calm
        at.befalls("storm", status=status)
        stormy, entered = len(exchanges), at.sent("enter")
        await at.world.passes(30.0)
        assert not at.world.allows_entries
        assert await at.world.ask(BUY) == ""
        await at.world.passes(30.0)
        assert len(exchanges) - stormy <= 1.2 * calm
        assert at.sent("enter") == entered
        at.world.faults.clear()
        await at.world.until(lambda: at.world.allows_entries, 60.0)
        at.world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
        await at.world.until(lambda: not at.world.book.positions)
        await at.world.buys()

    kind.run(story)


NARROW = Share(requests_per_s=20, exits=0.3)
"""A budget that two connections can use up: 14 reads and entries a second, and 6 requests for leaving."""


@law(
    34,
    "When the rate budget is used up, an entry ends unsent, and an order to leave goes out all the same.",
    WIRE,
)
def test_c34_exits_have_a_share_of_the_budget(kind: Kind) -> None:
    async def story(at: Place) -> None:
        loop = at.world.loop
        await at.world.buys()
        await at.world.passes(5.0)
        reads = [loop.create_task(at.world.venue.changes_since(ACCOUNT, 0)) for _ in range(200)]
        await at.world.passes(0.5)
        unread = sum(not each.done() for each in reads)
        assert unread > 100
        begun = loop.time()
        order = await at.world.ask(8)
        at.world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
        await at.world.until(lambda: 0 not in at.world.book.lane_position)
        assert loop.time() - begun < 1.0  # a connection may be opened each second
        assert at.world.state(order) == "rejected"
        assert [each.reason for each in at.world.journal.of(j.Ended)] == ["rate_limit"]
        assert any(not each.done() for each in reads)
        for each in reads:
            each.cancel()
        exchanges = at.world.server.exchanges
        assert sum(each.method == "POST" for each in exchanges) == 1
        reads_at = [each.at for each in exchanges if each.method == "GET"]
        busiest = max(sum(0 <= ts - since < SECOND for ts in reads_at) for since in reads_at)
        assert 12 <= busiest <= 17  # 14 as they leave; on their way some come nearer to each other

    world = type("Narrow", (kind.world,), {"share": NARROW})
    kind._replace(world=world).run(story, kind.bot(), kind.bot(name="other", params={"buy": 8}))


FRIDAY_CLOSE = START + (4 * 24 + 7) * 3_600 * SECOND + 1_800 * SECOND
"""Friday 2026-01-09 22:00 UTC: 17:00 in New York."""


@law(
    35,
    "Over a weekend nothing is opened, and a stop that the gap jumped leaves at the first price after it.",
    ORDERS,
)
def test_c35_a_weekend_ends_with_a_gap(kind: Kind) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        await at.world.passes(25.0)
        at.world.is_quoting = False
        await at.world.passes(15.0)
        assert at.world.clock.now() > FRIDAY_CLOSE
        assert (at.world.allows_entries, await at.world.ask(BUY)) == (False, "")
        assert order in at.world.book.positions
        await at.world.die()
        await at.world.passes_alone(49 * 3_600.0)
        at.world.quote(mid=at.world.mid - 5_000)
        gap = at.world.mid
        await at.world.recover()
        at.world.is_quoting = True
        await at.world.until(lambda: not at.world.book.positions)
        (trade,) = at.world.journal.of(j.TradeBooked)
        assert (trade.reason, trade.exit_value) == ("stop", trade.exit_units * gap)
        assert at.held() == {}
        await at.world.buys()

    kind.run(story, start=FRIDAY_CLOSE - 30 * SECOND)


@law(
    36,
    "An account that is read whole is of one moment: its positions and money are its changes up to its mark.",
    WIRE,
)
def test_c36_an_account_is_of_one_moment(kind: Kind) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        view = await at.world.venue.account(ACCOUNT)
        (position,) = view.positions
        ((units, stop, target),) = at.held().values()
        assert (position.order, position.units, position.stop, position.target) == (
            order,
            units,
            stop,
            target,
        )
        assert (view.account, view.mark) == (ACCOUNT, at.world.book.known_mark(ACCOUNT))
        assert abs(view.balance - at.balance()) < 10_000
        assert view.orders == ()
        assert not at.world.journal.of(j.Alarm)

    kind.run(story)
