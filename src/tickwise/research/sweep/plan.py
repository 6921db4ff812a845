"""What a sweep is asked to do: a bot, what of it is varied, and how; from a file or from arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tickwise.config.bot import BotConfig
from tickwise.config.document import read_document
from tickwise.config.load import load_bot
from tickwise.errors import ConfigError
from tickwise.research.sweep.ranges import Varied, refuse_unfit, values_of, varied_in, varied_of
from tickwise.research.sweep.sets import Search, Sets, sets_of

KEYS = ("bot", "data", "search", "tries", "seed", "set", "vary")
"""What may stand in a sweep's file."""

Vary = Mapping[str, Any] | Sequence[str]
"""Settings and their values: {"params.threshold_pips": [0.4, 0.6]} or ["params.threshold_pips=0.4,0.6"]."""


@dataclass(frozen=True)
class Plan:
    """One sweep: the bot, its sets, and the tape where the file names one."""

    bot: BotConfig
    sets: Sets
    tape: Path | None = None


def plan_of(
    config: str | Path | BotConfig,
    vary: Vary = (),
    search: Search | None = None,
    tries: int | None = None,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Plan:
    """Read a sweep's file, or a bot's; what is given beside the file counts above it.

    Raises ConfigError or StrategyError, each one clear line.
    """
    said: Mapping[str, Any] = {}
    changes = dict(overrides or {})
    if isinstance(config, BotConfig):
        if changes:
            raise ConfigError("overrides go with a file; a config is changed with config.load.changed")
        bot = config
    else:
        place = Path(config)
        document = read_document(place, "name a bot's file, or a sweep's")
        said = document if "bot" in document else {}
        if said:
            _refuse_unknown(said, str(place))
        file = place.parent / str(said["bot"]) if said else place
        bot = load_bot(file, {**dict(_flat(said.get("set", {}))), **changes})
    varied = varied_in(said.get("vary", {}), str(config)) if said else []
    given = _given(vary)
    keys = [each.key for each in given]
    varied = [each for each in varied if each.key not in keys] + given
    refuse_unfit(bot, varied)
    chosen = search or said.get("search", "grid")
    if chosen not in ("grid", "random"):
        raise ConfigError(f"search = {chosen}: choose grid or random")
    wanted = tries if tries is not None else said.get("tries")
    sets = sets_of(varied, chosen, wanted, seed if seed is not None else said.get("seed", 1))
    tape = Path(config).parent / str(said["data"]) if "data" in said else None  # type: ignore[arg-type]
    return Plan(bot, sets, tape)


def _given(vary: Vary) -> list[Varied]:
    """Read what is varied, however it is given."""
    if not isinstance(vary, Mapping):
        return varied_of([vary] if isinstance(vary, str) else vary)
    return [
        Varied(key, values_of(said, f"vary {key}") if isinstance(said, str) else tuple(said))
        for key, said in vary.items()
    ]


def _refuse_unknown(said: Mapping[str, Any], source: str) -> None:
    """Raise ConfigError for a key that is none of a sweep's file, or a value of the wrong kind."""
    kinds = {"bot": str, "data": str, "search": str, "tries": int, "seed": int, "set": dict, "vary": dict}
    for key, value in said.items():
        if key not in KEYS:
            raise ConfigError(f"{source}: {key} is no key of a sweep; choose from {', '.join(KEYS)}")
        if not isinstance(value, kinds[key]) or isinstance(value, bool):
            what = {str: "text", int: "a whole number", dict: "a table"}[kinds[key]]
            raise ConfigError(f"{source}: {key}: not {what}")


def _flat(table: Mapping[str, Any], under: str = "") -> list[tuple[str, Any]]:
    """Give the leaves of nested tables with their dotted keys."""
    found = []
    for name, value in table.items():
        inner = isinstance(value, Mapping)
        found += _flat(value, f"{under}{name}.") if inner else [(f"{under}{name}", value)]
    return found
