"""Where messages go: addresses, which are secrets, and what each is for.

An address comes from a variable, or from a file that only its owner can read. It is shown nowhere: a target
is spoken of by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from tickwise.config.document import document_of
from tickwise.config.environment import NOTIFY_FILE
from tickwise.config.secret import kept_in
from tickwise.config.setting import escaped
from tickwise.core.instrument import ASSET_CLASSES, instrument_named
from tickwise.errors import ConfigError
from tickwise.notify.notice import Notice, Urgency

FILE_BYTES_MAX = 65_536

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts that may be spoken to without TLS."""

ADVICE = f"set DISCORD_WEBHOOK_URL, or name a file of mode 0600 in {NOTIFY_FILE}"


class Target(NamedTuple):
    """One place to tell. Patterns of instruments, asset classes and names of bots say what it is for."""

    name: str
    url: SecretStr
    instruments: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()

    @property
    def is_for_all(self) -> bool:
        """Whether nothing says what it is for."""
        return not (self.instruments or self.assets or self.bots)

    def names(self, notice: Notice) -> bool:
        """Tell whether what it is for is what a notice is about."""
        if notice.bot and notice.bot in self.bots:
            return True
        known = instrument_named(notice.instrument) if self.assets and notice.instrument else None
        if known is not None and known.asset_class in self.assets:
            return True
        return bool(notice.instrument) and any(
            fnmatchcase(notice.instrument, each) for each in self.instruments
        )


VARIABLES: Mapping[str, Target] = {
    "DISCORD_WEBHOOK_URL": Target("main", SecretStr("")),
    "DISCORD_WEBHOOK_CRYPTO": Target("crypto", SecretStr(""), assets=("crypto",)),
    "DISCORD_WEBHOOK_GOLD": Target("gold", SecretStr(""), instruments=("XAU*", "GOLD*")),
}
"""The variables that hold an address each, and what it is for."""


def routed(notice: Notice, targets: Sequence[Target]) -> list[Target]:
    """Give the targets of a notice: those that name it, else those for all; what is critical goes to each."""
    if notice.kind.urgency == Urgency.CRITICAL:
        return list(targets)
    for_all = [target for target in targets if target.is_for_all] or list(targets)
    return [target for target in targets if target.names(notice)] or for_all


def targets_of(environ: Mapping[str, str], only: Iterable[str] = ()) -> tuple[Target, ...]:
    """Give the targets of the variables and of the file they name; of those, the ones that are asked for.

    Raises ConfigError where there is none, where an address is none, and where others can read the file.
    """
    found = {
        target.name: target._replace(url=_url(environ[variable], variable))
        for variable, target in VARIABLES.items()
        if environ.get(variable)
    }
    if environ.get(NOTIFY_FILE):
        for target in _of_file(Path(environ[NOTIFY_FILE]).expanduser()):
            if target.name in found:
                raise ConfigError(
                    f"{NOTIFY_FILE}: {escaped(target.name)} is set by a variable too: leave one"
                )
            found[target.name] = target
    if not found:
        raise ConfigError(f"nobody is to be told: {ADVICE}")
    return _asked_for(found, tuple(only))


def _asked_for(found: Mapping[str, Target], only: Sequence[str]) -> tuple[Target, ...]:
    for name in only:
        if "/" in name:
            raise ConfigError(
                f"--to: an address is a secret, and every process can read a command line; {ADVICE}"
            )
        if name not in found:
            raise ConfigError(f"--to {escaped(name)}: there is no such target; there are {', '.join(found)}")
    return tuple(target for name, target in found.items() if not only or name in only)


def _of_file(path: Path) -> list[Target]:
    """Read the targets of a file: a table each, with its address and what it is for."""
    text = kept_in(path, NOTIFY_FILE, "addresses", FILE_BYTES_MAX)
    targets = []
    for name, table in document_of(text, str(path)).items():
        where = f"{path}: {escaped(name)}"
        if not isinstance(table, dict):
            raise ConfigError(f"{where}: a table with an url is needed: [{escaped(name)}]")
        strange = [key for key in table if key not in ("url", "instruments", "assets", "bots")]
        if strange:
            raise ConfigError(
                f"{where}: {escaped(strange[0])} is not known; url, instruments, assets, bots are"
            )
        url = table.get("url")
        if not isinstance(url, str):
            raise ConfigError(f"{where}: url is missing: the address of a webhook")
        said = {
            key: _words(table.get(key, []), f"{where}.{key}") for key in ("instruments", "assets", "bots")
        }
        wrong = [each for each in said["assets"] if each not in ASSET_CLASSES]
        if wrong:
            raise ConfigError(f"{where}.assets: {escaped(wrong[0])} is none of {', '.join(ASSET_CLASSES)}")
        targets.append(Target(name, _url(url, f"{where}.url"), **said))
    return targets


def _words(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise ConfigError(f'{where}: a list of names is needed, like ["EUR_USD"]')
    return tuple(value)


def _url(text: str, where: str) -> SecretStr:
    """Take an address; the message about a bad one does not show it."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    is_plain = text.isascii() and text.isprintable() and " " not in text
    if not (host and is_safe and is_plain) or parts.username is not None or port == 0:
        raise ConfigError(f"{where}: not the address of a webhook: https://, a host and its path are needed")
    return SecretStr(text)
