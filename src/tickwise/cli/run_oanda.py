"""Bots at OANDA: their orders go to the account that the settings name, practice unless live is armed."""

from __future__ import annotations

from tickwise.cli.run_live import run_live
from tickwise.cli.wanted import Wanted
from tickwise.config.engine import EngineConfig
from tickwise.engine import run_oanda as oanda
from tickwise.errors import ConfigError


def run_oanda(wanted: Wanted) -> int:
    """Run until a command or a signal ends it; give the exit code. Raises a TickwiseError."""
    if wanted.engine.venue.name != "oanda":
        raise ConfigError(
            f"--feed oanda sends orders there, and venue.name is {wanted.engine.venue.name}: write "
            'name = "oanda" and account = "..." under [venue] in tickwise.toml, or take --feed paper:oanda'
        )
    return run_live(wanted, oanda.run_oanda, _says(wanted.engine))


def _says(config: EngineConfig) -> str:
    """Say where orders go."""
    money = "REAL MONEY" if config.venue.environment == "live" else "practice money"
    return f"OANDA {config.venue.environment} account {config.venue.account}, {money}"
