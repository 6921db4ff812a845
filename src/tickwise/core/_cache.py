"""Name the compiler's cache by the text of the core.

Numba keys its cache by the file a function stands in and does not see edits in the files that function calls
(numba pull request 8359). So the folder is named by a digest of every source file of the core and of the
versions of Numba, llvmlite, NumPy and Python: another text is another folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
from pathlib import Path

import llvmlite  # type: ignore[import-untyped]
import numba
import numpy as np
import platformdirs

KEPT_FOLDERS = 20
"""How many cache folders stay on disk; each is a few megabytes."""


def source_digest(folder: Path) -> str:
    """Digest every Python source under `folder` and the versions that make machine code of it, as hex."""
    total = hashlib.sha256()
    for version in (numba.__version__, llvmlite.__version__, np.__version__, platform.python_version()):
        total.update(version.encode() + b"\0")
    for path in sorted(folder.rglob("*.py")):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def cache_root() -> Path:
    """Give a writable folder for compiled code: `TICKWISE_CACHE_DIR`, the user's cache or a temporary one."""
    wanted = os.environ.get("TICKWISE_CACHE_DIR") or platformdirs.user_cache_dir("tickwise", False)
    root = Path(wanted) / "compiled"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return root
    except OSError:
        fallback = (
            Path(tempfile.gettempdir()) / f"tickwise-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
        )
        fallback.mkdir(mode=0o700, exist_ok=True)
        return fallback


def drop_old_folders(root: Path, keep: int = KEPT_FOLDERS) -> None:
    """Delete all but the newest `keep` folders; a folder another process holds is left for the next time."""
    folders = sorted((p for p in root.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime, reverse=True)
    for folder in folders[keep:]:
        shutil.rmtree(folder, ignore_errors=True)


CORE_DIGEST = source_digest(Path(__file__).parent)
"""Digest of the core's sources and of the compiler's versions, hex."""

CACHE_DIR = cache_root() / CORE_DIGEST[:16]
"""Where machine code of this very text of the core lives."""

if not CACHE_DIR.is_dir():
    drop_old_folders(CACHE_DIR.parent)
    CACHE_DIR.mkdir(parents=True, exist_ok=True)
numba.config.CACHE_DIR = str(CACHE_DIR)  # type: ignore[attr-defined]
