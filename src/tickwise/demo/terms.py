"""What a lane's numbers mean to a person: how its prices, pips and money are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.instruments import instrument_of
from tickwise.core.instrument import Instrument, at_tick
from tickwise.core.step import ON_QUOTE
from tickwise.core.types import MILLION, SECOND
from tickwise.market_data.calendars import NewsItem
from tickwise.market_data.tape import Tape
from tickwise.session.session import Session

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Terms(NamedTuple):
    """One lane's bot and instrument, in the tape's ticks; whether it is asked at closed bars; its news."""

    bot: BotConfig
    instrument: Instrument
    is_on_bars: bool = False
    news: tuple[NewsItem, ...] = ()

    @property
    def currency(self) -> str:
        """The currency of the account's money."""
        return self.bot.account.currency

    def price(self, ticks: float) -> str:
        """Write a price in the quote currency."""
        return f"{ticks * float(self.instrument.tick):.{self.instrument.price_decimals}f}"

    def pips(self, ticks: float) -> str:
        """Write a distance in pips, to a tenth."""
        return f"{self._pips(ticks):.1f}"

    def gained(self, ticks: float) -> str:
        """Write a gain in pips, to a tenth, with its sign."""
        return signed(self._pips(ticks), 1)

    def quantity(self, units: int) -> str:
        """Write how much of what, whichever side: 10,000 EUR_USD."""
        return f"{abs(units) * float(self.instrument.unit_step):,.10g} {self.instrument.symbol}"

    def money(self, millionths: float) -> str:
        """Write money of the account, with its currency."""
        return f"{millionths / int(MILLION):,.2f} {self.currency}"

    def _pips(self, ticks: float) -> float:
        return ticks / self.instrument.pip_ticks


def terms_of(
    bots: Sequence[BotConfig], tape: Tape, session: Session, news: tuple[NewsItem, ...] = ()
) -> tuple[Terms, ...]:
    """Give the terms of every lane of a session, in its order."""
    ticks = {each.symbol: each.tick for each in tape.instruments}
    named = {bot.name: bot for bot in bots}
    return tuple(
        Terms(
            named[lane.bot],
            at_tick(instrument_of(named[lane.bot], lane.instrument), ticks[lane.instrument]),
            bool(session.records.lanes["trigger"][k] != ON_QUOTE),
            news,
        )
        for k, lane in enumerate(session.lanes)
    )


def signed(value: float, decimals: int) -> str:
    """Write a number with its sign; nothing is written as 0, without one."""
    text = f"{value:+,.{decimals}f}"
    return text[1:] if float(text.replace(",", "")) == 0 else text


def clock(ts: int) -> str:
    """Write the time of day, UTC, to the second."""
    return f"{_EPOCH + timedelta(seconds=ts // int(SECOND)):%H:%M:%S}"


def day(ts: int) -> str:
    """Write weekday and date, UTC: Thu 2025-11-13."""
    return f"{_EPOCH + timedelta(seconds=ts // int(SECOND)):%a %Y-%m-%d}"


def until(ts: int, now: int) -> str:
    """Write a time to come: the clock, with the weekday before it where it is not today."""
    then, today = (_EPOCH + timedelta(seconds=each // int(SECOND)) for each in (ts, now))
    return f"{then:%H:%M}" if then.date() == today.date() else f"{then:%a %H:%M}"


def lasting(ns: int) -> str:
    """Write a length of time in its two largest parts: 0.8 s, 99 s, 2 min 5 s, 1 h 3 min."""
    seconds = ns // int(SECOND)
    if seconds < 3:
        return f"{ns / int(SECOND):.1f} s"
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s" if seconds % 60 else f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
