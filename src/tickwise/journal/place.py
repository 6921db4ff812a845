"""Where a journal is kept: a SQLite file by default, or a Postgres database by its URL."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import platformdirs
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from tickwise.errors import JournalError

WAIT_S = 5.0
"""How long a database that somebody else holds is waited for, in seconds."""


class Place(NamedTuple):
    """A SQLite file by its path, or Postgres by its URL."""

    path: Path | None
    url: URL | None = None

    @property
    def says(self) -> str:
        """Name the place in a message; a password is not shown."""
        return str(self.path) if self.url is None else self.url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path:
        """Give the path of a SQLite file."""
        assert self.path is not None, "a Postgres journal has no file"
        return self.path

    @property
    def address(self) -> URL:
        """Give the URL of a Postgres database."""
        assert self.url is not None, "a SQLite journal has no URL"
        return self.url


def place_of(where: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Place:
    """Give the place a path or URL names; without one TICKWISE_DB_URL, TICKWISE_DB or the user's own folder.

    Raises JournalError for anything that is neither a path nor a `postgresql://` or `sqlite:///` URL.
    """
    if where is None:
        url, path = environ.get("TICKWISE_DB_URL"), environ.get("TICKWISE_DB")
        if url and path:
            raise JournalError("TICKWISE_DB_URL and TICKWISE_DB both name a journal: unset one of them")
        where = url or path or platformdirs.user_data_path("tickwise") / "journal.db"
    if isinstance(where, str) and "://" in where:
        return _place_of_url(where)
    return Place(Path(where).expanduser().absolute())


def _place_of_url(text: str) -> Place:
    """Read a URL; the driver is ours to choose."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise JournalError(
            "the URL of the journal cannot be read: write postgresql://user@host/name"
        ) from error
    name = url.get_backend_name()
    if name == "sqlite" and url.database:
        return Place(Path(url.database).expanduser().absolute())
    if name not in ("postgresql", "postgres"):
        raise JournalError(f"{name}: a journal is kept in a SQLite file or by a postgresql:// URL")
    return Place(None, url.set(drivername="postgresql+asyncpg"))
