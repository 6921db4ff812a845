"""A bot as its file describes it: a strategy, its instruments, and every setting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, TypeAlias

from pydantic import Field, PrivateAttr, field_validator, model_validator

from tickwise.config.account import AccountTerms
from tickwise.config.calendar import Calendar
from tickwise.config.exits import Exits
from tickwise.config.fills import Fills
from tickwise.config.gates import Gates
from tickwise.config.made_for import filled
from tickwise.config.market import MarketView
from tickwise.config.setting import Section, Texts, setting
from tickwise.config.sizing import Sizing
from tickwise.config.terms import InstrumentTerms
from tickwise.core.instrument import instrument_named

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""Names go into file names and into the journal."""

Changing: TypeAlias = Literal["range", "trend", "volatile", "dead"]
"""The states of the market for which a bot may have settings of its own."""

NOTHING: Mapping[str, str] = MappingProxyType({})

SECTIONS: Mapping[str, type[Section]] = {
    "gates": Gates,
    "exits": Exits,
    "sizing": Sizing,
    "fills": Fills,
    "account": AccountTerms,
    "calendar": Calendar,
    "market": MarketView,
}
"""The tables of a bot's file, beside its params."""

BY_STATE = ("gates", "exits", "sizing")
"""The tables, beside params, that may differ in a state of the market."""


class StateSettings(Section):
    """What differs while the market is in one state; what is not named here stays."""

    params: dict[str, Any] = Field(default={}, description="Parameters of the strategy.")
    gates: dict[str, Any] = Field(default={}, description="Settings of the gates.")
    exits: dict[str, Any] = Field(default={}, description="Settings of the exits.")
    sizing: dict[str, Any] = Field(default={}, description="Settings of sizing.")


class BotConfig(Section):
    """One bot: the same document wherever it trades.

    Raises ConfigError, not pydantic's own error, when made by `bot_of` or `load_bot`, which also hold the
    settings against each other.
    """

    name: str = setting(..., "Name of the bot, unique among those that run together.", pattern=NAME)
    strategy: str = setting(
        ..., "A built-in strategy, or the path of a file of your own.", min_length=1, looser="fixed"
    )
    instruments: Texts = setting(..., "What it trades.", min_length=1)
    pocket: str = setting(
        "",
        "Sub-portfolio that shares a drawdown limit and a share of the margin; none is one of the bot's own.",
        max_length=64,
        looser="fixed",
    )
    accounts: Texts = setting(
        ("main",), "Accounts it trades in; each decides on its own positions.", min_length=1, looser="fixed"
    )
    auto_trade: bool = setting(
        True, "Whether it sends orders; if not, it shows its signals only.", looser="up"
    )
    enabled: bool = setting(True, "Whether it runs at all.")
    owner: str = setting("", "Whose bot it is.", max_length=64)
    frame: Literal["M1", "M5", "M15", "H1"] = setting(
        "M1", "Bars of a strategy that is asked at each closed bar.", looser="fixed"
    )
    params: dict[str, Any] = Field(
        default={}, description="Parameters of the strategy, by their names in its file."
    )
    gates: Gates = Gates()
    exits: Exits = Exits()
    sizing: Sizing = Sizing()
    fills: Fills = Fills()
    account: AccountTerms = AccountTerms()
    calendar: Calendar = Calendar()
    market: MarketView = MarketView()
    instrument: dict[str, InstrumentTerms] = Field(default={}, description="What a venue does otherwise.")
    states: dict[Changing, StateSettings] = Field(
        default={}, description="What differs in a state of the market."
    )

    _folder: Path | None = PrivateAttr(default=None)
    _said: dict[str, Any] = PrivateAttr(default_factory=dict)
    _source: str = PrivateAttr(default="")
    _by: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, document: Any) -> Any:
        """Put what the strategy is made for where nothing was said; write instruments as the house does."""
        if not isinstance(document, Mapping):
            return document
        whole = filled(document)
        symbols, described = whole.get("instruments"), whole.get("instrument")
        if isinstance(symbols, (list, tuple)):
            whole["instruments"] = tuple(house_name(each) for each in symbols)
        if isinstance(described, Mapping):
            whole["instrument"] = {house_name(symbol): terms for symbol, terms in described.items()}
        return whole

    @field_validator("instruments", "accounts")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]} stands twice")
        return names

    @property
    def folder(self) -> Path | None:
        """The folder of the bot's file, beside which its strategy and calendar are looked for."""
        return self._folder

    @property
    def said(self) -> Mapping[str, Any]:
        """What was said, without defaults: the file, the environment and the command line together."""
        return self._said

    @property
    def source(self) -> str:
        """What the bot was read from: the path of its file, or what stood for one."""
        return self._source

    @property
    def by(self) -> Mapping[str, str]:
        """The variable or the option that said a setting, for those that the file did not say last."""
        return self._by

    def from_file(
        self, folder: Path | None, said: Mapping[str, Any], source: str = "", by: Mapping[str, str] = NOTHING
    ) -> Self:
        """Note where the bot's file lies, what was said and by what; gives the bot itself."""
        self._folder = folder
        self._said = dict(said)
        self._source = source
        self._by = dict(by)
        return self

    def in_state(self, state: str | None) -> tuple[dict[str, Any], Gates, Exits, Sizing]:
        """Give params, gates, exits and sizing as they stand in a state of the market; None for no state."""
        own = next((own for name, own in self.states.items() if name == state), None)
        if own is None:
            return self.params, self.gates, self.exits, self.sizing
        return (
            {**self.params, **own.params},
            Gates.model_validate({**self.gates.model_dump(), **own.gates}),
            Exits.model_validate({**self.exits.model_dump(), **own.exits}),
            Sizing.model_validate({**self.sizing.model_dump(), **own.sizing}),
        )


def house_name(symbol: Any) -> Any:
    """Write a known instrument as the house does; leave anything else for the check that names it."""
    known = instrument_named(symbol) if isinstance(symbol, str) else None
    return known.symbol if known else symbol
