"""Claims about what each command does to an engine that holds positions at a venue."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from engine.order_world import ACCOUNT, BUY, OrderWorld, bot, play
from engine.test_hands_at_the_broker import adopted
from tickwise.engine.answers import ENTRY
from tickwise.engine.commands import VERBS, Commander, Ended
from tickwise.journal import entries as j
from tickwise.journal.schema import StoredCommand

TWO = (bot("one"), bot("other"))
PAIRS = bot("pairs", instruments=["EUR_USD", "GBP_USD"])


class Person:
    """Asks an engine for what a person may ask."""

    def __init__(self, world: OrderWorld, refuses: str = "") -> None:
        self.ended: list[str] = []
        self.commander = Commander(
            world.engine, lambda: self.ended.append("ended"), may_add_risk=lambda: refuses
        )

    async def asks(self, verb: str, **said: Any) -> Ended:
        """Ask, and wait for its end."""
        return await self.commander.run(command(verb, json.dumps(said)))


def command(verb: str, arguments: str) -> StoredCommand:
    return StoredCommand(
        id="1", key="k", actor="me", verb=verb, arguments=arguments, created_ts=1, deadline_ts=2,
        signature="", status="RUNNING", claimed_by="", claimed_ts=0, ended_ts=0, result="",
    )  # fmt: skip


async def rests(world: OrderWorld) -> None:
    """Wait until a resume is no longer taken to have crossed what switched off."""
    await world.passes(1.5)


def test_a_paused_bot_opens_nothing_and_the_other_goes_on() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        assert await person.asks("pause", bot="one", reason="news") == ("SUCCEEDED", "pause of bot one: news")
        await world.ask(BUY)
        assert [world.engine.names.lanes[each.lane].bot for each in world.intents] == ["other"]
        await rests(world)
        assert await person.asks("resume", bot="one") == ("SUCCEEDED", "entries are allowed again")
        await world.ask(BUY)
        assert [world.engine.names.lanes[each.lane].bot for each in world.intents] == ["other", "one"]

    play(story, *TWO)


def test_a_paused_account_opens_nothing_and_a_bot_that_is_paused_besides_stays_so() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        assert (await person.asks("pause", account=ACCOUNT)).status == "SUCCEEDED"
        assert (await person.asks("pause", bot="one")).status == "SUCCEEDED"
        assert await world.ask(BUY) == ""
        await rests(world)
        assert (await person.asks("resume", account=ACCOUNT)).status == "SUCCEEDED"
        await world.ask(BUY)
        assert [world.engine.names.lanes[each.lane].bot for each in world.intents] == ["other"]

    play(story, *TWO)


def test_a_paused_instrument_opens_nothing_and_the_other_goes_on() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        assert (await person.asks("pause", instrument="EUR_USD")).status == "SUCCEEDED"
        assert await world.ask(BUY, symbol="EUR_USD") == ""
        assert await world.ask(BUY, symbol="GBP_USD") != ""
        await rests(world)
        assert (await person.asks("resume", instrument="EUR_USD")).status == "SUCCEEDED"
        assert await world.ask(BUY, symbol="EUR_USD") != ""

    play(story, PAIRS)


def test_closing_leaves_what_is_named_and_nothing_else() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        euro = await world.buys(symbol="EUR_USD")
        pound = await world.buys(symbol="GBP_USD")
        assert await person.asks("close", instrument="EUR_USD") == ("SUCCEEDED", "1 position left, flat")
        assert list(world.book.positions) == [pound]
        assert await person.asks("close", position=euro) == ("SKIPPED", f"no open position {euro!r}")
        assert await person.asks("close", position=pound) == ("SUCCEEDED", "1 position left, flat")
        assert world.trades() == {}
        assert [each.reason for each in world.journal.of(j.TradeBooked)] == ["command", "command"]

    play(story, PAIRS)


def test_closing_names_a_position_that_no_lane_holds_and_leaves_the_lanes_own_alone() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_acceptance", method="POST", delay_s=140.0)
        late = await world.ask(BUY)
        await world.until(lambda: world.state(late) == "never_received", 140.0)
        held = await world.buys()
        world.faults.add("refuse", path="/close", status=503, times=1)  # it is left at once; not this time
        await world.until(lambda: late in world.book.strays)
        assert await Person(world).asks("close", position=late) == ("SUCCEEDED", "1 position left, flat")
        assert list(world.book.positions) == [held]
        assert [each.position for each in world.journal.of(j.Ordered)][-1] == late

    play(story)


@pytest.mark.parametrize(
    ("verb", "reason"), [("close", "command"), ("kill", "flatten"), ("flatten", "flatten")]
)
def test_nothing_is_flat_while_an_entry_is_on_its_way(verb: str, reason: str) -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_acceptance", delay_s=3.0, method="POST")
        order = await world.ask(BUY)
        assert world.state(order) == "sent"
        assert await Person(world).asks(verb) == ("SUCCEEDED", "1 position left, flat")
        assert world.trades() == {}
        assert [(each.position, each.reason) for each in world.journal.of(j.TradeBooked)] == [(order, reason)]

    play(story)


@pytest.mark.parametrize("verb", ["close", "kill", "flatten"])
def test_nothing_is_flat_while_nobody_knows_what_became_of_an_entry(verb: str) -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_request", method="POST", path="/orders")
        order = await world.ask(BUY)
        person = Person(world)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(person.asks(verb), 20.0)
        assert world.state(order) == "unknown"
        says = (
            "not done in time: 0 positions are open, and are still being left, 1 order has no known end yet"
        )
        assert person.commander.not_done_in_time() == ("FAILED", says)
        assert await person.asks(verb) == ("SUCCEEDED", "0 positions left, flat")
        assert world.state(order) == "never_received"

    play(story)


def test_a_kill_leaves_everything_at_the_broker_and_lasts_until_a_reason_is_given() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        await world.buys(symbol="EUR_USD")
        await world.buys(symbol="GBP_USD")
        assert await person.asks("kill", reason="strange") == ("SUCCEEDED", "2 positions left, flat")
        assert world.trades() == {}
        assert await world.ask(BUY) == ""
        await rests(world)
        refused = await person.asks("resume")
        assert refused == ("FAILED", "a halt, a kill and a lost day end with a reason only: --reason TEXT")
        assert await world.ask(BUY) == ""
        assert (await person.asks("resume", reason="looked at it")).status == "SUCCEEDED"
        assert await world.ask(BUY) != ""

    play(story, PAIRS)


def test_a_halt_of_one_scope_stands_when_another_is_lifted() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        await person.asks("halt", reason="everything")
        await person.asks("halt", account=ACCOUNT, reason="this account")
        await rests(world)
        assert (await person.asks("resume", account=ACCOUNT, reason="looked at it")).status == "SUCCEEDED"
        assert await world.ask(BUY) == ""
        assert (await person.asks("resume", reason="looked at all")).status == "SUCCEEDED"
        assert await world.ask(BUY) != ""

    play(story)


def test_a_kill_of_an_account_stands_when_a_flatten_of_everything_is_lifted() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        await person.asks("kill", account=ACCOUNT, reason="this account")
        await person.asks("flatten", reason="everything")
        await rests(world)
        assert (await person.asks("resume", reason="looked at all")).status == "SUCCEEDED"
        assert await world.ask(BUY) == ""
        assert (await person.asks("resume", account=ACCOUNT, reason="and at it")).status == "SUCCEEDED"
        assert await world.ask(BUY) != ""

    play(story)


def test_nothing_is_adopted_into_a_lane_that_waits_for_an_order() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_acceptance", method="POST", delay_s=20.0)
        await world.ask(BUY)
        world.server.hands.opens(world.account, "EUR_USD", "3000")
        await world.until(lambda: bool(world.book.foreign))
        (theirs,) = world.book.foreign
        refused = await Person(world).asks("adopt", position=theirs, bot="asked")
        assert refused == ("SKIPPED", "asked holds a position or waits for an order on EUR_USD")
        await world.until(lambda: bool(world.book.positions))

    play(story)


def test_a_position_adopted_where_an_order_is_waited_for_is_left_by_a_kill() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_acceptance", method="POST", delay_s=20.0)
        await world.ask(BUY)
        world.server.hands.opens(world.account, "EUR_USD", "3000")
        await world.until(lambda: bool(world.book.foreign))
        (foreign,) = world.book.foreign.values()
        world.take(adopted(foreign))
        await world.until(lambda: len(world.trades()) == 2 or not world.book.open_orders())
        await Person(world).asks("kill", reason="strange")
        await world.until(lambda: not world.trades(), 60.0)

    play(story)


def test_a_lost_day_ends_with_a_reason_only_whatever_else_is_lifted_with_it() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        account = world.engine.live.session.records.accounts[0]
        balance = int(account["balance"])
        lost = j.BalanceSeen(
            **ENTRY, account=ACCOUNT, balance=balance, flow=0, why="opening", day_start=balance, day_lost=True
        )
        world.take(lost)
        for pauses in (False, True):
            if pauses:
                await person.asks("pause", reason="lunch")
                await rests(world)
            refused = await person.asks("resume")
            assert refused == (
                "FAILED",
                "a halt, a kill and a lost day end with a reason only: --reason TEXT",
            )
            assert (int(account["day_lost"]), len(world.book.switches)) == (1, int(pauses))
        assert (await person.asks("resume", reason="looked at it")).status == "SUCCEEDED"
        assert int(account["day_lost"]) == 0
        assert await person.asks("resume", account=ACCOUNT) == (
            "SKIPPED",
            f"nothing is switched off for account {ACCOUNT}",
        )

    play(story, bot(gates={"day_loss_fraction_max": 0.03}), whole=False)


def test_a_kill_wins_over_a_resume_that_comes_at_the_same_moment() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        await person.asks("kill", reason="strange")
        crossed = await person.asks("resume", reason="all is well")
        assert crossed.status == "SKIPPED"
        assert await world.ask(BUY) == ""

    play(story)


def test_what_may_add_no_risk_is_not_resumed_and_is_closed_all_the_same() -> None:
    async def story(world: OrderWorld) -> None:
        await world.buys()
        person = Person(world, refuses="the arming has ended")
        await person.asks("pause")
        await rests(world)
        assert await person.asks("resume") == ("SKIPPED", "the arming has ended")
        assert await person.asks("close") == ("SUCCEEDED", "1 position left, flat")
        assert (await person.asks("kill")).status == "SUCCEEDED"

    play(story)


def test_a_close_that_the_broker_refuses_for_a_while_goes_on_until_flat() -> None:
    async def story(world: OrderWorld) -> None:
        await world.buys()
        person = Person(world)
        world.faults.add("refuse", path="/close", status=503, times=3)
        assert await person.asks("close") == ("SUCCEEDED", "1 position left, flat")
        assert world.trades() == {}

    play(story)


def test_a_weight_from_outside_makes_orders_smaller_and_nothing_opens_at_0() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        said = await person.asks("weigh", bot="asked", weight=0.5, source="evening model")
        assert said == ("SUCCEEDED", "asked opens with 0.5 of its size from now on")
        order = await world.buys()
        assert world.book.positions[order].units == 5_000
        await person.asks("close")
        assert (await person.asks("weigh", bot="asked", weight=0)).status == "SUCCEEDED"
        assert await world.ask(BUY) == ""
        facts = world.journal.of(j.Fact)
        assert [(each.bot, each.value, each.source) for each in facts] == [
            ("asked", 0.5, "evening model"),
            ("asked", 0.0, "me"),
        ]

    play(story)


def test_a_weight_never_makes_an_order_larger() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        for weight in (1.5, -0.1, "half", True, None):
            refused = await person.asks("weigh", bot="asked", weight=weight)
            says = f"a weight is a number from 0 to 1, not {weight!r}; at 0 nothing is opened"
            assert refused == ("FAILED", says)
        assert world.journal.of(j.Fact) == []

    play(story)


def test_what_cannot_be_meant_is_the_commands_result() -> None:
    async def story(world: OrderWorld) -> None:
        person = Person(world)
        there = "there is asked"
        assert await person.asks("pause", bot="nobody") == (
            "FAILED",
            f"no bot 'nobody' in this session; {there}",
        )
        two = await person.asks("pause", bot="asked", instrument="EUR_USD")
        assert two == ("FAILED", "name one of account, instrument, bot, or none for all")
        assert await person.asks("fly") == ("FAILED", f"no command 'fly'; there is {', '.join(VERBS)}")
        listed = await person.commander.run(command("pause", "[1]"))
        assert listed == ("FAILED", "arguments must be a JSON object")
        assert (await person.commander.run(command("pause", "{"))).status == "FAILED"
        assert await person.asks("resume") == ("SKIPPED", "nothing is switched off for house")
        assert await person.asks("reload") == ("SKIPPED", "this session's configs do not change")
        assert world.journal.of(j.Switched) == []

    play(story)


def test_an_end_in_order_leaves_positions_that_have_their_stop_at_the_broker() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        person = Person(world)
        assert await person.asks("stop") == ("SUCCEEDED", "stopped; 1 position stays open")
        assert person.ended == ["ended"]
        assert list(world.book.positions) == [order]
        await asyncio.sleep(0)

    play(story)


def test_an_end_in_order_lifts_its_own_pause_and_never_a_persons() -> None:
    async def story(world: OrderWorld) -> dict[tuple[str, str, str], str]:
        if pauses:
            await Person(world).asks("pause", reason="until I am back")
        assert await Person(world).asks("stop") == ("SUCCEEDED", "stopped; 0 positions stay open")
        return dict(world.book.switches)

    pauses = False
    assert play(story) == {}
    pauses = True
    assert play(story) == {("pause", "house", ""): "until I am back"}
