"""The key that signs commands: whoever may use it may ask the engine for something."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from hmac import compare_digest, new
from pathlib import Path

import msgspec
import platformdirs

from tickwise.errors import JournalUnwritable
from tickwise.journal.place import Place

SUFFIX = ".key"
BYTES = 32
MODE = 0o600
"""Read and written by its owner alone."""


class CommandKey:
    """A secret that engine, command line and API share, and that nobody who only writes SQL knows."""

    def __init__(self, secret: bytes) -> None:
        """Hold a secret."""
        self._secret = secret

    def sign(self, *said: str | int) -> str:
        """Give the HMAC-SHA256 of values, as hex; which value says what cannot be confused."""
        return new(self._secret, msgspec.json.encode(said), sha256).hexdigest()

    def fits(self, signature: str, *said: str | int) -> bool:
        """Tell whether a signature is of these values, in a time that does not betray how far it fits."""
        return compare_digest(self.sign(*said).encode(), signature.encode())


def key_path(place: Place, environ: Mapping[str, str] = os.environ) -> Path:
    """Give the key file: TICKWISE_KEY_FILE, or beside a SQLite file, or in the user's own folder."""
    named = environ.get("TICKWISE_KEY_FILE")
    if named:
        return Path(named).expanduser().absolute()
    if place.url is None:
        return place.file.with_name(place.file.name + SUFFIX)
    return platformdirs.user_data_path("tickwise") / f"commands{SUFFIX}"


def read_key(path: Path) -> CommandKey:
    """Read the key, and make one where there is none; raises JournalUnwritable where others may read it."""
    try:
        if not path.exists():
            _make(path)
        text = _private_text(path)
        return CommandKey(bytes.fromhex(text))
    except OSError as error:
        raise JournalUnwritable(f"{path}: the key of commands cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise JournalUnwritable(
            f"{path}: holds no key; delete it, and a new one is made: pending commands end unheard"
        ) from error


def _private_text(path: Path) -> str:
    """Read a file that nobody but its owner may read or write."""
    with path.open(encoding="ascii") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if os.name == "posix" and mode & ~MODE:
            raise JournalUnwritable(
                f"{path}: others may read or change the key of commands (mode {mode:04o}): chmod 600 {path}"
            )
        text = file.read().strip()
    if len(text) != 2 * BYTES:
        raise ValueError("a key of another length")
    return text


def _make(path: Path) -> None:
    """Make a key under another name and link it to its own: whoever comes second finds a whole one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new_path = path.with_name(f"{path.name}.{os.getpid()}")
    file = os.open(new_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        os.write(file, os.urandom(BYTES).hex().encode())
        os.fsync(file)
        os.close(file)
        with suppress(FileExistsError):
            os.link(new_path, path)
    finally:
        new_path.unlink()
