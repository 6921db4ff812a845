"""Put bots, instruments and accounts together: the parts list of a session.

Markets come in the order of the tape's instruments; lanes in the order of their instrument, then of the bots,
then of the bot's accounts, which is the order in which they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.config.instruments import instrument_of
from tickwise.config.records import (
    account_fields,
    bars_of,
    classifier_fields,
    fill_params,
    house_fields,
    market_fields,
    state_rows,
)
from tickwise.core.gates.calendars import CALENDARS
from tickwise.core.instrument import Instrument, at_tick
from tickwise.core.layout import ACCOUNT, FRAME_NAMES, FRAME_SECONDS, HOUSE, INTERVAL, LANE, MARKET, TALLY
from tickwise.core.params import PARAMS
from tickwise.core.record import rows
from tickwise.core.step import ON_QUOTE
from tickwise.core.types import DAY, NEVER
from tickwise.errors import ConfigError
from tickwise.kernels.generated import kernel_of
from tickwise.kernels.strategy_file import Strategy, find, load
from tickwise.market_data.calendars import Intervals
from tickwise.market_data.tape import Tape
from tickwise.session.calendars import KnownNews, blocked_for, flat_moments, rolls_for
from tickwise.session.session import Lane, Records, Session

Answering: TypeAlias = Literal["exchange", "venue"]
"""Who answers orders."""

Seat = tuple[int, int, str]
"""A lane before it has records: place of its instrument, place of its bot, name of its account."""

SALT = 0x9E3779B97F4A7C15
"""Scatters the place of a bot and an instrument over the bits of a lane's salt (the golden ratio)."""


def strategies_of(bots: Sequence[BotConfig]) -> tuple[list[Strategy], list[int]]:
    """Load each bot's strategy once; give them, and for each bot the place of its own."""
    paths = [find(bot.strategy, bot.folder) for bot in bots]
    distinct = list(dict.fromkeys(paths))
    return [load(path) for path in distinct], [distinct.index(path) for path in paths]


def assembled(
    bots: Sequence[BotConfig],
    tape: Tape,
    *,
    answered_by: Answering = "exchange",
    known: KnownNews | None = None,
) -> Session:
    """Make a session of bots on a tape's instruments. Raises ConfigError where they do not go together.

    `known` are the economic calendars; without them they are read from the bots' files. Orders are answered
    by the simulated exchange of the core, or by events of a venue: then no latency ever passes by itself, and
    the exchange charges nothing.
    """
    strategies, own = strategies_of(bots)
    instruments = _instruments(bots, tape)
    seats = _seats(bots, [each.symbol for each in tape.instruments])
    accounts = sorted({account for _, _, account in seats}, key=[a for _, _, a in seats].index)
    records = Records(
        params=rows(PARAMS, 0),
        houses=rows(HOUSE, 1),
        accounts=rows(ACCOUNT, len(accounts)),
        tallies=rows(TALLY, 1),
        markets=rows(MARKET, len(instruments)),
        lanes=rows(LANE, len(seats)),
        calendar=rows(INTERVAL, 0),
        rolls=rolls_for(bots[0], tape.first_ts, tape.last_ts + int(DAY)),
    )
    _house(records, bots[0])
    _markets(records, bots, tape, instruments, seats, [strategies[place] for place in own])
    _lanes(records, bots, tape, instruments, seats, accounts, strategies, own)
    _accounts(records, bots, seats, accounts)
    _tallies(records, bots, seats, accounts)
    _calendars(records, bots, tape, instruments, seats, known)
    names = tuple(
        Lane(bots[b].name, tape.instruments[i].symbol, account, bots[b].pocket or bots[b].name)
        for i, b, account in seats
    )
    if answered_by == "venue":
        _leave_answers_to_a_venue(records)
    records = records.packed()
    spreads = tuple(int(max(records.params["bar_spread"], default=0)) for _ in instruments)
    span = tape.frame_s * 1_000_000_000 if tape.kind == "bars" else 0
    return Session(records, kernel_of(strategies), names, span, spreads)


def _leave_answers_to_a_venue(records: Records) -> None:
    """Let orders wait for events: an answer whose time never comes, and no charges but the venue's."""
    params = records.params
    params["latency"] = NEVER
    for name in ("latency_rows", "reject_fraction", "partial_fills", "financing_long", "financing_short"):
        params[name] = 0


def _instruments(bots: Sequence[BotConfig], tape: Tape) -> list[Instrument]:
    """Describe each instrument of the tape as the first bot that trades it means it, in the tape's ticks."""
    found = []
    for on_tape in tape.instruments:
        owner = next((bot for bot in bots if on_tape.symbol in bot.instruments), bots[0])
        found.append(at_tick(instrument_of(owner, on_tape.symbol), on_tape.tick))
    return found


