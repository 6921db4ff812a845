"""Start the demo in a terminal of its own and time how long it takes until a closed trade is explained there.

    python3 .ci/first_trade.py --seconds-max 180 uv run --no-dev tickwise demo

Prints the seconds and ends the demo. Needs nothing but Python, so it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

ROWS, COLUMNS = 50, 160
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-Z\\-_]|\x1b\][^\x07]*\x07")
TOLD = re.compile(r"closed (at|by|before) .{0,250}?pips", re.DOTALL)
"""What the demo says of a trade that ended: where it was left and what it came to."""

SAID = 4_000
"""Characters of the screen shown when the trade does not come."""


def seconds_until_told(command: list[str], seconds_max: float) -> float | None:
    """Run a command on a terminal; give the seconds until it tells of a trade, or None if it does not."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    begun = time.monotonic()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    seen = ""
    try:
        while time.monotonic() - begun < seconds_max:
            if not select.select([ours], [], [], 0.2)[0]:
                continue
            try:
                seen += os.read(ours, 65_536).decode(errors="replace")
            except OSError:  # the program ended and its terminal with it
                break
            if TOLD.search(ESCAPES.sub("", seen)):
                return time.monotonic() - begun
            seen = seen[-200_000:]
    finally:
        ended(process)
    sys.stderr.write(ESCAPES.sub("", seen)[-SAID:] + "\n")
    return None


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it started: kindly, then not."""
    for kind in (signal.SIGINT, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, kind)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            continue
        return


def main() -> int:
    """Print what was measured; 1 where the trade came too late or not at all."""
    parser = argparse.ArgumentParser(description="Time the demo's first explained trade.")
    parser.add_argument("--seconds-max", type=float, default=180.0)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    wanted = parser.parse_args()
    seconds = seconds_until_told(wanted.command, wanted.seconds_max)
    if seconds is None:
        print(f"the demo ended, or {wanted.seconds_max:.0f} s were over, before a trade was explained")
        return 1
    print(f"from empty caches to the first explained trade on the screen: {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
