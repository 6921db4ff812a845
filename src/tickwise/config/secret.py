"""Secrets: where they may stand, and how they are kept out of everything else.

A venue's token comes from the variable TICKWISE_TOKEN, or from a file that only its owner can read. In a
file of settings, or on a command line that every process of the machine can read, it is refused.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from tickwise.config.engine import EngineConfig
from tickwise.config.setting import escaped
from tickwise.errors import ConfigError

TOKEN_VARIABLE = "TICKWISE_TOKEN"

TOKEN_BYTES_MAX = 4096

NAMES = re.compile(r"(?i)(^|[._-])(token|secret|password|passwd|passphrase|credentials?|bearer|api_?key)$")
"""Keys that say that a secret stands beside them."""

VALUES = re.compile(
    r"\b[0-9a-fA-F]{32}-[0-9a-fA-F]{32}\b"  # a personal access token of OANDA
    r"|://[^/@\s:]*:[^/@\s]+@"  # a password in an address
)
"""Texts that are secrets by their form."""

ADVICE = (
    f"put it into the variable {TOKEN_VARIABLE}, or into a file of mode 0600 that venue.token_file names; "
    "a database's password into TICKWISE_DB_URL"
)


def refuse_secrets(source: str, document: Mapping[str, Any]) -> None:
    """Raise ConfigError for a secret in settings; the message names its key and never shows it."""
    for key, text in _texts(document, ""):
        if text and (NAMES.search(key) or VALUES.search(text)):
            raise ConfigError(f"{source}: {escaped(key)}: a secret does not belong here; {ADVICE}")


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Give every text of a document with its dotted key."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, f"{key}.{name}".removeprefix("."))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each, key)
    elif isinstance(value, str):
        yield key, value


def token_of(config: EngineConfig, environ: Mapping[str, str], folder: Path | None = None) -> SecretStr:
    """Give the venue's token, empty where nobody gave one; a relative file is looked for in `folder`.

    Raises ConfigError where variable and file both give one, where others can read the file, and where what
    is given is no token: more than one line, or characters that no header carries.
    """
    said, file = environ.get(TOKEN_VARIABLE, ""), config.venue.token_file
    if said and file:
        raise ConfigError(
            f"{TOKEN_VARIABLE} and venue.token_file = {escaped(file)} both give a token: leave one"
        )
    if said:
        return _token(said, TOKEN_VARIABLE)
    if not file:
        return SecretStr("")
    kept = kept_in((folder or Path()) / file, "venue.token_file", "token", TOKEN_BYTES_MAX)
    return _token(kept.decode("latin-1"), file)


def kept_in(path: Path, key: str, what: str, bytes_max: int) -> bytes:
    """Read a file that only its owner may read. Raises ConfigError naming it and the key that named it."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read(bytes_max + 1)
    except OSError as error:
        raise ConfigError(
            f"{key}: {path} cannot be read ({(error.strerror or '').lower()}): "
            f"write the {what} into it, and `chmod 600` it"
        ) from None
    if os.name == "posix":
        _check_owner(path, status, key, what)
    if len(content) > bytes_max:
        raise ConfigError(f"{key}: {path} holds no {what}: longer than {bytes_max} bytes")
    return content


def _check_owner(path: Path, status: os.stat_result, key: str, what: str) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise ConfigError(
            f"{key}: others can use {path} (mode {mode:04o}): `chmod 600 {path}`, "
            f"and renew the {what} if others could read it"
        )
    if status.st_uid not in (0, os.getuid()):
        raise ConfigError(f"{key}: {path} belongs to another user: `chown` it to the one that runs this")


def _token(text: str, source: str) -> SecretStr:
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"{escaped(source)}: not a token: one line of letters, digits and signs is needed")
    return SecretStr(token)


def secrets_in(config: EngineConfig, token: SecretStr) -> tuple[str, ...]:
    """Give every secret a process knows, for what must never tell them: logs, journal, reports."""
    url = config.db_url.get_secret_value()
    password = urlsplit(url).password or "" if url else ""
    found = (token.get_secret_value(), password, unquote(password))
    return tuple(dict.fromkeys(each for each in found if each))
