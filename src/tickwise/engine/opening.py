"""Opening a session: bots and instruments become a core, and the first entry of the journal says so.

What stands in that entry is enough to make the same core again: a replay and a restart begin here too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np

from tickwise.config.bot import BotConfig
from tickwise.config.files import toml_of
from tickwise.config.instruments import instrument_of
from tickwise.config.load import bot_of
from tickwise.core.layout import LAYOUT_VERSION
from tickwise.core.types import MILLION
from tickwise.engine.names import Names
from tickwise.errors import DataError
from tickwise.journal import entries as j
from tickwise.kernels.generated import code_digest
from tickwise.kernels.strategy_file import find
from tickwise.market_data.chunks import TapeInstrument
from tickwise.market_data.layout import Label
from tickwise.market_data.tape import tape_from
from tickwise.session.assembly import Answering, assembled, strategies_of
from tickwise.session.calendars import KnownNews, news_source
from tickwise.session.live import LiveSession

Environment = Literal["paper", "practice", "live"]

NOTHING_KNOWN: KnownNews = MappingProxyType({})


def config_text(bot: BotConfig) -> j.ConfigText:
    """Write a bot whole, with every setting, as the journal keeps it; paths are made absolute."""
    changed: dict[str, object] = {}
    if Path(bot.strategy).suffix == ".py":
        changed["strategy"] = str(Path(find(bot.strategy, bot.folder)).resolve())
    if bot.calendar.news_file and bot.folder:
        changed["calendar"] = bot.calendar.model_copy(update={"news_file": news_source(bot)})
    text = toml_of(bot.model_copy(update=changed))
    return j.ConfigText(bot.name, hashlib.sha256(text.encode()).hexdigest(), text)


def bot_from(config: j.ConfigText) -> BotConfig:
    """Read a bot back from the journal."""
    import tomllib  # only here: what a person writes is read by `config`

    return bot_of(tomllib.loads(config.text))


def core_of(
    bots: Sequence[BotConfig],
    instruments: Sequence[TapeInstrument],
    since: int,
    until: int,
    answering: Answering,
    known: KnownNews = NOTHING_KNOWN,
) -> LiveSession:
    """Make the core of bots on instruments, with calendars that reach from `since` to `until`.

    Economic calendars are those that are `known`, never what stands in a file: `engine.news` reads those, and
    writes down what it read.
    """
    tape = tape_from(Label("quotes", tuple(instruments), "live", 0, since, until), ())  # type: ignore[arg-type]
    return LiveSession(assembled(bots, tape, answered_by=answering, known=known))


def session_opened(
    live: LiveSession,
    bots: Sequence[BotConfig],
    instruments: Sequence[TapeInstrument],
    *,
    session: str,
    venue: str,
    environment: Environment,
    since: int,
    until: int,
    tape: Path,
    says: Sequence[str] = (),
    news: str = "",
) -> j.SessionOpened:
    """Write the entry that opens a session; `news` is where its economic calendar will be read from."""
    strategies, _ = strategies_of(bots)
    rows = lane_rows(live, bots)
    calendar = live.session.records.calendar
    return j.SessionOpened(
        ts=0,
        event=0,
        session=session,
        version=version("tickwise"),
        venue=venue,
        environment=environment,
        currency=bots[0].account.currency,
        balance=round(bots[0].account.balance * int(MILLION)),
        configs=tuple(config_text(bot) for bot in bots),
        instruments=tuple(_instrument_row(bots, each) for each in instruments),
        lanes=rows,
        code_digest=code_digest(strategies),
        layout=LAYOUT_VERSION,
        calendar_since=since,
        calendar_until=until,
        calendar_digest=hashlib.sha256(np.ascontiguousarray(calendar).tobytes()).hexdigest(),
        tape=str(tape),
        says=tuple(says),
        news=news,
    )


def lane_rows(live: LiveSession, bots: Sequence[BotConfig]) -> tuple[j.LaneRow, ...]:
    """Write the lanes of a session, in their order."""
    strategy_of = {bot.name: Path(bot.strategy).stem for bot in bots}
    return tuple(
        j.LaneRow(each.bot, strategy_of[each.bot], each.instrument, each.account, each.pocket)
        for each in live.session.lanes
    )


def _instrument_row(bots: Sequence[BotConfig], instrument: TapeInstrument) -> j.InstrumentRow:
    owner = next((bot for bot in bots if instrument.symbol in bot.instruments), bots[0])
    terms = instrument_of(owner, instrument.symbol)
    return j.InstrumentRow(instrument.symbol, instrument.tick, terms.unit_step, terms.quote)


def names_of(opened: j.SessionOpened, prefix: str) -> Names:
    """Give the names of a session, from its first entry."""
    accounts = list(dict.fromkeys(lane.account for lane in opened.lanes))
    return Names(opened.session, prefix, opened.lanes, opened.instruments, accounts)


def core_from(opened: j.SessionOpened, known: KnownNews = NOTHING_KNOWN) -> LiveSession:
    """Make the core of a session again, from its first entry and the economic calendars that are known.

    Raises DataError where this Tickwise would not decide as the session did: another layout, other code.
    """
    bots = [bot_from(each) for each in opened.configs]
    strategies, _ = strategies_of(bots)
    if opened.layout != LAYOUT_VERSION or opened.code_digest != code_digest(strategies):
        raise DataError(
            f"session {opened.session} was decided by other code (version {opened.version}): "
            "run the version it was made with, and the strategy files as they were"
        )
    instruments = tuple(TapeInstrument(row.symbol, row.tick) for row in opened.instruments)
    span = opened.calendar_since, opened.calendar_until
    return core_of(bots, instruments, *span, answered_by(opened), known)


def answered_by(opened: j.SessionOpened) -> Answering:
    """Tell who answers a session's orders: the core's own exchange on paper, else the venue."""
    return "exchange" if opened.environment == "paper" else "venue"
