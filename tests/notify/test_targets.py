"""Who is told of what, and that no address is ever shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notify.webhook import TOKEN
from tickwise.config.environment import unheard
from tickwise.errors import ConfigError
from tickwise.notify.notice import ALARM, FILL, SESSION, Kind, Notice
from tickwise.notify.targets import routed, targets_of

URL = f"https://discord.example/api/webhooks/1/{TOKEN}"

ALL = {"DISCORD_WEBHOOK_URL": URL, "DISCORD_WEBHOOK_CRYPTO": URL, "DISCORD_WEBHOOK_GOLD": URL}


def file_of(folder: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    place = folder / "targets.toml"
    place.write_text(text)
    place.chmod(mode)
    return {"TICKWISE_NOTIFY_FILE": str(place)}


def names(environ: dict[str, str], kind: Kind, instrument: str = "", bot: str = "") -> list[str]:
    notice = Notice(kind, "", 0, 1, instrument, bot)
    return [target.name for target in routed(notice, targets_of(environ))]


def test_what_is_about_gold_or_a_coin_goes_to_its_own_channel_and_all_else_to_the_main_one() -> None:
    assert names(ALL, FILL, "BTC_USD") == ["crypto"]
    assert names(ALL, FILL, "XAU_USD") == ["gold"]
    assert names(ALL, FILL, "EUR_USD") == ["main"]
    assert names(ALL, SESSION) == ["main"]


def test_what_is_critical_goes_to_every_target() -> None:
    assert names(ALL, ALARM, "BTC_USD") == ["main", "crypto", "gold"]


def test_where_no_target_is_for_all_what_none_names_goes_to_each() -> None:
    only = {name: url for name, url in ALL.items() if name != "DISCORD_WEBHOOK_URL"}
    assert names(only, FILL, "EUR_USD") == ["crypto", "gold"]
    assert names(only, FILL, "BTC_USD") == ["crypto"]


def test_a_file_routes_by_instrument_asset_class_and_bot(tmp_path: Path) -> None:
    environ = file_of(
        tmp_path,
        f'[desk]\nurl = "{URL}"\n'
        f'[one]\nurl = "{URL}"\ninstruments = ["DE40_*"]\nbots = ["slow"]\n'
        f'[two]\nurl = "{URL}"\nassets = ["crypto"]\n',
    )
    assert names(environ, FILL, "DE40_EUR", "fast") == ["one"]
    assert names(environ, FILL, "EUR_USD", "slow") == ["one"]
    assert names(environ, FILL, "ETH_USD", "slow") == ["one", "two"]
    assert names(environ, FILL, "EUR_USD", "fast") == ["desk"]
    assert [target.name for target in targets_of(environ, ["two"])] == ["two"]


def test_variables_and_file_are_heard_together_but_not_twice_of_one_name(tmp_path: Path) -> None:
    more = file_of(tmp_path, f'[desk]\nurl = "{URL}"\n')
    assert [target.name for target in targets_of({**ALL, **more})] == ["main", "crypto", "gold", "desk"]
    again = file_of(tmp_path, f'[gold]\nurl = "{URL}"\n')
    with pytest.raises(ConfigError, match="gold is set by a variable too: leave one"):
        targets_of({**ALL, **again})


def test_the_variable_of_the_file_is_one_that_is_heard() -> None:
    assert unheard({"TICKWISE_NOTIFY_FILE": "targets.toml"}, ()) == ()
    (line,) = unheard({"TICKWISE_NOTIFY_FILES": "targets.toml"}, ())
    assert "did you mean TICKWISE_NOTIFY_FILE?" in line


def refused(environ: dict[str, str], only: list[str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        targets_of(environ, only or [])
    says = str(caught.value)
    assert "\n" not in says
    assert not [k for k in range(len(TOKEN) - 7) if TOKEN[k : k + 8] in says]
    return says


def test_without_a_target_it_says_where_to_put_one() -> None:
    advice = "set DISCORD_WEBHOOK_URL, or name a file of mode 0600 in TICKWISE_NOTIFY_FILE"
    assert refused({}) == f"nobody is to be told: {advice}"
    assert refused({"DISCORD_WEBHOOK_URL": ""}) == f"nobody is to be told: {advice}"
    assert refused(ALL, [URL]) == (
        f"--to: an address is a secret, and every process can read a command line; {advice}"
    )
    assert refused(ALL, ["silver"]) == "--to silver: there is no such target; there are main, crypto, gold"


@pytest.mark.parametrize(
    "url",
    [
        f"http://discord.example/api/{TOKEN}",
        f"https://me:{TOKEN}@discord.example/api",
        f"ftp://discord.example/{TOKEN}",
        f"https:///{TOKEN}",
        f"https://[{TOKEN}",
        f"https://discord.example:99999/{TOKEN}",
        f"https://discord.example/{TOKEN} x",
        f"https://discord.example/{TOKEN}\u00e9",
        TOKEN,
    ],
)
def test_an_address_that_is_none_is_refused_and_not_shown(url: str) -> None:
    expected = "not the address of a webhook: https://, a host and its path are needed"
    assert refused({"DISCORD_WEBHOOK_GOLD": url}) == f"DISCORD_WEBHOOK_GOLD: {expected}"


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    environ = file_of(tmp_path, f'[desk]\nurl = "{URL}"\n', mode)
    place = environ["TICKWISE_NOTIFY_FILE"]
    assert refused(environ) == (
        f"TICKWISE_NOTIFY_FILE: others can use {place} (mode {mode:04o}): `chmod 600 {place}`, "
        "and renew the addresses if others could read it"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'desk = "{URL}"', "desk: a table with an url is needed: [desk]"),
        (f'[desk]\nurl = "{URL}"\nurls = 1', "desk: urls is not known; url, instruments, assets, bots are"),
        ("[desk]\nbots = []", "desk: url is missing: the address of a webhook"),
        (f'[desk]\nurl = "{URL}"\nbots = "slow"', 'desk.bots: a list of names is needed, like ["EUR_USD"]'),
        (f'[desk]\nurl = "{URL}"\nassets = ["gold"]',
         "desk.assets: gold is none of fx, metal, crypto, equity, index, option"),
        (f'[desk]\nurl = "{TOKEN}"',
         "desk.url: not the address of a webhook: https://, a host and its path are needed"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_one_line_that_says_where(
    tmp_path: Path, text: str, says: str
) -> None:
    environ = file_of(tmp_path, text)
    assert refused(environ) == f"{environ['TICKWISE_NOTIFY_FILE']}: {says}"


def test_a_file_that_is_not_toml_is_refused_without_what_stands_there(tmp_path: Path) -> None:
    assert "not TOML: " in refused(file_of(tmp_path, f"url = {URL}\n{TOKEN}"))
