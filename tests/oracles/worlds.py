"""Small worlds: everything a session is made of, in plain Python, and the session's records made of it.

The plain chain reads a world as it stands here; the compiled step reads the records. Both are given the same
numbers in the core's own units: ticks, nanoseconds, millionths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tickwise.config.strategy_params import numbers_of
from tickwise.core.layout import ACCOUNT, FRAME_SECONDS, HOUSE, INTERVAL, LANE, MARKET, TALLY
from tickwise.core.params import LEVELS, PARAMS
from tickwise.core.record import rows
from tickwise.core.types import MARKET_STATES, NEVER
from tickwise.kernels.generated import kernel_of
from tickwise.kernels.strategy_file import BUILT_IN, load
from tickwise.session.session import Lane, Records, Session

HERE = Path(__file__).parent / "strategies"
STRATEGIES = (HERE / "coin.py", BUILT_IN / "fast_scalp.py", HERE / "bar_coin.py")
"""One kernel serves every world: it is compiled once."""

COIN, FAST_SCALP, BAR_COIN = range(3)
ON_QUOTE = -1
PIP = 10

Row = Mapping[str, Any]
Interval = tuple[int, int]

QUIET: dict[str, Any] = {
    "spread_ticks_max": -1,
    "open_interest_min": -1,
    "volume_min": -1,
    "back_off_factor": 1.0,
    "units_fixed": 10_000,
    "units_min": 1,
    "ramp": 1.0,
    "margin_rate": 0.05,
    "partial_share_min": 0.25,
    "partial_fraction": 0.5,
}
"""A row of settings in which nothing refuses; every other field is zero."""


def row(**settings: Any) -> Row:
    """Give a whole row of PARAMS: the quiet one, changed."""
    whole: dict[str, Any] = {}
    for name in PARAMS.names or ():
        kind = PARAMS.fields[name][0]
        whole[name] = [0] * kind.shape[0] if kind.shape else (0.0 if kind == np.float64 else 0)
    whole.update(QUIET)
    unknown = set(settings) - set(whole)
    assert not unknown, unknown
    whole.update(settings)
    gates_of_the_quote = ("quote_age_max", "spread_millionths_max", "spread_monitor", "quote_units_min")
    whole["quote_gates"] = int(any(whole[name] for name in gates_of_the_quote))
    return whole


@dataclass
class LanePlan:
    """One bot on one instrument in one account; `states` and `params_in` differ by state of the market."""

    settings: Row = field(default_factory=row)
    states: Mapping[int, Row] = field(default_factory=dict)
    strategy: int = COIN
    params: Mapping[str, Any] = field(default_factory=dict)
    params_in: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    frame: int = ON_QUOTE
    bot: int = 0
    instrument: int = 0
    account: int = 0
    pocket: str = "pocket"
    group: str = "group"
    calendars: tuple[tuple[Interval, ...], ...] = ((),) * 7
    flats: tuple[int, ...] = ()
    auto_trade: int = 1
    exit_only: int = 0
    warm_up: int = 0
    rate_market: int = -1
    rate_inverted: int = 0

    def row_in(self, state: int) -> Row:
        """Give the settings in a state of the market."""
        return self.states.get(state, self.settings)

    def params_of(self, state: int) -> Mapping[str, Any]:
        """Give the strategy's params in a state of the market."""
        return {**self.params, **self.params_in.get(state, {})}


@dataclass
class MarketPlan:
    """One instrument; `frame` is that of the classifier, -1 where it is off."""

    symbol: str = "EUR_USD"
    tick_money: float = 10.0
    price_tick: float = 0.00001
    band_fraction: float = 0.0
    spread_ratio_max: float = 2.0
    paused: int = 0
    disconnected: int = 0
    unknown_orders: int = 0
    open_interest: int = -1
    volume: int = -1
    bid_units: int = 0
    ask_units: int = 0
    underlying: int = -1
    widest: int = 0
    frame: int = -1
    trend_adx: float = 25.0
    range_adx: float = 20.0
    volatile_ratio: float = 2.0
    dead_ratio: float = 0.4


