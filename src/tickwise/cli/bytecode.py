"""Keep the bytecode of what a command imports where it would otherwise be compiled at every start.

With PYTHONDONTWRITEBYTECODE set, as container images often do to keep their layers small, Python compiles the
300,000 lines of Numba, NumPy and DuckDB's modules anew for each command, which doubles the time of a short
one. So their bytecode goes into the folder of the compiled core, beside no source.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def keep_bytecode() -> None:
    """Let this process keep bytecode in Tickwise's cache folder, if it would keep none."""
    if not sys.dont_write_bytecode or sys.pycache_prefix is not None:
        return
    import platformdirs

    root = os.environ.get("TICKWISE_CACHE_DIR") or platformdirs.user_cache_dir("tickwise", False)
    sys.pycache_prefix = str(Path(root).absolute() / "bytecode")
    sys.dont_write_bytecode = False
