"""The params of a strategy: by the names and types of its own `Params`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_type_hints

from tickwise.config.bot import BotConfig
from tickwise.config.setting import kind_of, written
from tickwise.errors import ConfigError
from tickwise.kernels.contract import flat_values
from tickwise.kernels.strategy_file import Strategy, find, load


def strategy_of(bot: BotConfig) -> Strategy:
    """Load a bot's strategy; a relative path is looked for beside the bot's file, then in the working folder.

    Raises StrategyError where there is none or it breaks the contract.
    """
    return load(find(bot.strategy, bot.folder))


def kinds_of(strategy: Strategy) -> dict[str, Any]:
    """Name the params of a strategy with their types."""
    return get_type_hints(strategy.params)


def check_params(strategy: Strategy, given: Mapping[str, Any], where: Mapping[str, str]) -> None:
    """Raise ConfigError for a param of the wrong type; `where` names each one's place."""
    kinds = kinds_of(strategy)
    defaults = getattr(strategy.params, "_field_defaults", {})
    for name, value in given.items():
        if not _fits(value, kinds[name]):
            default = f"; the default is {written(defaults[name])}" if name in defaults else ""
            raise ConfigError(f"{where[name]} = {written(value)}: not {kind_of(kinds[name])}{default}")


def params_tuple(strategy: Strategy, given: Mapping[str, Any]) -> Any:
    """Make the strategy's `Params` of what a config gives; whole numbers become floats where needed."""
    kinds = kinds_of(strategy)
    return strategy.params(
        **{name: float(value) if kinds[name] is float else value for name, value in given.items()}
    )


def numbers_of(strategy: Strategy, given: Mapping[str, Any], pip_ticks: int) -> tuple[list[int], list[float]]:
    """Turn params into the numbers the kernel reads: whole numbers (truths as 0 and 1) and floats, in order.

    Raises ConfigError in the words of a strategy whose `levels` raises ValueError.
    """
    try:
        return flat_values(strategy.levels_of(params_tuple(strategy, given), pip_ticks))
    except ValueError as error:
        raise ConfigError(f"params: {error}") from None


def _fits(value: object, kind: Any) -> bool:
    """Tell whether a value is of a param's type; a whole number may be a float, a truth neither."""
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    if kind is float:
        return isinstance(value, (int, float)) and math.isfinite(value)
    return isinstance(value, kind) if isinstance(kind, type) else True