@dataclass
class AccountPlan:
    """One account, in millionths."""

    balance: int = 100_000_000_000
    day_loss_fraction: float = 0.0
    resume_by_command: int = 0
    halted: int = 0
    killed: int = 0
    kill_failures: int = 0
    kill_window: int = 0


@dataclass(frozen=True)
class Command:
    """Before the quote at `place`: set a field of the house, an account, a market or a lane's pace."""

    place: int
    of: str
    which: int
    name: str
    value: int


@dataclass
class World:
    """All of it. `rolls` are the moments at which the trading day turns."""

    lanes: list[LanePlan]
    markets: list[MarketPlan] = field(default_factory=lambda: [MarketPlan()])
    accounts: list[AccountPlan] = field(default_factory=lambda: [AccountPlan()])
    rolls: tuple[int, ...] = ()
    grid: int = 0
    seed: int = 7
    paused: int = 0
    commands: tuple[Command, ...] = ()


def scopes_of(world: World) -> tuple[list[tuple[Any, ...]], list[dict[str, int]]]:
    """Name every tally in its order; give for each lane the place of each of its own."""
    listed: list[tuple[Any, ...]] = [("house",)]
    listed += [("account", place) for place in range(len(world.accounts))]
    places = []
    for lane in world.lanes:
        own = {
            "bot": ("bot", lane.account, lane.bot),
            "instrument": ("instrument", lane.account, lane.instrument),
            "pocket": ("pocket", lane.account, lane.pocket),
            "group": ("group", lane.account, lane.group),
        }
        listed += [scope for scope in own.values() if scope not in listed]
        places.append({name: listed.index(scope) for name, scope in own.items()})
        places[-1].update(account=listed.index(("account", lane.account)), house=0)
    return listed, places


def session_of(world: World) -> Session:
    """Make the records and the session of a world."""
    assert [lane.instrument for lane in world.lanes] == sorted(lane.instrument for lane in world.lanes)
    strategies = [load(path) for path in STRATEGIES]
    params, laid, calendar = _settings(world, strategies)
    records = Records(
        params=params,
        houses=_house(world),
        accounts=_accounts(world),
        tallies=rows(TALLY, len(scopes_of(world)[0])),
        markets=_markets(world),
        lanes=_lanes(world, laid),
        calendar=calendar,
        rolls=np.array(world.rolls, np.int64),
    )
    names = tuple(
        Lane(f"bot{lane.bot}", world.markets[lane.instrument].symbol, f"account{lane.account}", lane.pocket)
        for lane in world.lanes
    )
    return Session(records, kernel_of(strategies), names, 0, (0,) * len(world.markets))


def levels_of(lane: LanePlan) -> list[Any]:
    """Give a lane's strategy its levels in each state of the market."""
    strategy = load(STRATEGIES[lane.strategy])
    states = range(MARKET_STATES)
    return [strategy.levels_of(strategy.params(**lane.params_of(state)), PIP) for state in states]


def _settings(world: World, strategies: list[Any]) -> tuple[Any, list[dict[str, Any]], Any]:
    """Lay out rows of settings and calendars; say for each lane where its own lie."""
    whole: list[Row] = []
    laid: list[dict[str, Any]] = []
    calendar: list[Interval] = []
    for lane in world.lanes:
        first = len(whole)
        for state in range(MARKET_STATES):
            made = dict(lane.row_in(state))
            wholes, reals = numbers_of(strategies[lane.strategy], lane.params_of(state), PIP)
            made["wholes"] = [*wholes, *[0] * (LEVELS - len(wholes))]
            made["reals"] = [*reals, *[0.0] * (LEVELS - len(reals))]
            whole.append(made)
        place: dict[str, Any] = {"rows": list(range(first, first + MARKET_STATES)), "row": first}
        starts, ends = [], []
        for intervals in lane.calendars:
            starts.append(len(calendar))
            calendar += intervals
            ends.append(len(calendar))
        place.update(calendar_first=starts, calendar_at=starts, calendar_end=ends, flat_first=len(calendar))
        calendar += [(moment, moment) for moment in lane.flats]
        laid.append({**place, "flat_end": len(calendar)})
    params = rows(PARAMS, len(whole))
    for at, settings in enumerate(whole):
        for name, value in settings.items():
            params[at][name] = value
    intervals = rows(INTERVAL, len(calendar))
    for at, (start, end) in enumerate(calendar):
        intervals[at]["start"], intervals[at]["end"] = start, end
    return params, laid, intervals


