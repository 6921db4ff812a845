"""The two bots of the demo, put together with their market into a session."""

from __future__ import annotations

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from tickwise.config.bot import BotConfig
from tickwise.config.load import bot_of
from tickwise.demo.market import DemoMarket
from tickwise.market_data.synth import news_csv
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

CONFIGS = Path(__file__).parent / "configs"

NAMES = ("fast-eurusd", "pullback-xauusd")
"""In the order in which they are asked."""


def session_of(market: DemoMarket) -> tuple[tuple[BotConfig, ...], Session]:
    """Give the bots, their news calendar that of the market, and the session they make on its tape."""
    with TemporaryDirectory() as folder:
        calendar = Path(folder) / "news.csv"
        calendar.write_text(news_csv(market.news), encoding="utf-8")
        bots = tuple(bot_named(name, calendar) for name in NAMES)
        return bots, assembled(bots, market.tape)


def bot_named(name: str, calendar: Path) -> BotConfig:
    """Read one of the demo's bots; `calendar` is the file of its news."""
    document = tomllib.loads((CONFIGS / f"{name}.toml").read_text(encoding="utf-8"))
    return bot_of(document, name, overrides={"calendar.news_file": str(calendar)})
