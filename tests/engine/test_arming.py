"""Claims about live trading: of all ways to ask for it, one trades."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from tickwise.config.reload import Configs, configs_of
from tickwise.engine.arming import DAY_NS, Permission, arming, may_trade_live, worst_in_money
from tickwise.errors import ConfigError
from tickwise.journal.entries import Armed

NOW = 1_800_000_000_000_000_000
ACCOUNT = "001-004-1234567-001"
BOT = 'name = "one"\nstrategy = "fast_scalp"\ninstruments = ["EUR_USD"]\n'
SET = {"LIVE_TRADING_ENABLED": "true"}


def configs(
    *, live: bool = True, environment: str = "live", account: str = ACCOUNT, bot: str = BOT
) -> Configs:
    engine = (
        f"live = {str(live).lower()}\n[venue]\nname = 'oanda'\nenvironment = '{environment}'\n"
        f"account = '{account}'\n"
    )
    found = configs_of({"bots/one.toml": bot.encode(), "tickwise.toml": engine.encode()})
    assert isinstance(found, Configs)
    return found


def armed(config: Configs, *, account: str = ACCOUNT, ts: int = NOW, until: int = NOW + DAY_NS) -> Armed:
    return Armed(
        ts=ts,
        event=0,
        account=account,
        config_digest=config.digest,
        limits="",
        until=until,
        actor="me",
    )


def test_of_sixty_four_ways_to_ask_exactly_one_trades() -> None:
    trading = []
    for acts in product((False, True), repeat=6):
        live, real, variable, typed, matches, in_time = acts
        config = configs(live=live, environment="live" if real else "practice")
        found = may_trade_live(
            config,
            SET if variable else {"LIVE_TRADING_ENABLED": "yes"},
            [armed(config)] if typed else [armed(configs(bot=BOT + "owner = 'other'\n"))],
            ACCOUNT if matches else "001-004-7654321-001",
            NOW + (DAY_NS // 2 if in_time else DAY_NS),
        )
        assert found.allows == (not found.missing)
        assert len(found.missing) >= 1 or all(acts)
        if found.allows:
            trading.append(acts)
    assert trading == [(True,) * 6]


def test_everything_that_is_missing_is_said_at_once() -> None:
    config = configs(live=False, environment="practice")
    assert may_trade_live(config, {}, [], "", NOW) == Permission(
        (
            "live = true does not stand in tickwise.toml",
            "venue.environment is practice, not live",
            "LIVE_TRADING_ENABLED=true is not set",
            f"the venue's account is not known, and venue.account is {ACCOUNT}",
            "account none was never armed: `tickwise arm`",
        )
    )


def test_a_restart_of_the_same_session_needs_no_typing() -> None:
    entry = armed(configs())
    again = may_trade_live(configs(), SET, [entry], ACCOUNT, NOW + DAY_NS // 3)
    assert again == Permission((), NOW + DAY_NS)


@pytest.mark.parametrize(
    "bot",
    [
        BOT + "[gates]\nspread_pips_max = 0.3\n",
        BOT + "[params]\nthreshold_pips = 0.7\n",
        BOT.replace('"one"', '"two"'),
        BOT.replace("EUR_USD", "GBP_USD"),
        BOT + "enabled = false\n",
    ],
)
def test_any_change_of_the_config_voids_the_arming(bot: str) -> None:
    found = may_trade_live(configs(bot=bot), SET, [armed(configs())], ACCOUNT, NOW)
    assert [line.split(" (")[0] for line in found.missing] == ["what was armed was another config"]


def test_a_change_of_a_strategys_file_voids_the_arming(tmp_path) -> None:
    strategy = tmp_path / "mine.py"
    text = (
        '"""Mine."""\n\nfrom typing import NamedTuple\n\nfrom tickwise.core.types import Signal\n\n\n'
        'class Params(NamedTuple):\n    """Mine."""\n\n    edge: float = 2.0\n\n\n'
        "def on_quote(params, market):\n    return Signal(0, 0.0, 0.0, 0.0)\n"
    )
    strategy.write_text(text)
    bot = BOT.replace("fast_scalp", str(strategy))
    before = configs(bot=bot)
    entry = armed(before)
    strategy.write_text(text.replace("Signal(0", "Signal(1"))
    assert not may_trade_live(configs(bot=bot), SET, [entry], ACCOUNT, NOW).allows
    strategy.write_text(text)
    assert may_trade_live(configs(bot=bot), SET, [entry], ACCOUNT, NOW).allows


def test_only_the_newest_arming_of_the_account_counts() -> None:
    config = configs()
    other = armed(configs(bot=BOT + "owner = 'other'\n"), ts=NOW + 1)
    ended = armed(config, ts=NOW + 1, until=NOW + 1)
    of_another = armed(config, account="elsewhere", ts=NOW + 1, until=NOW + 1)
    assert not may_trade_live(config, SET, [armed(config), other], ACCOUNT, NOW + 2).allows
    assert not may_trade_live(config, SET, [armed(config), ended], ACCOUNT, NOW + 2).allows
    assert may_trade_live(config, SET, [armed(config), of_another], ACCOUNT, NOW + 2).allows


def test_no_arming_holds_longer_than_a_week_nor_before_it_was_made() -> None:
    config = configs()
    forever = armed(config, until=NOW + 400 * DAY_NS)
    for at, allows in (
        (NOW - 1, False),
        (NOW, True),
        (NOW + 7 * DAY_NS - 1, True),
        (NOW + 7 * DAY_NS, False),
    ):
        assert may_trade_live(config, SET, [forever], ACCOUNT, at).allows == allows


@pytest.mark.parametrize("text", ["", "1", "yes", "True!", "false", "on"])
def test_the_variable_says_true_and_nothing_like_it(text: str) -> None:
    config = configs()
    environ: Mapping[str, str] = {"LIVE_TRADING_ENABLED": text}
    assert may_trade_live(config, environ, [armed(config)], ACCOUNT, NOW).missing == (
        "LIVE_TRADING_ENABLED=true is not set",
    )


def test_arming_takes_the_account_as_it_is_typed_and_says_what_could_be_lost() -> None:
    config = configs()
    limits = worst_in_money(config, balance=20_000.0)
    entry = arming(config, f" {ACCOUNT}\n", 2, NOW, "me", limits)
    assert entry == Armed(
        ts=NOW,
        event=0,
        account=ACCOUNT,
        config_digest=config.digest,
        limits=(
            "one on EUR_USD: an order of 50,000 units (sizing.units_max) may lose 151.00 USD at its stop of "
            "30 pips, costs included; 1 at once\n"
            "a day may lose 600.00 USD (3 % of 20,000.00), open stops counted, and what a gap takes beyond a "
            "stop: one"
        ),
        until=NOW + 2 * DAY_NS,
        actor="me",
    )
    assert may_trade_live(config, SET, [entry], ACCOUNT, NOW + DAY_NS).allows


@pytest.mark.parametrize(
    ("typed", "days", "config", "says"),
    [
        ("001-004-1234567-002", 1, configs(), "typed was 001-004-1234567-002, and venue.account is another"),
        ("", 1, configs(), "typed was nothing, and venue.account is another"),
        ("", 1, configs(account=""), "typed was nothing, and venue.account is another"),
        (ACCOUNT, 8, configs(), "armed for 8 days: at most 7"),
        (ACCOUNT, 0, configs(), "armed for 0 days: at most 7, and more than none"),
        (ACCOUNT, float("nan"), configs(), "armed for nan days"),
        (ACCOUNT, 1, configs(live=False), "nothing to arm"),
        (ACCOUNT, 1, configs(environment="practice"), "nothing to arm"),
    ],
)
def test_what_cannot_be_armed_is_not(typed: str, days: float, config: Configs, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        arming(config, typed, days, NOW, "me", ())
    assert str(caught.value).startswith(says)


def test_what_cannot_be_known_before_is_said_to_be_so() -> None:
    bots = {
        "bots/a.toml": BOT.replace("one", "yen").replace("EUR_USD", "USD_JPY"),
        "bots/b.toml": BOT.replace("one", "trend").replace("fast_scalp", "trend_pullback")
        + "[gates]\nday_loss_fraction_max = 0.0\n",
        "bots/c.toml": BOT.replace("one", "silent") + "auto_trade = false\n",
    }
    found = configs_of({name: text.encode() for name, text in bots.items()})
    assert isinstance(found, Configs)
    assert worst_in_money(found, 10_000.0) == (
        "yen on USD_JPY: what one order may lose is known only with its signal",
        "trend on EUR_USD: what one order may lose is known only with its signal",
        "a day may lose 300.00 USD (3 % of 10,000.00), open stops counted, and what a gap takes beyond a "
        "stop: yen",
        "no limit on what a day may lose: trend",
    )
    assert "may lose 100." in worst_in_money(found, 10_000.0, rates={"JPY": 1 / 150})[0]
