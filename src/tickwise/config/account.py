"""The settings of the account a bot trades in."""

from __future__ import annotations

from typing import Literal

from tickwise.config.setting import UNITS_MAX, Section, setting


class AccountTerms(Section):
    """The currency of all its money, and what a simulated one begins with."""

    currency: str = setting("USD", "Currency of the account.", pattern="^[A-Z]{3,5}$", looser="fixed")
    balance: float = setting(
        100_000.0,
        "Balance a simulated account begins with.",
        "account currency",
        gt=0,
        le=UNITS_MAX,
        looser="fixed",
    )
    kill_failures: int = setting(
        5,
        "Orders refused for another reason than the price, or not answered, within `kill_window_s` that trip "
        "the kill switch; "
        "0 is never.",
        ge=0,
        le=16,
        looser="up",
    )
    kill_window_s: float = setting(300.0, "Window of `kill_failures`.", "s", gt=0, le=86_400, looser="down")
    day_loss_resume: Literal["next_day", "command"] = setting(
        "next_day",
        "What ends a lost day: the next trading day, or only a person's command.",
        looser=("command", "next_day"),
    )
