"""A bot's settings: read, checked, shown, and turned into the numbers of the core.

Every setting is a row with a name, a default, a unit and a sentence of help; the docs, the command line and
the validation come from the row. A field that cannot be meant refuses the whole file and says what would
have stood there. Presets and written files are in `config.presets` and `config.files`.
"""

from __future__ import annotations

from tickwise.config.bot import BotConfig
from tickwise.config.break_even import BreakEven, break_even_win_rate
from tickwise.config.instruments import instrument_of, instruments_of
from tickwise.config.load import bot_of, changed, load_bot
from tickwise.config.records import (
    CoreParams,
    account_fields,
    bars_of,
    classifier_fields,
    fill_params,
    house_fields,
    market_fields,
    params_of,
    state_rows,
)
from tickwise.config.setting import Row
from tickwise.config.strategy_params import strategy_of
from tickwise.config.table import settings_table
from tickwise.config.worst_case import WorstCase, check_worst_case, worst_case

__all__ = [
    "BotConfig",
    "BreakEven",
    "CoreParams",
    "Row",
    "WorstCase",
    "account_fields",
    "bars_of",
    "bot_of",
    "break_even_win_rate",
    "changed",
    "check_worst_case",
    "classifier_fields",
    "fill_params",
    "house_fields",
    "instrument_of",
    "instruments_of",
    "load_bot",
    "market_fields",
    "params_of",
    "settings_table",
    "state_rows",
    "strategy_of",
    "worst_case",
]
