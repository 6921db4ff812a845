"""Settings from the environment: each has a TICKWISE_ variable for all bots, and one for each bot.

`TICKWISE_GATES_SPREAD_PIPS_MAX` speaks to every bot, `TICKWISE_FAST_EURUSD_GATES_SPREAD_PIPS_MAX` to the bot
`fast-eurusd` alone, and wins. The command line stands above both, the bot's file below. A variable that
nobody hears is no error, for other programs may use the name; it is told in a line that names the nearest.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tickwise.config.bot import BotConfig
from tickwise.config.keys import keys_of
from tickwise.config.layers import Said, typed
from tickwise.config.setting import PREFIX, escaped, variable_of
from tickwise.config.strategy_params import kinds_of, strategy_of

NOTIFY_FILE = "TICKWISE_NOTIFY_FILE"
"""Names the file of the addresses that messages go to."""

OTHERS = (
    "TICKWISE_CACHE_DIR",
    "TICKWISE_KEY_FILE",
    NOTIFY_FILE,
    "TICKWISE_TEST_DATA",
    "TICKWISE_TEST_POSTGRES",
)
"""Variables that are no settings: where compiled code, keys and addresses are kept, and data for tests."""

NOT_FOR_ONE = ("name",)
"""Settings without a variable for one bot: its name is what the variable would begin with."""

ALIKE = 0.7
"""How alike two names are, of 1, for the one to be meant by the other."""


def own_variable_of(bot: str, key: str) -> str:
    """Name the variable of a setting for one bot: TICKWISE_FAST_EURUSD_GATES_SPREAD_PIPS_MAX."""
    return f"{PREFIX}{re.sub('[^A-Za-z0-9]+', '_', bot).upper()}_{variable_of(key).removeprefix(PREFIX)}"


def hear_environment(
    said: Said, keys: Mapping[str, Any], environ: Mapping[str, str], bot: str | None
) -> None:
    """Let TICKWISE_ variables speak: those for all bots, over them those for the bot of this name."""
    if not environ:  # a sweep makes thousands of bots, and naming every variable is a third of each
        return
    general = {variable_of(key): key for key in keys}
    _hear(said, keys, environ, general)
    if bot:
        own = {own_variable_of(bot, key): key for key in keys if key not in NOT_FOR_ONE}
        _hear(said, keys, environ, {name: key for name, key in own.items() if name not in general})


def _hear(
    said: Said, keys: Mapping[str, Any], environ: Mapping[str, str], variables: Mapping[str, str]
) -> None:
    for name, key in variables.items():
        if name in environ:
            said.put(key, typed(environ[name], keys[key]), name)


def unheard(
    environ: Mapping[str, str], bots: Iterable[BotConfig], others: Iterable[str] = ()
) -> tuple[str, ...]:
    """Name each TICKWISE_ variable that no setting of these bots and none of `others` hears, a line each.

    Whoever starts something shows these lines as warnings: a limit that was misspelt does not hold.
    """
    known = {*OTHERS, *others}
    for bot in bots:
        keys = keys_of(kinds_of(strategy_of(bot)), (*bot.instrument, *bot.instruments))
        known |= {variable_of(key) for key in keys}
        known |= {own_variable_of(bot.name, key) for key in keys if key not in NOT_FOR_ONE}
    return tuple(
        _line(name, sorted(known))
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    )


def _line(name: str, known: list[str]) -> str:
    plain = [each.removeprefix(PREFIX) for each in known]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), plain, n=1, cutoff=ALIKE)
    meant = f"did you mean {PREFIX}{near[0]}?" if near else "`tickwise bot settings` lists what there is"
    return f"{escaped(name)}: no setting hears this variable, so it changes nothing; {meant}"
