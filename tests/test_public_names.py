"""The names the package promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tickwise

PROMISED = {
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
}


def test_the_public_names_are_exactly_these() -> None:
    assert set(tickwise.__all__) == PROMISED
    assert set(dir(tickwise)) >= PROMISED


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(tickwise, name) is not None


def test_a_name_that_is_not_public_is_told_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'backtests'; it has BotConfig"):
        tickwise.backtests  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = {"numba", "numpy", "duckdb", "pydantic", "typer"}
    script = f"import sys, tickwise\nassert not {heavy} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
