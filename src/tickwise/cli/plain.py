"""JSON for scripts: one object, plain values, null for what is not known."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from tickwise.errors import ConfigError

STDOUT = "-"


def plain(value: Any) -> Any:
    """Turn a value into what JSON knows: NaN and infinity are null, named tuples mappings, times text."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def check_target(where: str, force: bool) -> None:
    """Raise ConfigError where a file could not be written later; asked before the work begins."""
    if not where or where == STDOUT:
        return
    if Path(where).exists() and not force:
        raise ConfigError(f"{where}: it is there already: choose another name, or give --force")
    if not Path(where).parent.is_dir():
        raise ConfigError(f"{where}: there is no folder {Path(where).parent}: make it first")


def write_json(value: Any, where: str) -> None:
    """Write one JSON object to a file, or to the standard output for a line."""
    text = json.dumps(plain(value), indent=2, allow_nan=False) + "\n"
    if where == STDOUT:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        Path(where).write_text(text, encoding="utf-8")
