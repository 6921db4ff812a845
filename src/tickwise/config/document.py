"""A TOML document: read from a file or from its bytes, whole or not at all."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from tickwise.errors import ConfigError


def read_document(place: Path, otherwise: str) -> dict[str, Any]:
    """Read a TOML file; `otherwise` says what to do without one.

    Raises ConfigError, one line that names the file.
    """
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{place}: there is no such file; {otherwise}") from None
    except OSError as error:
        why = (error.strerror or "").lower()
        raise ConfigError(f"{place}: cannot be read ({why}): name a TOML file") from None
    return document_of(content, str(place))


def document_of(content: bytes, source: str) -> dict[str, Any]:
    """Read the bytes of a TOML file; `source` begins the message of the ConfigError they may deserve."""
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source}: byte {error.start} is not UTF-8: save the file as UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not TOML: {str(error)[:1].lower()}{str(error)[1:]}") from None
