"""Short sessions at the local OANDA, in each of which one thing goes another way than it was assumed.

A spread of seven ticks is a wish to buy; five seconds later the position is left. Only the story quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from engine.order_world import BUY, OrderWorld, bot, play
from tickwise.engine.simulated import simulated
from tickwise.journal import entries as j
from tickwise.research.quality.quotes import Quotes

Story = Callable[[OrderWorld], Coroutine[Any, Any, None]]


class Told(NamedTuple):
    """A session, its simulation, and its recording."""

    opened: j.SessionOpened
    entries: list[j.Entry]
    simulated: list[j.Entry]
    quotes: Quotes
    recording: bytes


def at_oanda(story: Story) -> Told:
    """Play a story, leave, and simulate the session."""

    async def whole(world: OrderWorld) -> Told:
        world.is_quoting = False
        await story(world)
        await world.passes(6.0)
        world.quote(BUY + 1)
        await world.passes(0.5)
        await world.until(lambda: not world.book.positions)
        world.engine.recorder.flush()
        entries = world.journal.entries[1:]
        again = simulated(world.opened, entries, world.tape, "tw-")
        return Told(world.opened, entries, again, Quotes(world.tape), world.tape.read_bytes())

    return play(whole, bot(exits={"time_stop_s": 5}))


async def as_assumed(world: OrderWorld) -> None:
    """Buy, and be filled at the quote that was decided on."""
    await world.buys()


async def late(world: OrderWorld) -> None:
    """Be filled a second and a half late, when the mid is three pips higher."""
    world.faults.add("delay_acceptance", method="POST", delay_s=1.5)
    await world.ask(BUY)
    await world.passes(0.5)
    world.quote(BUY, mid=world.mid + 30)
    await world.until(lambda: bool(world.book.positions))


async def slipped(world: OrderWorld) -> None:
    """Be filled half a pip above the last quote that was seen: the one in between never arrives."""
    world.faults.add("delay_acceptance", method="POST", delay_s=0.5)
    await world.ask(BUY)
    world.faults.add("stall_prices")
    world.quote(BUY, mid=world.mid + 5)
    await world.until(lambda: bool(world.book.positions))


async def refused(world: OrderWorld) -> None:
    """Have the order cancelled by the broker."""
    world.faults.add("cancel", method="POST", reason="INSUFFICIENT_LIQUIDITY")
    await world.ask(BUY)
    await world.passes(0.5)