def _house(world: World) -> Any:
    houses = rows(HOUSE, 1)
    houses[0]["grid"], houses[0]["seed"], houses[0]["paused"] = world.grid, world.seed, world.paused
    houses[0]["next_roll"] = houses[0]["clock"] = world.rolls[0] if world.rolls else NEVER
    return houses


def _accounts(world: World) -> Any:
    accounts = rows(ACCOUNT, len(world.accounts))
    for place, plan in enumerate(world.accounts):
        account = accounts[place]
        for name in (
            "balance",
            "day_loss_fraction",
            "resume_by_command",
            "halted",
            "killed",
            "kill_failures",
            "kill_window",
        ):
            account[name] = getattr(plan, name)
        account["day_start"] = account["peak"] = plan.balance
        account["floor"] = -NEVER
        if plan.day_loss_fraction > 0:
            account["floor"] = plan.balance - round(plan.day_loss_fraction * plan.balance)
        account["tally"] = 1 + place
    return accounts


def _markets(world: World) -> Any:
    markets = rows(MARKET, len(world.markets))
    same = ("tick_money", "price_tick", "band_fraction", "spread_ratio_max", "paused", "disconnected")
    same += ("unknown_orders",)
    more = ("open_interest", "volume", "bid_units", "ask_units", "widest")
    for place, plan in enumerate(world.markets):
        market = markets[place]
        for name in same + more:
            market[name] = getattr(plan, name)
        for name in ("frame", "trend_adx", "range_adx", "volatile_ratio", "dead_ratio"):
            market["regime"][name] = getattr(plan, name)
        for frame, seconds in enumerate(FRAME_SECONDS):
            market["frames"][frame]["span"] = seconds
        market["pip"], market["unit_step"], market["spread_cap"] = PIP, 1.0, -1
        market["underlying"] = place if plan.underlying < 0 else plan.underlying
        mine = [k for k, lane in enumerate(world.lanes) if lane.instrument == place]
        market["lane_first"] = mine[0] if mine else 0
        market["lane_end"] = mine[-1] + 1 if mine else 0
    return markets


def _lanes(world: World, laid: list[dict[str, Any]]) -> Any:
    lanes = rows(LANE, len(world.lanes))
    leaders: dict[tuple[int, int], int] = {}
    _, scopes = scopes_of(world)
    for k, plan in enumerate(world.lanes):
        lane = lanes[k]
        for name in ("strategy", "bot", "instrument", "account", "auto_trade", "exit_only", "warm_up"):
            lane[name] = getattr(plan, name)
        lane["rate_market"], lane["rate_inverted"] = plan.rate_market, plan.rate_inverted
        lane["trigger"] = plan.frame
        lane["leader"] = leaders.setdefault((plan.instrument, plan.bot), k)
        lane["salt"] = 1_000_003 * (plan.bot + 1) + plan.instrument
        lane["wake"] = lane["seen"] = -1
        lane["pace"]["last_entry"] = -NEVER
        lane["flat_at"] = NEVER
        lane["weight"] = 1.0
        for scope in ("bot", "instrument", "pocket", "group", "house"):
            lane[f"{scope}_tally"] = scopes[k][scope]
        for name, value in laid[k].items():
            lane[name] = value
    return lanes


def set_by(records: Records, command: Command) -> None:
    """Carry out a command: set the field, and let every lane look again."""
    where = {
        "house": records.houses,
        "account": records.accounts,
        "market": records.markets,
        "pace": records.lanes["pace"],
        "lane": records.lanes,
    }
    where[command.of][command.name][command.which] = command.value
    records.houses["epoch"] += 1
