"""Kill -9 of a process that writes a journal, again and again: `python killed.py PLACE KILLS SEED`.

Each time a child goes on writing where the last one was killed, and says through a pipe which entry was
acknowledged as durable. After a kill the journal must hold every acknowledged entry, in order and unchanged,
its chain must verify, and nothing else may be there. Prints one line a kill: acknowledged, found.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import struct
import sys

from oracles.entries_drawn import drawn_entries
from oracles.folding import Folded
from oracles.journals import entries_of
from tickwise.errors import JournalBusy
from tickwise.journal.entries import Entry
from tickwise.journal.maintenance import verified
from tickwise.journal.writer import ThreadedJournal

NUMBER = struct.Struct(">q")


def write(place: str, entries: list[Entry], pipe: int, seed: int) -> None:
    """Be the child: write until killed."""
    dice = random.Random(seed)
    journal = opened(place)

    async def go_on() -> None:
        seq = journal.head.seq
        os.write(pipe, NUMBER.pack(seq))
        while seq < len(entries):
            for _ in range(dice.choice((1, 1, 2, 20))):
                if seq < len(entries):
                    seq = journal.append(entries[seq])
            if dice.random() < 0.8:
                await journal.durable(seq)
                os.write(pipe, NUMBER.pack(seq))

    asyncio.run(go_on())


def opened(place: str) -> ThreadedJournal:
    """Open the journal; a server takes a moment to notice that the last writer is gone."""
    for _ in range(200):
        try:
            return ThreadedJournal(place, owner="a child", ts=1)
        except JournalBusy:
            signal.sigtimedwait([], 0.02)
    raise SystemExit("the journal stays taken")


def killed_once(place: str, entries: list[Entry], seed: int) -> int:
    """Let a child write, kill it, and give the last entry that it knew to be durable."""
    dice = random.Random(seed)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        write(place, entries, writing, seed)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as told:
        said = b""
        wanted = dice.choice((0, 1, 2, 5, 20)) * NUMBER.size
        while len(said) < wanted and (more := told.read(wanted - len(said))):
            said += more
        if dice.random() < 0.5:
            signal.sigtimedwait([], dice.random() * 0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said += told.read()
    numbers = [number for (number,) in NUMBER.iter_unpack(said[: len(said) // NUMBER.size * NUMBER.size])]
    return max(numbers, default=0)


def main(place: str, kills: int, seed: int) -> None:
    """Kill so often, and look after each."""
    entries = drawn_entries(seed, 40 * kills)
    Folded(entries)  # what folds import, children find imported
    opened(place).close()
    for n in range(kills):
        acknowledged = killed_once(place, entries, seed + n)
        opened(place).close()
        found = entries_of(place)
        assert found == entries[: len(found)], "what was found is what was written"
        assert len(found) >= acknowledged, f"{acknowledged} were acknowledged, {len(found)} found"
        assert verified(place).holds
        sys.stdout.write(f"{acknowledged} {len(found)}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
