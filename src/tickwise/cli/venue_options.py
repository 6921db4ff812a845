"""What commands that talk to a venue take, and how its refusals end them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from tickwise.errors import ConfigError

Rest = Annotated[
    str, typer.Option("--rest", metavar="URL", help="Another address of the venue, on this machine only.")
]
Stream = Annotated[
    str, typer.Option("--stream", metavar="URL", help="The same for its streams; else that of --rest.")
]


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what a venue refuses into a line: wrong access is a wrong config, all else a failure (code 1)."""
    from tickwise.venues.venue import VenueError, WrongAccess

    try:
        yield
    except WrongAccess as error:
        raise ConfigError(
            f"the venue refuses: {str(error).rstrip('.')}; token, account, environment and instruments go "
            "together: see `tickwise doctor --live`"
        ) from None
    except VenueError as error:
        raise typer.TyperException(f"the venue cannot be read: {error}") from None
