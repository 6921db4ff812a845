"""How often a bot must win to lose nothing: from its target, its stops and their cost."""

from __future__ import annotations

from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.instruments import instruments_of
from tickwise.config.records import slippage_mean_ticks
from tickwise.config.scale import MILLION
from tickwise.core.instrument import Instrument


class BreakEven(NamedTuple):
    """Share of winners at which nothing is lost, between the narrowest and the widest spread let through."""

    against: str
    """Which stop a loser is assumed to reach."""
    distance: str
    """How far that stop is."""
    low: float
    high: float

    def __str__(self) -> str:
        """Say it as a person would."""
        low, high = round(100 * self.low), round(100 * self.high)
        share = f"{low} to {high} %" if low < high else f"{high} %"
        return f"{share} against the {self.against} of {self.distance}"


def break_even_win_rate(
    bot: BotConfig, instrument: Instrument | None = None, rate: float = 1.0, price: float | None = None
) -> tuple[BreakEven, ...]:
    """Give the break-even win rate against the soft stop and against the stop, as far as the config has them.

    A winner earns the target. A loser loses the stop's distance and the slippage; both pay commission twice.
    The spread is within them, because gains count from the price of entry; where the target adds the
    spread, a wide one makes the winner larger. `rate` is the account's currency for one of the quote
    currency. Empty where target and stop come with each signal.
    """
    traded = instrument or instruments_of(bot)[0]
    if bot.exits.target_fraction > 0 and bot.exits.stop_fraction > 0:
        return _in_fractions(bot)
    if bot.exits.target_pips == 0:
        return ()
    fee = 2.0 * _commission_pips(bot, traded, rate, price)
    slippage = slippage_mean_ticks(bot.fills, traded) / traded.pip_ticks
    stops = {"soft stop": bot.exits.soft_stop_pips, "stop": bot.exits.stop_pips}
    found = []
    for against, loss in stops.items():
        if loss > 0:
            rates = [(loss + slippage + fee) / (loss + slippage + win) for win in _winners(bot)]
            found.append(BreakEven(against, f"{loss:g} pips", min(rates), max(rates)))
    return tuple(found)


def _winners(bot: BotConfig) -> tuple[float, float]:
    """Give what a winner earns in pips at the narrowest and at the widest spread."""
    exits, widest = bot.exits, max(0.0, bot.gates.spread_pips_max)
    if not exits.target_adds_spread:
        return exits.target_pips, exits.target_pips
    least = exits.target_spread_pips_min
    return exits.target_pips + least, exits.target_pips + max(widest, least)


def _in_fractions(bot: BotConfig) -> tuple[BreakEven, ...]:
    """Give the rate where target and stop are parts of the price."""
    win, loss, fee = bot.exits.target_fraction, bot.exits.stop_fraction, 2.0 * bot.fills.commission_fraction
    rate = (loss + fee) / (loss + win)
    return (BreakEven("stop", f"{100 * loss:g} % of the price", rate, rate),)


def _commission_pips(bot: BotConfig, traded: Instrument, rate: float, price: float | None) -> float:
    """Give the commission of one fill in pips; the part that is a fraction of the value needs a price."""
    pip_money = traded.pip_ticks * traded.tick_money() * rate / (MILLION * float(traded.unit_step))
    pips = bot.fills.commission_per_unit / pip_money
    return pips + (bot.fills.commission_fraction * price / float(traded.pip) if price is not None else 0.0)
