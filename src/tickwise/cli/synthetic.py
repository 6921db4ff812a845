"""Write a synthetic market as a tape, and its news as a calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tickwise.market_data.synth import news_csv, synthesise, synthetic_news, tape_instruments
from tickwise.market_data.tape import Tape, TapeWriter, open_tape
from tickwise.research.watch import Watch

DAY_NS = 86_400_000_000_000


def write_synthetic(
    target: Path,
    instruments: Sequence[str],
    since_ns: int,
    until_ns: int,
    seed: int,
    *,
    profile: str,
    news: Path | None,
    force: bool,
    watch: Watch,
) -> Tape:
    """Write the quotes of [since, until), nanoseconds UTC, and open them.

    Raises ConfigError for what cannot be meant, DataError where a file is there and `force` is not given.
    """
    items = synthetic_news(since_ns - DAY_NS, until_ns + DAY_NS, seed)
    chunks = synthesise(instruments, since_ns, until_ns, seed, profile=profile, news=items)
    source = f"synthetic market, {profile}, seed {seed}"
    with TapeWriter(target, tape_instruments(instruments, profile), source=source, force=force) as writer:
        for chunk in chunks:
            writer.append(chunk)
            watch.ran(writer.rows, 0)
    if news is not None:
        news.write_text(news_csv(items), encoding="utf-8")
    return open_tape(target)