def _seats(bots: Sequence[BotConfig], symbols: list[str]) -> list[Seat]:
    seats: list[Seat] = []
    for b, bot in enumerate(bots):
        if not set(bot.instruments) & set(symbols):
            raise ConfigError(
                f"bot {bot.name!r} trades {', '.join(bot.instruments)}, but the tape holds "
                f"{', '.join(symbols)}: name one of these in `instruments`, or give another tape"
            )
        seats += [(symbols.index(s), b, a) for s in bot.instruments if s in symbols for a in bot.accounts]
    return sorted(seats, key=lambda seat: seat[:2])


def _house(records: Records, bot: BotConfig) -> None:
    house = records.houses[0]
    for name, value in house_fields(bot).items():
        house[name] = value
    house["next_roll"] = records.rolls[0] if len(records.rolls) else NEVER
    house["clock"] = house["next_roll"]


def _markets(
    records: Records,
    bots: Sequence[BotConfig],
    tape: Tape,
    instruments: Sequence[Instrument],
    seats: Sequence[Seat],
    strategies: Sequence[Strategy],
) -> None:
    for place, instrument in enumerate(instruments):
        market = records.markets[place]
        mine = [b for i, b, _ in seats if i == place]
        first = bots[mine[0]] if mine else bots[0]
        for name, value in market_fields(first, instrument).items():
            market[name] = value
        for name, value in classifier_fields(first).items():
            market["regime"][name] = value
        for frame, seconds in enumerate(FRAME_SECONDS):
            market["frames"][frame]["span"] = seconds
        market["spread_cap"] = -1
        market["open_interest"] = -1
        market["volume"] = -1
        market["underlying"] = place
        market["lane_first"] = next((k for k, seat in enumerate(seats) if seat[0] == place), 0)
        market["lane_end"] = market["lane_first"] + len(mine)
        _frames(market, tape, [bots[b] for b in mine], [strategies[b] for b in mine])


def _frames(market: Any, tape: Tape, bots: Sequence[BotConfig], strategies: Sequence[Strategy]) -> None:
    """Build no wider bars than somebody reads, and none finer than the tape holds."""
    finest = FRAME_SECONDS.index(tape.frame_s) if tape.kind == "bars" else 0
    wanted = [finest, int(market["regime"]["frame"])]
    for bot, strategy in zip(bots, strategies, strict=True):
        wanted += [FRAME_NAMES.index(name) for name in strategy.frames]
        wanted += [bars_of(bot)] if strategy.on_bars else []
    market["finest"] = finest
    market["widest"] = max(wanted)
    market["keeps_sides"] = int(any(strategy.reads_sides for strategy in strategies))
    if market["regime"]["frame"] < finest:
        market["regime"]["frame"] = finest if market["regime"]["frame"] >= 0 else -1


def _lanes(
    records: Records,
    bots: Sequence[BotConfig],
    tape: Tape,
    instruments: Sequence[Instrument],
    seats: Sequence[Seat],
    accounts: Sequence[str],
    strategies: Sequence[Strategy],
    own: Sequence[int],
) -> None:
    made: list[Any] = []
    leaders: dict[tuple[int, int], int] = {}
    for k, (i, b, account) in enumerate(seats):
        lane, bot, strategy = records.lanes[k], bots[b], strategies[own[b]]
        leader = leaders.setdefault((i, b), k)
        if leader == k:
            found, places = state_rows(bot, instruments[i], strategy)
            lane["rows"] = [len(made) + place for place in places]
            made += found
        else:
            lane["rows"] = records.lanes[leader]["rows"]
        lane["row"] = lane["rows"][0]
        lane["leader"] = leader
        lane["trigger"] = _trigger(bot, strategy, tape)
        lane["strategy"] = own[b]
        lane["bot"], lane["instrument"], lane["account"] = b, i, accounts.index(account)
        lane["salt"] = ((b + 1) * SALT ^ (i + 1) * SALT << 7) & (2**63 - 1)
        lane["auto_trade"] = int(bot.auto_trade)
        lane["warm_up"] = strategy.warm_up_of(strategy.params(**bot.params))
        wholes, reals = strategy.first_state
        lane["wholes"][: len(wholes)], lane["reals"][: len(reals)] = wholes, reals
        lane["wake"], lane["seen"] = -1, -1
        lane["weight"] = 1.0
        lane["pace"]["last_entry"] = -NEVER
        lane["flat_at"] = NEVER
        lane["rate_market"], lane["rate_inverted"] = _rate(instruments, i, bot.account.currency)
    records.params = rows(PARAMS, len(made))
    for place, row in enumerate(made):
        fill_params(records.params[place], row)


