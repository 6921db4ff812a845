"""The settings of the calendars: the hours in which a bot opens no position."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from tickwise.config.setting import Section, Texts, count, setting

Session: TypeAlias = Literal["sydney", "asia", "london", "new_york", "new_york_late", "london_new_york"]
Sessions: TypeAlias = Annotated[tuple[Session, ...], Field(strict=False)]
Impact: TypeAlias = Literal["high", "medium", "low", "holiday", "none"]
Impacts: TypeAlias = Annotated[tuple[Impact, ...], Field(strict=False)]
Category: TypeAlias = Literal["macro", "crypto"]
Categories: TypeAlias = Annotated[tuple[Category, ...], Field(strict=False)]

DAY_MIN = 24 * 60


class Calendar(Section):
    """Times of day stand on the clock of a named zone; before a run all become spans of UTC."""

    sessions: Sessions = setting(
        (), "Trading sessions in which positions are opened; none named is all.", looser="more"
    )
    sessions_disabled: Sessions = setting((), "Trading sessions in which none is opened.", looser="fewer")
    quiet_windows: Texts = setting(
        ("03:00-05:30 Asia/Tokyo",),
        "Times of day in which none is opened, with weekdays after them if not all.",
        looser="fewer",
    )
    rollover_before_min: int = count(
        5, "Quiet minutes before the roll of the day.", "min", le=DAY_MIN // 2, looser="down"
    )
    rollover_after_min: int = count(
        15, "Quiet minutes after the roll of the day.", "min", le=DAY_MIN // 2, looser="down"
    )
    day_roll: str = setting("17:00 America/New_York", "When the trading day turns.", looser="fixed")
    market_closed: bool = setting(
        True, "Whether the market's weekends, breaks and holidays are kept.", looser="down"
    )
    closures_left_out: Texts = setting(
        (), "Names of yearly closures that the venue does not keep.", looser="more"
    )
    bank_holidays: bool = setting(
        False,
        "Whether bank holidays of the currencies, as the news calendar lists them, are kept.",
        looser="down",
    )
    news_file: str = setting(
        "", "Calendar of scheduled news, a file or a folder; none switches its gates off.", looser="any"
    )
    news_impacts: Impacts = setting(
        ("high",), "Impacts of news that are waited out.", min_length=1, looser="fewer"
    )
    news_before_min: int = count(30, "Minutes kept clear before news.", "min", le=7 * DAY_MIN, looser="down")
    news_after_min: int = count(30, "Minutes kept clear after news.", "min", le=7 * DAY_MIN, looser="down")
    news_categories: Categories = setting(
        (), "Categories of news that count.", shown="macro, and crypto for coins", looser="fewer"
    )
    news_currencies: Texts = setting(
        (), "Currencies whose news count.", shown="the instrument's two", looser="fewer"
    )
