"""Laws of positions: what is held is protected, left once, and the venue's word about it stands."""

from __future__ import annotations

import json

import pytest

from conformance.kinds import HANDS, ORDERS, WIRE, Held, Kind, Place
from conformance.laws import law
from engine.order_world import ACCOUNT, ENTRY, SYMBOL
from tickwise.engine.commands import Commander
from tickwise.journal import entries as j
from tickwise.journal.schema import StoredCommand


async def left(at: Place, seconds: float = 30.0) -> j.TradeBooked:
    """Wait until nothing is held; give the trade that came of it."""
    await at.world.until(lambda: not at.world.book.positions, seconds)
    assert at.held() == {}
    trade: j.TradeBooked = at.world.journal.of(j.TradeBooked)[-1]
    return trade


@law(16, "A position that is told to be left is left whole, once, and its money is the account's.", ORDERS)
def test_c16_a_position_is_left_once(kind: Kind) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        at.world.quote(mid=at.world.mid + 50)
        at.world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
        trade = await left(at)
        assert (trade.position, trade.units, trade.reason) == (order, 10_000, "command")
        assert trade.gross == 10_000 * (trade.exit_value // trade.exit_units - trade.entry_price) * 10
        assert at.sent("leave") == 1
        assert int(at.world.engine.live.session.records.accounts[0]["balance"]) == at.balance()

    kind.run(story)


@law(17, "A position that is left in part goes on with the rest, its stop and its target.", ORDERS)
def test_c17_a_position_is_left_in_part(kind: Kind) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        (whole,) = at.held().values()
        at.world.quote(mid=at.world.mid + 60)
        await at.world.until(lambda: at.world.book.positions[order].units == 5_000)
        assert list(at.held().values()) == [Held(5_000, whole.stop, whole.target)]
        at.world.quote(mid=at.world.mid + 200)
        trade = await left(at)
        assert (trade.units, trade.exit_units, trade.reason) == (10_000, 10_000, "target")

    kind.run(story, kind.bot(exits={"partial_trigger_pips": 5.0, "partial_fraction": 0.5}))


@law(
    18,
    "A stop that rests at the venue leaves the position at the first price beyond it, a gap included.",
    ORDERS,
)
@pytest.mark.parametrize("beyond", [210, 900])
def test_c18_a_stop_leaves_at_the_first_price_beyond_it(kind: Kind, beyond: int) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        at.world.quote(mid=at.world.mid - beyond)
        price = at.world.mid
        trade = await left(at)
        assert (trade.position, trade.reason) == (order, "stop")
        assert trade.exit_value == trade.exit_units * price

    kind.run(story)


@law(19, "A target that rests at the venue leaves the position at its own price or a better one.", ORDERS)
def test_c19_a_target_leaves_at_its_price_or_better(kind: Kind) -> None:
    async def story(at: Place) -> None:
        await at.world.sells()
        ((_, _, target),) = at.held().values()
        at.world.quote(mid=at.world.mid - 150)
        trade = await left(at)
        assert trade.reason == "target"
        assert at.world.mid <= trade.exit_value // trade.exit_units <= target

    kind.run(story)


TRAILS = {"trail_start_pips": 3.0, "trail_pips": 5.0, "trail_step_pips": 0.5}


@law(
    20,
    "A stop that follows the price is moved at the venue, never to a worse place, and the target stays.",
    ORDERS,
)
def test_c20_a_stop_follows_and_never_loosens(kind: Kind) -> None:
    async def story(at: Place) -> None:
        await at.world.buys()
        ((_, first, target),) = at.held().values()
        stops = [first]
        for move in (40, 20, -30, 25):
            at.world.quote(mid=at.world.mid + move)
            await at.world.passes(1.5)
            ((units, stop, rests),) = at.held().values()
            assert (units, rests) == (10_000, target)
            stops.append(stop)
        assert stops == [first, 109_990, 110_010, 110_010, 110_010]
        assert [each.stop for each in at.world.book.positions.values()] == [110_010]

    kind.run(story, kind.bot(exits=TRAILS))


@law(21, "A stop that the venue refuses leaves the old one resting, is told, and is set again.", WIRE)
def test_c21_a_refused_stop_leaves_the_old_one(kind: Kind) -> None:
    async def story(at: Place) -> None:
        await at.world.buys()
        ((_, first, _),) = at.held().values()
        at.befalls("stop refused", times=1)
        at.world.quote(mid=at.world.mid + 40)
        await at.world.until(lambda: any(each.refused for each in at.world.journal.of(j.StopSet)))
        assert [each.stop for each in at.held().values()] == [first]
        at.world.quote(mid=at.world.mid + 20)
        await at.world.until(lambda: [each.stop for each in at.held().values()] == [110_010])

    kind.run(story, kind.bot(exits=TRAILS))


@law(22, "What a person closes, whole or in part, is booked as theirs within a moment.", HANDS)
def test_c22_what_a_person_closes_is_booked_as_theirs(kind: Kind) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        (position,) = at.held()
        at.closes(position, 4_000)
        await at.world.passes(0.2)
        assert at.world.book.positions[order].units == 6_000
        at.closes(position)
        trade = await left(at, 0.5)
        assert (trade.reason, at.world.journal.of(j.ExitIntent)) == ("manual", [])

    kind.run(story)


@law(23, "A position that is not ours is counted and shown, and nothing is done to it.", HANDS)
def test_c23_a_foreign_position_is_left_alone(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.opens(700)
        await at.world.passes(0.2)
        (foreign,) = at.world.book.foreign.values()
        assert (foreign.instrument, foreign.units, at.world.book.positions) == (SYMBOL, 700, {})
        assert int(at.world.engine.live.session.records.tallies[0]["open"]) == 1
        at.world.quote(mid=at.world.mid - 3_000)
        at.world.switch("kill")
        await at.world.passes(5.0)
        assert {name: each.units for name, each in at.held().items()} == {foreign.venue_id: 700}
        assert at.world.sent() == []

    kind.run(story)


@law(
    24,
    "A foreign position that is adopted by command is managed by its bot, with the stop that rests there.",
    HANDS,
)
def test_c24_an_adopted_position_is_managed(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.opens(900, stop=109_700)
        await at.world.passes(0.2)
        (foreign,) = at.world.book.foreign
        commander = Commander(at.world.engine, lambda: None)
        done = await commander.run(asks("adopt", position=foreign, bot="asked"))
        assert done == ("SUCCEEDED", f"asked manages 900 units of {SYMBOL} now")
        await at.world.passes(1.0)
        assert at.held() == {foreign: Held(900, 109_700, 0)}
        (position,) = at.world.book.positions.values()
        assert (position.lane, position.units, position.stop) == (0, 900, 109_700)
        at.world.quote(mid=109_500)
        trade = await left(at)
        assert (trade.bot, trade.units, trade.reason) == ("asked", 900, "stop")

    kind.run(story)


def asks(verb: str, **said: str) -> StoredCommand:
    """Write a command as the table holds it."""
    return StoredCommand(
        id="1", key="k", actor="me", verb=verb, arguments=json.dumps(said), created_ts=1, deadline_ts=2,
        signature="", status="RUNNING", claimed_by="", claimed_ts=0, ended_ts=0, result="",
    )  # fmt: skip


@law(25, "A position without a stop at the venue gets one within a second, or is left within a few.", HANDS)
def test_c25_no_position_stays_without_a_stop(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.opens(900)
        await at.world.passes(0.2)
        (foreign,) = at.world.book.foreign
        commander = Commander(at.world.engine, lambda: None)
        await commander.run(asks("adopt", position=foreign, bot="asked"))
        trade = await left(at, 5.0)
        assert trade.reason == "unprotected"

    kind.run(story)


@law(26, "Money that comes or goes is no profit, and the balance is the venue's to the cent.", HANDS)
def test_c26_money_that_moves_is_no_profit(kind: Kind) -> None:
    async def story(at: Place) -> None:
        account = at.world.engine.live.session.records.accounts[0]
        begun = int(account["balance"])
        at.deposits(5_000)
        await at.world.buys()
        at.world.quote(mid=at.world.mid + 200)
        trade = await left(at)
        await at.world.passes(1.0)
        assert int(account["deposits"]) == 5_000_000_000
        assert int(account["balance"]) == begun + 5_000_000_000 + trade.pnl
        assert round(int(account["balance"]) / 10_000) * 10_000 == at.balance()
        assert at.world.engine.names.accounts == [ACCOUNT]

    kind.run(story)


@law(
    37,
    "An order to leave whose reply was lost is asked again until the position is gone, and leaves it once.",
    WIRE,
)
def test_c37_a_lost_exit_leaves_once(kind: Kind) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        at.befalls("exit reply lost", times=2)
        at.befalls("told never")
        at.world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
        trade = await left(at, 20.0)
        assert (trade.position, trade.units, trade.exit_units) == (order, 10_000, 10_000)
        assert len(at.world.journal.of(j.Reduced)) == 1
        assert any(isinstance(each, j.Unknown) for each in at.world.journal.entries)

    kind.run(story)
