"""What the commands around the engine and its journal take: which journal, which session, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tickwise.config.engine import EngineConfig

Db = Annotated[
    str, typer.Option("--db", metavar="PATH", help="The journal's file; else what the settings say.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
JsonTo = Annotated[
    str, typer.Option("--json", metavar="FILE", help="Write it as JSON; - is the standard output.")
]
SessionName = Annotated[str, typer.Option("--session", metavar="NAME", help="A session; else the last one.")]


def settings_of(db: str) -> EngineConfig:
    """Read the engine's settings, with another journal where one is named. Raises ConfigError."""
    from tickwise.config.engine_file import load_engine

    return load_engine(overrides={"db": db} if db else {})
