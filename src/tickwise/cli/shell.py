"""Run a command and turn how it ended into an exit code and at most one line on the standard error.

0: fine. 1: the work failed. 2: wrong usage or config. 130: interrupted, as a shell counts it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from tickwise.cli.app import app
from tickwise.errors import TickwiseError

FAILED, WRONG, INTERRUPTED = 1, 2, 130


def run(arguments: Sequence[str]) -> int:
    """Run one command line; give its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a path may hold what the terminal cannot show
    try:
        code = app(args=list(arguments), prog_name="tickwise", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _said(error.format_message() + _see(error), error.exit_code)
    except typer.Abort:
        return _said("stopped; nothing was changed", FAILED)
    except TickwiseError as error:
        return _said(str(error), WRONG)
    except BrokenPipeError:  # whoever read our output has enough
        return FAILED
    except SystemExit as error:  # the screen met a broken pipe
        return FAILED if error.code is None else int(error.code)
    except OSError as error:
        return _said(f"{error.filename or 'a file'}: {error.strerror or error}", FAILED)
    if code == INTERRUPTED:
        sys.stderr.write("interrupted; no file was left half written\n")
        return INTERRUPTED
    return int(code or 0)


def _see(error: typer.TyperException) -> str:
    """Point to the help of the command that was not understood."""
    context = getattr(error, "ctx", None)
    return f" See `{context.command_path} --help`." if context and error.format_message() else ""


def _said(message: str, code: int) -> int:
    """Write one line on the standard error; give the exit code."""
    if message:
        sys.stderr.write(f"error: {' '.join(message.splitlines())}\n")
    return code
