"""What goes wrong in a seed, and when: drawn before the run begins, so that it can be repeated without some.

A seed draws which kinds of fault it has at all and how often each comes (a swarm: what nobody would combine
by hand is combined). Most seeds are mild, one in ten is brutal. Each kind draws from a stream of its own, so
that a new kind leaves the others where they were. Time has three phases: all is well until everything runs;
faults; and all is well again, and what is alive has to show that it recovers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sim.chance import Chance, between, exponential, happens
from sim.link import CLEAN, Quality

if TYPE_CHECKING:
    from sim.world import World

BRUTAL = 0.1
"""The part of all seeds that are brutal."""

PART_OF_KINDS = 0.5
"""The chance of each kind to be in a seed at all."""

MILD_PER_HOUR = (0.5, 6.0)
BRUTAL_PER_HOUR = (10.0, 90.0)


class Phases(NamedTuple):
    """How long each phase lasts, virtual seconds."""

    warm_up_s: float = 300.0
    safety_s: float = 3600.0
    liveness_s: float = 180.0

    @property
    def calm_at_s(self) -> float:
        """When the faults are over."""
        return self.warm_up_s + self.safety_s

    @property
    def end_s(self) -> float:
        """When all is over."""
        return self.calm_at_s + self.liveness_s


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `amount` is how bad it is, in the kind's own unit."""

    number: int
    kind: str
    target: str
    at_s: float
    lasts_s: float
    amount: float

    def __str__(self) -> str:
        return (
            f"{self.number}: {self.kind} {self.target} at {self.at_s:.3f} s for {self.lasts_s:.3f} s"
            f" ({self.amount:.3f})"
        )


Act: TypeAlias = "Callable[[World, Fault], None]"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: where it may strike, how long, how hard, and what it does.

    `change` alters how a link carries bytes while it lasts; `begin` and `end` do anything else. `end` is
    called once for each begin, at the latest when the faults are over.
    """

    targets: tuple[str, ...] = ("",)
    lasts_s: tuple[float, float] = (0.0, 0.0)
    amount: tuple[float, float] = (0.0, 0.0)
    per_hour: float = 1.0
    """How often it comes beside other kinds."""
    begin: Act | None = None
    end: Act | None = None
    change: Callable[[Quality, Fault], Quality] | None = None


Menu: TypeAlias = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes wrong in a seed."""

    seed: int
    phases: Phases
    is_brutal: bool
    faults: tuple[Fault, ...]

    def only(self, numbers: Iterable[int]) -> Plan:
        """Give the plan with these faults alone."""
        wanted = frozenset(numbers)
        return replace(self, faults=tuple(each for each in self.faults if each.number in wanted))

    def __str__(self) -> str:
        lines = [
            f"{'brutal' if self.is_brutal else 'mild'}, {len(self.faults)} faults",
            *map(str, self.faults),
        ]
        return "\n  ".join(lines)


def planned(chance: Chance, menu: Menu, phases: Phases = Phases()) -> Plan:  # noqa: B008  immutable
    """Draw what goes wrong in a seed."""
    is_brutal = happens(chance.stream("faults"), BRUTAL)
    drawn = [each for name in sorted(menu) for each in _drawn(chance, name, menu[name], phases, is_brutal)]
    drawn.sort(key=lambda fault: (fault.at_s, fault.kind, fault.target))
    numbered = (replace(fault, number=number) for number, fault in enumerate(drawn, 1))
    return Plan(chance.seed, phases, is_brutal, tuple(numbered))


def _drawn(chance: Chance, name: str, kind: Kind, phases: Phases, is_brutal: bool) -> list[Fault]:
    """Draw when one kind strikes, and how."""
    draw = chance.stream(f"faults/{name}")
    if not happens(draw, PART_OF_KINDS):
        return []
    low, high = BRUTAL_PER_HOUR if is_brutal else MILD_PER_HOUR
    per_hour = math.exp(between(draw, math.log(low), math.log(high))) * kind.per_hour
    faults: list[Fault] = []
    at_s = phases.warm_up_s + exponential(draw, 3600.0 / per_hour)
    while at_s < phases.calm_at_s:
        target = kind.targets[int(draw.random() * len(kind.targets))]
        lasts_s = _spread(draw.random(), *kind.lasts_s)
        faults.append(Fault(0, name, target, at_s, lasts_s, between(draw, *kind.amount)))
        at_s += exponential(draw, 3600.0 / per_hour)
    return faults


def _spread(at: float, low: float, high: float) -> float:
    """Give a number between two, short ones as likely as long ones are by their order of magnitude."""
    return math.exp(math.log(low) + at * (math.log(high) - math.log(low))) if low > 0 else at * high


class Faults:
    """The faults of a world: begins them, ends them, and counts how often each kind struck."""

    def __init__(self, world: World, menu: Menu, plan: Plan) -> None:
        self.world = world
        self.menu = menu
        self.plan = plan
        self.active: list[Fault] = []
        self.struck: Counter[str] = Counter()

    def schedule(self) -> None:
        """Let every fault of the plan come at its time, and all of them end when the faults are over."""
        for fault in self.plan.faults:
            self.world.loop.call_at(fault.at_s, self.begin, fault)
        self.world.loop.call_at(self.plan.phases.calm_at_s, self.calm)

    def begin(self, fault: Fault) -> None:
        """Let a fault strike."""
        kind = self.menu[fault.kind]
        self.struck[fault.kind] += 1
        self.world.trace.feed("fault", fault.kind, fault.target, fault.number)
        self.active.append(fault)
        if kind.begin is not None:
            kind.begin(self.world, fault)
        self._carry(fault.target)
        self.world.loop.call_later(fault.lasts_s, self.end, fault)

    def end(self, fault: Fault) -> None:
        """Let a fault be over."""
        if fault not in self.active:
            return
        kind = self.menu[fault.kind]
        self.world.trace.feed("over", fault.kind, fault.target, fault.number)
        self.active.remove(fault)
        if kind.end is not None:
            kind.end(self.world, fault)
        self._carry(fault.target)

    def calm(self) -> None:
        """End all faults."""
        for fault in tuple(self.active):
            self.end(fault)
        for link in self.world.network.links.values():
            link.heal()

    def _carry(self, target: str) -> None:
        """Let a link carry bytes as all faults that are active on it say, one upon the other."""
        changing = [each for each in self.active if each.target == target and self.menu[each.kind].change]
        if target not in self.world.network.links:
            return
        quality = CLEAN
        for each in changing:
            change = self.menu[each.kind].change
            assert change is not None, "only those that change something"
            quality = change(quality, each)
        self.world.network.link(target).set_quality(quality)
