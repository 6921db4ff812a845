"""Run one seed of a scenario again: `python tests/sim/again.py MODULE:SCENARIO SEED`.

`--only 3,7` leaves all other faults out, `--shrink` looks for the few that a failure needs, `--twice` runs
the seed twice and says where the two runs part, `--trace FILE` writes down what happened.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sim.shrink import shrink
from sim.trace import first_difference
from sim.world import Played, SeedFailed, played


def main(words: list[str] | None = None) -> int:
    """Do what the command line asks; 0 where the seed is fine."""
    asked = _asked(words)
    module, _, name = asked.scenario.partition(":")
    scenario = getattr(importlib.import_module(module), name)
    said: dict[str, Any] = dict(getattr(scenario, "said", {}))

    def again(only: list[int] | None, keeps_trace: bool = False) -> Played:
        return played(scenario, asked.seed, only=only, keeps_trace=keeps_trace, **said)

    try:
        one = again(asked.only, keeps_trace=bool(asked.trace or asked.twice))
    except SeedFailed as failure:
        _say(f"{failure}\n{''.join(traceback.format_exception(failure.__cause__))}")
        if asked.shrink:
            _shrink(failure, again)
        return 1
    if asked.trace:
        Path(asked.trace).write_text("".join(one.trace.lines or []))
    if asked.twice:
        difference = first_difference(one.trace, again(asked.only, keeps_trace=True).trace)
        _say(f"the two runs part: {difference}" if difference else "the two runs are the same")
        return int(bool(difference))
    _say(f"seed {asked.seed} is fine: {one.result}\ntrace {one.digest}\n{one.plan}")
    return 0


def _shrink(failure: SeedFailed, again: Any) -> None:
    """Say which faults are enough for the same failure."""
    kind = type(failure.__cause__)

    def fails(numbers: list[int]) -> bool:
        try:
            again(numbers)
        except SeedFailed as other:
            return type(other.__cause__) is kind
        return False

    found = shrink([fault.number for fault in failure.plan.faults], fails)
    _say(f"{len(found.left)} faults are enough, after {found.runs} runs: {failure.plan.only(found.left)}")


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", help="a module and a function, as sim.scenarios:unsteady")
    parser.add_argument("seed", type=int)
    parser.add_argument("--only", type=_numbers, help="the numbers of the faults to keep, or none")
    parser.add_argument("--shrink", action="store_true", help="look for the few faults a failure needs")
    parser.add_argument("--twice", action="store_true", help="run it twice and compare")
    parser.add_argument("--trace", help="a file to write what happened into")
    return parser.parse_args(words)


def _numbers(text: str) -> list[int]:
    return [] if text == "none" else [int(part) for part in text.split(",")]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