def _trigger(bot: BotConfig, strategy: Strategy, tape: Tape) -> int:
    """Give the frame whose close asks the strategy, or that each quote does; refuse what the tape cannot
    give.
    """
    if not strategy.on_bars:
        if tape.kind == "bars":
            raise ConfigError(
                f"bot {bot.name!r}: strategy {strategy.name} is asked on each quote, but the tape holds "
                "bars: give a tape of quotes, or a strategy with on_bar"
            )
        return int(ON_QUOTE)
    if tape.kind == "bars" and FRAME_SECONDS[bars_of(bot)] < tape.frame_s:
        raise ConfigError(
            f"bot {bot.name!r} asks for {bot.frame} bars, but the tape's last {tape.frame_s} s each"
        )
    return bars_of(bot)


def _rate(instruments: Sequence[Instrument], place: int, currency: str) -> tuple[int, int]:
    """Find the market that turns an instrument's quote currency into the account's; -1 where they are the
    same.
    """
    quote = instruments[place].quote
    if quote == currency:
        return -1, 0
    for at, other in enumerate(instruments):
        if (other.base, other.quote) == (quote, currency):
            return at, 0
        if (other.base, other.quote) == (currency, quote):
            return at, 1
    raise ConfigError(
        f"{instruments[place].symbol} is paid in {quote} and the account is in {currency}, but the tape has "
        f"no rate between them: use a tape that holds {quote}_{currency} or {currency}_{quote}, or set "
        "account.currency"
    )


def _accounts(
    records: Records, bots: Sequence[BotConfig], seats: Sequence[Seat], names: Sequence[str]
) -> None:
    for place, name in enumerate(names):
        mine = [bots[b] for _, b, account in seats if account == name]
        account = records.accounts[place]
        for key, value in account_fields(mine[0]).items():
            account[key] = value
        fractions = [bot.gates.day_loss_fraction_max for bot in mine if bot.gates.day_loss_fraction_max > 0]
        account["day_loss_fraction"] = min(fractions, default=0.0)
        account["day_start"] = account["peak"] = account["balance"]
        account["floor"] = -NEVER
        if fractions:
            account["floor"] = account["balance"] - round(min(fractions) * int(account["balance"]))


def _tallies(
    records: Records, bots: Sequence[BotConfig], seats: Sequence[Seat], accounts: Sequence[str]
) -> None:
    """Give every scope its own row: the house, accounts, and in each account bots, instruments, pockets,
    groups.
    """
    scopes: dict[tuple[Any, ...], int] = {("house",): 0}

    def row(*scope: Any) -> int:
        return scopes.setdefault(scope, len(scopes))

    for place, _ in enumerate(accounts):
        records.accounts[place]["tally"] = row("account", place)
    for k, (i, b, name) in enumerate(seats):
        lane, account = records.lanes[k], accounts.index(name)
        lane["bot_tally"] = row("bot", account, b)
        lane["instrument_tally"] = row("instrument", account, i)
        lane["pocket_tally"] = row("pocket", account, bots[b].pocket or bots[b].name)
        lane["group_tally"] = row("group", account, getattr(bots[b].gates, "group", "") or f"bot {b}")
    records.tallies = rows(TALLY, len(scopes))


def _calendars(
    records: Records,
    bots: Sequence[BotConfig],
    tape: Tape,
    instruments: Sequence[Instrument],
    seats: Sequence[Seat],
    known: KnownNews | None,
) -> None:
    """Lay the blocked intervals of every lane into one array; a bot's lanes on an instrument share theirs."""
    parts: list[NDArray[np.int64]] = []
    length = 0
    since, until = tape.first_ts - 7 * int(DAY), tape.last_ts + 7 * int(DAY)
    laid: dict[tuple[int, int], int] = {}
    for k, (i, b, _) in enumerate(seats):
        lane = records.lanes[k]
        if (i, b) in laid:
            for name in ("calendar_first", "calendar_end", "calendar_at", "flat_first", "flat_end"):
                lane[name] = records.lanes[laid[i, b]][name]
            continue
        laid[i, b] = k
        blocked = blocked_for(bots[b], instruments[i], since, until, known)
        spans: tuple[Intervals, ...] = blocked[:7]
        for which in range(len(CALENDARS)):
            lane["calendar_first"][which] = lane["calendar_at"][which] = length
            parts.append(spans[which].bounds)
            length += len(spans[which].bounds)
            lane["calendar_end"][which] = length
        moments = flat_moments(bots[b], blocked)
        lane["flat_first"], lane["flat_end"] = length, length + len(moments)
        parts.append(moments)
        length += len(moments)
    records.calendar = rows(INTERVAL, length)
    records.calendar["start"], records.calendar["end"] = np.concatenate(parts).reshape(-1, 2).T
