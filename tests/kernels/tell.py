"""Write each mistake into a folder and print, as JSON, what its author is told: a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mistakes import BESIDE, COMPILED, WHOLE

from tickwise.errors import StrategyError
from tickwise.kernels.complaint import check
from tickwise.kernels.strategy_file import load


def told(path: Path) -> str:
    try:
        check(load(path))
    except StrategyError as error:
        return str(error).replace(f"{path.parent}/", "")
    return ""


if __name__ == "__main__":
    path = Path(sys.argv[1]) / "mine.py"
    every = {}
    for name, mistake in COMPILED.items():
        path.write_text((WHOLE + BESIDE).replace(mistake.was, mistake.now, 1), encoding="utf-8")
        every[name] = told(path)
    sys.stdout.write(json.dumps(every))
