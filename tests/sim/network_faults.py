"""What may go wrong between a client and a server, as kinds of fault for a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.chance import between
from sim.faults import Fault, Kind
from sim.link import Direction, Quality

if TYPE_CHECKING:
    from sim.world import World

LINKS = ("rest", "prices", "transactions")
STREAMS = ("prices", "transactions")


def _reset(world: World, fault: Fault) -> None:
    world.network.link(fault.target).reset()


def _lose(*directions: Direction):  # type: ignore[no-untyped-def]
    def lose(world: World, fault: Fault) -> None:
        world.network.link(fault.target).lose(*directions)

    return lose


def _stall(*directions: Direction):  # type: ignore[no-untyped-def]
    def stall(world: World, fault: Fault) -> None:
        world.network.link(fault.target).stall(*directions)

    return stall


def _release(*directions: Direction):  # type: ignore[no-untyped-def]
    def release(world: World, fault: Fault) -> None:
        world.network.link(fault.target).release(*directions)

    return release


def _refuse(world: World, fault: Fault) -> None:
    world.network.link(fault.target).refuses = fault.amount


def _accept(world: World, fault: Fault) -> None:
    world.network.link(fault.target).refuses = 0.0


def _hang(world: World, fault: Fault) -> None:
    world.network.link(fault.target).hangs = fault.amount


def _answer(world: World, fault: Fault) -> None:
    world.network.link(fault.target).hangs = 0.0


def _hide_names(world: World, fault: Fault) -> None:
    world.network.dead_names |= world.network.names.keys()


def _show_names(world: World, fault: Fault) -> None:
    world.network.dead_names.clear()


def _swizzle(world: World, fault: Fault) -> None:
    """Clog links one by one in a drawn order, and restore them in another."""
    draw = world.chance.stream(f"swizzle/{fault.number}")
    names = list(LINKS)
    draw.shuffle(names)
    for name in names:
        link = world.network.link(name)
        clogs_s = between(draw, 0.0, fault.lasts_s / 2)
        world.loop.call_later(clogs_s, link.stall)
        world.loop.call_later(between(draw, fault.lasts_s / 2, fault.lasts_s), link.release)


def _slow(quality: Quality, fault: Fault) -> Quality:
    return replace(quality, latency_s=quality.latency_s + fault.amount / 4, jitter_s=fault.amount / 2)


def _sliced(quality: Quality, fault: Fault) -> Quality:
    return replace(quality, sliced=1.0, piece_max=1 + int(fault.amount))


def _gathered(quality: Quality, fault: Fault) -> Quality:
    return replace(quality, gather_s=fault.amount)


def _resets(quality: Quality, fault: Fault) -> Quality:
    return replace(quality, reset=fault.amount)


def _cuts(quality: Quality, fault: Fault) -> Quality:
    return replace(quality, cut=fault.amount)


def _loses(quality: Quality, fault: Fault) -> Quality:
    return replace(quality, lose=fault.amount)


NETWORK_FAULTS: dict[str, Kind] = {
    "reset": Kind(LINKS, begin=_reset),
    "half open": Kind(LINKS, begin=_lose()),
    "half open up": Kind(LINKS, begin=_lose("up")),
    "half open down": Kind(LINKS, begin=_lose("down")),
    "stall": Kind(LINKS, (0.5, 120.0), begin=_stall(), end=_release()),
    "stall up": Kind(LINKS, (0.5, 120.0), begin=_stall("up"), end=_release("up")),
    "stall down": Kind(LINKS, (0.5, 120.0), begin=_stall("down"), end=_release("down")),
    "refuse": Kind(LINKS, (1.0, 120.0), (0.3, 1.0), begin=_refuse, end=_accept),
    "hang": Kind(LINKS, (1.0, 120.0), (0.3, 1.0), begin=_hang, end=_answer),
    "no names": Kind(("",), (1.0, 600.0), begin=_hide_names, end=_show_names),
    "swizzle": Kind(("",), (2.0, 120.0), begin=_swizzle),
    "slow": Kind(LINKS, (5.0, 300.0), (0.05, 8.0), change=_slow),
    "slices": Kind(LINKS, (5.0, 300.0), (0.0, 50.0), change=_sliced),
    "gathers": Kind(LINKS, (5.0, 300.0), (0.02, 2.0), change=_gathered),
    "resets": Kind(LINKS, (5.0, 120.0), (0.01, 0.3), change=_resets),
    "cuts": Kind(LINKS, (5.0, 120.0), (0.01, 0.3), change=_cuts),
    "loses": Kind(LINKS, (5.0, 120.0), (0.01, 0.2), change=_loses),
}
"""Every kind of fault a network in memory has."""
