"""A world for one seed: loop, network, chance and faults, and how a failure in it is told.

A scenario is `async def scenario(world)`. `played` runs one seed of it; what goes wrong is told with the
seed, the commit, the faults and the one command that runs it again.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from sim.chance import Chance
from sim.faults import Faults, Menu, Phases, Plan, planned
from sim.loop import SimLoop
from sim.net import Network
from sim.network_faults import NETWORK_FAULTS
from sim.running import run
from sim.trace import Trace

ROOT = Path(__file__).parents[2]


@dataclass
class World:
    """What a scenario is given."""

    loop: SimLoop
    chance: Chance
    network: Network
    plan: Plan
    menu: Menu
    seen: Counter[str] = field(default_factory=Counter)
    """What a scenario counts of its own, for the conditions that a set of seeds must have met."""
    things: dict[str, Any] = field(default_factory=dict)
    """What a scenario's own kinds of fault strike, by name."""

    def __post_init__(self) -> None:
        self._faults = Faults(self, self.menu, self.plan)

    @property
    def trace(self) -> Trace:
        """Give what everybody feeds."""
        return self.loop.trace

    def now(self) -> float:
        """Give the virtual seconds since the world began."""
        return self.loop.time()

    async def faults(self, until_s: float = 0.0) -> None:
        """Let the faults of the plan come, and return when the last phase, or `until_s`, is over."""
        self._faults.schedule()
        await asyncio.sleep((until_s or self.plan.phases.end_s) - self.now())

    def kill(self, owner: object) -> None:
        """End a process of the world, as SIGKILL does: between two steps, with all its sockets."""
        self.trace.feed("killed")
        self.loop.kill(owner)
        self.network.kill(owner)

    def count(self) -> Counter[str]:
        """Give how often everything happened: faults, bytes, and what the scenario saw."""
        struck = Counter({f"fault {kind}": times for kind, times in self._faults.struck.items()})
        return struck + self.network.count() + self.seen


Scenario: TypeAlias = Callable[[World], Coroutine[Any, Any, Any]]


@dataclass(frozen=True)
class Played:
    """What came of one seed."""

    result: Any
    digest: str
    plan: Plan
    counts: Counter[str]
    trace: Trace


class SeedFailed(AssertionError):
    """A seed failed; the message says how to run it again."""

    def __init__(self, plan: Plan, told: str) -> None:
        super().__init__(told)
        self.plan = plan


def played(
    scenario: Scenario,
    seed: int,
    *,
    menu: Menu = NETWORK_FAULTS,
    phases: Phases = Phases(),  # noqa: B008  immutable
    only: Iterable[int] | None = None,
    keeps_trace: bool = False,
    **network: Any,
) -> Played:
    """Run one seed. Raises SeedFailed for whatever goes wrong in it. `only` leaves the other faults out."""
    chance = Chance(seed)
    plan = planned(chance, menu, phases)
    if only is not None:
        plan = plan.only(only)
    loop = SimLoop(seed, keeps_trace=keeps_trace)
    worlds: list[World] = []

    async def main(loop: SimLoop) -> Any:
        world = World(loop, chance, Network(loop, chance, **network), plan, menu)
        worlds.append(world)
        return await scenario(world)

    try:
        result = run(main, seed, loop=loop)
    except Exception as error:
        raise SeedFailed(plan, told(scenario, plan, error, loop.time(), only is not None)) from error
    return Played(result, loop.trace.digest(), plan, worlds[0].count(), loop.trace)


def told(scenario: Scenario, plan: Plan, error: Exception, at_s: float, is_part: bool) -> str:
    """Say what failed, in which seed of which commit, and how to run it again."""
    numbers = ",".join(str(fault.number) for fault in plan.faults)
    part = f" --only {numbers or 'none'}" if is_part else ""
    first = str(error).partition("\n")[0]
    name = f"{scenario.__module__}:{scenario.__qualname__}"
    return (
        f"seed {plan.seed} at commit {commit()} failed at {at_s:.6f} s: {type(error).__name__}: {first}\n"
        f"again: uv run python tests/sim/again.py {name} {plan.seed}{part}\n"
        f"  {plan}"
    )


def commit() -> str:
    """Name the commit that is checked out, and whether something was changed since."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head} with changes" if changed else head


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
