"""How bots, instruments and accounts become the records of a session."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oracles.bots import quiet, w1_bot, w2_bot
from oracles.chain import decisions_of, trades_of
from oracles.drawn_worlds import world_drawn
from oracles.tapes import chunk_of, tape
from oracles.worlds import LanePlan, World, row, session_of
from tickwise.config.bot import BotConfig
from tickwise.core.layout import FRAME_SECONDS
from tickwise.errors import ConfigError
from tickwise.market_data.tape import tape_of
from tickwise.session import session as of_session
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

PAIRS = ("EUR_USD", "GBP_USD")


def momentum(name: str, **tables: Any) -> BotConfig:
    exits = {"target_pips": 1.0, "stop_pips": 3.0, "soft_stop_pips": 0}
    return quiet("fast_scalp", name=name, **{"exits": exits, **tables})


def put_together(*bots: BotConfig, symbols: tuple[str, ...] = PAIRS) -> Session:
    return assembled(bots, tape(chunk_of(1, 200, instruments=len(symbols)), *symbols))


def test_lanes_come_by_instrument_then_by_bot_then_by_account() -> None:
    session = put_together(
        momentum("b", instruments=["GBP_USD", "EUR_USD"], accounts=["two", "one"]),
        momentum("a", instruments=["EUR_USD"], accounts=["one"], pocket="shared"),
    )
    assert [tuple(lane) for lane in session.lanes] == [
        ("b", "EUR_USD", "two", "b"),
        ("b", "EUR_USD", "one", "b"),
        ("a", "EUR_USD", "one", "shared"),
        ("b", "GBP_USD", "two", "b"),
        ("b", "GBP_USD", "one", "b"),
    ]
    lanes = session.records.lanes
    assert lanes["leader"].tolist() == [0, 0, 2, 3, 3]
    assert lanes["account"].tolist() == [0, 1, 1, 0, 1]
    markets = session.records.markets
    assert list(zip(markets["lane_first"].tolist(), markets["lane_end"].tolist(), strict=True)) == [
        (0, 3),
        (3, 5),
    ]


def test_each_scope_has_a_tally_of_its_own() -> None:
    session = put_together(
        momentum("a", instruments=list(PAIRS), pocket="shared", gates={"group": "majors"}),
        momentum("b", instruments=["EUR_USD"], pocket="shared"),
        momentum(
            "c", instruments=["EUR_USD"], accounts=["other"], pocket="shared", gates={"group": "majors"}
        ),
    )
    lanes = session.records.lanes
    assert [tuple(lane)[:3] for lane in session.lanes] == [
        ("a", "EUR_USD", "main"),
        ("b", "EUR_USD", "main"),
        ("c", "EUR_USD", "other"),
        ("a", "GBP_USD", "main"),
    ]
    same = {
        "bot_tally": [(0, 3)],
        "instrument_tally": [(0, 1)],
        "pocket_tally": [(0, 1), (0, 3)],
        "group_tally": [(0, 3)],
        "house_tally": [(0, 1), (0, 2), (0, 3)],
    }
    for name, pairs in same.items():
        places = lanes[name].tolist()
        found = [(i, j) for i in range(4) for j in range(i + 1, 4) if places[i] == places[j]]
        wanted = {frozenset(pair) for pair in pairs}
        assert wanted <= {frozenset(pair) for pair in found}, name
        assert (
            all(session.lanes[i].account == session.lanes[j].account for i, j in found)
            or name == "house_tally"
        )
    accounts = session.records.accounts["tally"].tolist()
    kinds = [lanes[name].tolist() for name in same] + [accounts]
    assert len({place for kind in kinds for place in kind}) == len(session.records.tallies)


def test_no_wider_bars_are_built_than_somebody_reads() -> None:
    assert put_together(w1_bot(), symbols=("EUR_USD",)).records.markets["widest"].tolist() == [0]
    wide = quiet("trend_pullback", frame="M15", sizing={"units_fixed": 10_000})
    session = put_together(wide, symbols=("EUR_USD",))
    assert session.records.markets["widest"].tolist() == [2]
    assert session.records.markets["frames"]["span"][0].tolist() == list(FRAME_SECONDS)


def test_the_account_takes_the_strictest_limit_of_its_bots() -> None:
    session = put_together(
        momentum("a", gates={"day_loss_fraction_max": 0.05}),
        momentum("b", gates={"day_loss_fraction_max": 0.03}),
        momentum("c"),
    )
    account = session.records.accounts[0]
    assert (float(account["day_loss_fraction"]), int(account["floor"])) == (0.03, 97_000_000_000)


def test_a_bot_that_trades_nothing_on_the_tape_is_told_so() -> None:
    with pytest.raises(ConfigError, match=r"trades USD_JPY, but the tape holds EUR_USD, GBP_USD"):
        put_together(momentum("a", instruments=["USD_JPY"]))


def test_a_currency_without_a_rate_on_the_tape_is_told_so_and_one_with_it_is_found() -> None:
    with pytest.raises(ConfigError, match=r"paid in JPY and the account is in USD"):
        put_together(momentum("a", instruments=["EUR_JPY"]), symbols=("EUR_JPY",))
    bot = momentum("a", instruments=["EUR_JPY"])
    for rate, inverted in (("USD_JPY", 1), ("JPY_USD", 0)):
        chunk = chunk_of(1, 200, instruments=2)
        both = tape_of(chunk, [("EUR_JPY", "0.001"), (rate, "0.001" if inverted else "0.0000001")])
        lanes = assembled([bot], both).records.lanes
        assert (lanes["rate_market"].tolist(), lanes["rate_inverted"].tolist()) == ([1], [inverted])


def test_a_strategy_of_quotes_cannot_be_asked_on_bars() -> None:
    bars = np.full(3, 110_000, np.int32)
    from tickwise.market_data.tape import BarChunk

    ts = np.arange(3, dtype=np.int64) * 60_000_000_000 + 60_000_000_000
    minutes = tape_of(BarChunk(ts, *[bars] * 8), [("EUR_USD", "0.00001")])
    with pytest.raises(ConfigError, match="asked on each quote, but the tape holds bars"):
        assembled([w1_bot()], minutes)
    assert assembled([w2_bot("EUR_USD")], minutes).span == 60_000_000_000


def test_two_bots_with_one_strategy_are_two_lanes_with_settings_of_their_own() -> None:
    chunk = chunk_of(2, 4_000, odd=False)
    loose = momentum("loose", params={"threshold_pips": 0.2})
    strict = momentum("strict", params={"threshold_pips": 0.9})
    both = assembled([loose, strict], tape(chunk))
    both.feed(chunk)
    for k, bot in enumerate((loose, strict)):
        alone = assembled([bot], tape(chunk))
        alone.feed(chunk)
        assert (both.counts()[k] == alone.counts()[0]).all()


@pytest.mark.parametrize("room", [3, 17, 64])
def test_a_log_that_is_full_loses_no_trade_and_no_decision(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk = chunk_of(3, 3_000, instruments=2)
    world = world_drawn(15, int(chunk.ts[0]), int(chunk.ts[-1]), 2)
    world.lanes = [
        LanePlan(
            settings=row(stop_ticks=30, trail_ticks=4),
            params={"one_in": 4, "seed": at},
            bot=at,
            instrument=at // 2,
        )
        for at in range(4)
    ]
    found = []
    for rows in (of_session.LOG_ROWS, room):
        monkeypatch.setattr(of_session, "LOG_ROWS", rows)
        session = session_of(World(world.lanes, world.markets))
        session.feed(chunk)
        found.append((trades_of(session), decisions_of(session), session.decision_digest, session.snapshot()))
    assert found[0] == found[1]
    assert len(found[0][1]) > 500
