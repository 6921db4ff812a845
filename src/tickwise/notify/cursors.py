"""What each target was told, kept beside the journal: after a restart nothing is left out, and little is told
twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
import platformdirs

from tickwise.errors import ConfigError
from tickwise.journal.place import Place
from tickwise.notify.outbox import Cursor

SUFFIX = ".notified"


def cursors_path(place: Place) -> Path:
    """Give the file: beside a SQLite file, or for Postgres in the user's own folder."""
    if place.url is None:
        return place.file.with_name(place.file.name + SUFFIX)
    mark = sha256(place.says.encode()).hexdigest()[:12]
    return platformdirs.user_data_path("tickwise") / f"postgres-{mark}{SUFFIX}"


def read_cursors(path: Path) -> dict[str, Cursor]:
    """Read what each target was told, by its name; nothing where there is no file. Raises ConfigError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Cursor])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except msgspec.MsgspecError:
        raise ConfigError(
            f"{path}: does not say what was told; delete it, and telling begins with what is new"
        ) from None


def keep_cursors(path: Path, cursors: Mapping[str, Cursor]) -> None:
    """Write what each target was told, whole or not at all. Raises OSError."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(msgspec.json.encode(dict(cursors)))
    os.replace(new, path)
