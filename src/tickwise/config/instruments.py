"""The instruments of a bot: the catalogue's, with what its file says otherwise."""

from __future__ import annotations

import difflib
from decimal import Decimal

from tickwise.config.bot import BotConfig
from tickwise.config.setting import escaped, written
from tickwise.config.terms import InstrumentTerms
from tickwise.core.instrument import CATALOGUE, Instrument, instrument_named
from tickwise.errors import ConfigError

HOURS = {
    "fx": "fx",
    "metal": "metals",
    "crypto": "crypto",
    "equity": "us_equity",
    "index": "metals",
    "option": "us_equity",
}
"""Whose opening hours a kind of instrument keeps when nobody says."""

MARGIN_RATES = {"fx": 0.05, "metal": 0.1, "crypto": 0.5, "equity": 0.5, "index": 0.05, "option": 1.0}
"""Margin of a described instrument when nobody says: the higher of its class; an option is paid in full."""


def instruments_of(bot: BotConfig) -> tuple[Instrument, ...]:
    """Give the instruments of a bot in its order. Raises ConfigError for one that nobody knows."""
    return tuple(instrument_of(bot, symbol) for symbol in bot.instruments)


def instrument_of(bot: BotConfig, symbol: str) -> Instrument:
    """Give one instrument as the bot means it. Raises ConfigError where it is not known."""
    known = instrument_named(symbol)
    terms = bot.instrument.get(symbol)
    if terms is None:
        if known is None:
            raise ConfigError(f"instruments: {_unknown(symbol)}")
        return known
    return _changed(known if known else _described(symbol, terms), terms)


def _unknown(symbol: str) -> str:
    near = difflib.get_close_matches(symbol.upper(), CATALOGUE, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}? If not, " if near else ""
    return (
        f"{written(symbol)} is not known; {meant}describe it under [instrument.{escaped(symbol)}] "
        "with tick, pip, quote and asset_class"
    )


def _described(symbol: str, terms: InstrumentTerms) -> Instrument:
    """Begin the description of an instrument that is not in the catalogue."""
    needed = {"tick": terms.tick, "pip": terms.pip, "quote": terms.quote, "asset_class": terms.asset_class}
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise ConfigError(
            f"instrument.{escaped(symbol)}: {missing[0]} is missing, and it is not in the catalogue either"
        )
    kind = terms.asset_class or "fx"
    step = terms.unit_step or "1"
    shares = 100 if kind == "option" else 1
    return Instrument(
        symbol,
        terms.tick or "",
        1,
        step,
        step,
        step,
        shares,
        symbol,
        terms.quote or "",
        kind,
        HOURS[kind],
        MARGIN_RATES[kind],
    )


def _changed(known: Instrument, terms: InstrumentTerms) -> Instrument:
    """Put what the file says over what is known. Raises ConfigError for a pip that is no number of ticks."""
    said = {name: value for name, value in terms.model_dump().items() if value is not None and name != "pip"}
    pip = Decimal(terms.pip) if terms.pip else known.pip
    changed = known._replace(**said)
    ticks = pip / Decimal(changed.tick)
    if ticks != int(ticks):
        raise ConfigError(
            f"instrument.{known.symbol}: its pip {pip.normalize():f} is not a whole number of ticks "
            f"of {changed.tick}: say both tick and pip"
        )
    return changed._replace(pip_ticks=int(ticks))
