"""Commands as a shell runs them, and the small files they are given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
COMPILING = ("compiling the core", "compiled in")
"""How the lines begin that a command says first where the core was not compiled yet."""

BEGIN_TS = 1_549_278_000_000_000_000
"""2019-02-04 11:00 UTC, a Monday."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on the standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line a failed command wrote, without its first word; there must be nothing else."""
        assert self.out == ""
        lines = [line for line in self.err.splitlines() if not line.startswith(COMPILING)]
        assert len(lines) == 1, self.err
        assert lines[0].startswith("error: ")
        return lines[0].removeprefix("error: ")


Run = Callable[..., Ended]


def typed(*arguments: object, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ended:
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "tickwise", *(str(each) for each in arguments)]
    told = {**os.environ, "COLUMNS": "80", **(environ or {})}
    ended = subprocess.run(command, capture_output=True, text=True, env=told, cwd=cwd, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def parquet(path: Path, sql: str) -> Path:
    """Write a Parquet file of what a query gives."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return path
