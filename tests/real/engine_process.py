"""A real engine as a process of its own, that kills itself at a named point: `python engine_process.py`.

The engine is the one that `tickwise run` runs. The points lie in doubles around its parts, put in here; the
program itself knows nothing of them. Prints `live` once every stream lives and the account was read.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine.test_run_venue import config_in
from oracles.bots import quiet
from tickwise.config.reload import Change, Configs
from tickwise.engine import commands, engine, reconcile, run_venue
from tickwise.engine.run_oanda import Asked, run_oanda
from tickwise.journal import entries as j
from tickwise.venues.oanda.venue import OandaVenue


def die() -> NoReturn:
    """End as a process ends that is killed: nothing more runs."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


BOT = quiet(
    "fast_scalp",
    name="quick",
    params={"threshold_pips": 0.2, "range_floor_pips": 0.4},
    exits={"target_pips": 3.0, "stop_pips": 6.0, "soft_stop_pips": 0.0, "time_stop_s": 1},
    gates={"breaker_failures": 0},
    account={"kill_failures": 0},
    market={"grid_ms": 1000},
)
"""In and out about once a second, so that every point is met soon; failures switch nothing off."""

ORDERS = {"lateness_s": 0.5, "quiet_s": 0.2}
"""The local broker acts at once or never: what it has not told after a moment it never got."""


class Countdown:
    """Dies the n-th time it is reached."""

    def __init__(self, times: int) -> None:
        self.left = times

    def reached(self) -> None:
        self.left -= 1
        if self.left <= 0:
            die()


def before_send(count: Countdown) -> None:
    send = OandaVenue.send

    async def dying(self: Any, request: Any) -> Any:
        if request.verb == "enter":
            count.reached()
        return await send(self, request)

    OandaVenue.send = dying  # type: ignore[method-assign]


def after_send(count: Countdown) -> None:
    send = OandaVenue.send

    async def dying(self: Any, request: Any) -> Any:
        if request.verb != "enter" or count.left > 1:
            count.left -= request.verb == "enter"
            return await send(self, request)
        sending = asyncio.get_running_loop().create_task(send(self, request))
        await asyncio.sleep(0.002)
        die()
        return await sending

    OandaVenue.send = dying  # type: ignore[method-assign]


def after_reply(count: Countdown) -> None:
    send = OandaVenue.send

    async def dying(self: Any, request: Any) -> Any:
        answer = await send(self, request)
        if request.verb == "enter":
            count.reached()
        return answer

    OandaVenue.send = dying  # type: ignore[method-assign]


def after_fill(count: Countdown) -> None:
    take = engine.Engine.take

    def dying(self: Any, entry: j.Entry) -> int:
        seq = take(self, entry)
        if isinstance(entry, j.Filled):
            count.reached()
        return seq

    engine.Engine.take = dying  # type: ignore[method-assign]


def in_reconciliation(count: Countdown) -> None:
    sweep = reconcile.Reconciler.sweep

    async def dying(self: Any) -> int:
        found = await sweep(self)
        count.reached()
        return found

    reconcile.Reconciler.sweep = dying  # type: ignore[method-assign]


def in_reload(count: Countdown) -> None:
    swap = engine.Engine._swap

    def dying(self: Any, entry: Any) -> None:
        swap(self, entry)
        count.reached()

    engine.Engine._swap = dying  # type: ignore[method-assign]


def in_command(count: Countdown) -> None:
    run = commands.Commander.run

    async def dying(self: Any, command: Any) -> Any:
        count.reached()
        return await run(self, command)

    commands.Commander.run = dying  # type: ignore[method-assign]


def in_flatten(count: Countdown) -> None:
    wait = commands.Commander._until_flat

    async def dying(self: Any, concerned: Any) -> Any:
        count.reached()
        return await wait(self, concerned)

    commands.Commander._until_flat = dying  # type: ignore[method-assign]


POINTS = {
    "before_send": before_send,
    "after_send": after_send,
    "after_reply": after_reply,
    "after_fill": after_fill,
    "in_reconciliation": in_reconciliation,
    "in_reload": in_reload,
    "in_command": in_command,
    "in_flatten": in_flatten,
}
"""Where a process may die, by name."""


async def reload_again_and_again(running: run_venue.Running) -> None:
    """Change something in the configs that decides nothing, again and again."""
    at = 0
    while True:
        await asyncio.sleep(0.3)
        at += 1
        bot = BOT.model_copy(update={"owner": f"{os.getpid()}-{at}"})
        change = Change(Configs({bot.name: bot}, CONFIG, {}), added=("owner",))
        running._reloader.take(change, "a test", "tester")


async def say_when_live(running: run_venue.Running) -> None:
    """Say so once entries are possible."""
    while any(running.engine.book.dead.values()) or not running.engine.book.dead:
        await asyncio.sleep(0.01)
    sys.stdout.write("live\n")
    sys.stdout.flush()


def begun(running: run_venue.Running) -> None:
    nursery = running.session.nursery
    nursery.start("say", say_when_live(running))
    if POINT == "in_reload":
        nursery.start("reload", reload_again_and_again(running))


if __name__ == "__main__":
    folder, base, POINT, times = sys.argv[1:]
    if POINT in POINTS:
        POINTS[POINT](Countdown(int(times)))
    CONFIG = config_in(Path(folder), orders=ORDERS)
    configs = Configs({"quick.toml": BOT}, CONFIG, {})
    run_oanda(Asked(configs, {"TICKWISE_TOKEN": "local-token"}, rest=base, stream=base), begun)
