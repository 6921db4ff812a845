"""Automated scalping: one compiled, deterministic core for backtest, paper and live.

    import tickwise as tw

    result = tw.backtest("bot.toml", "tape.parquet")
    result.stats, result.trades, result.gates, result.explain("2019-02-04T13:30:00")
    tw.report(result, "bot.html")

The names below are the promise; everything else may change. They are imported when they are first used, so
that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tickwise.config.bot import BotConfig
    from tickwise.config.load import load_bot
    from tickwise.errors import ConfigError, DataError, StrategyError, TickwiseError
    from tickwise.market_data.check import check
    from tickwise.market_data.importers import import_file, open_any
    from tickwise.research.backtest import Result, backtest
    from tickwise.research.report.document import report
    from tickwise.research.sweep.run import sweep

    __version__: str

__all__ = [
    "BotConfig",
    "ConfigError",
    "DataError",
    "Result",
    "StrategyError",
    "TickwiseError",
    "__version__",
    "backtest",
    "check",
    "import_file",
    "load_bot",
    "open_any",
    "report",
    "sweep",
]

_HOMES = {
    "BotConfig": "tickwise.config.bot",
    "ConfigError": "tickwise.errors",
    "DataError": "tickwise.errors",
    "Result": "tickwise.research.backtest",
    "StrategyError": "tickwise.errors",
    "TickwiseError": "tickwise.errors",
    "backtest": "tickwise.research.backtest",
    "check": "tickwise.market_data.check",
    "import_file": "tickwise.market_data.importers",
    "load_bot": "tickwise.config.load",
    "open_any": "tickwise.market_data.importers",
    "report": "tickwise.research.report.document",
    "sweep": "tickwise.research.sweep.run",
}
"""The module each public name lives in."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        found: Any = version("tickwise")
    elif name in _HOMES:
        found = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'tickwise' has no attribute {name!r}; it has {', '.join(__all__)}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
