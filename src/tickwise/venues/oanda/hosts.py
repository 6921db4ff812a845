"""Which machines a venue object may speak to: those of its environment, and no others ever.

Practice and live are different machines of OANDA's, and a venue object made for one cannot name the other.
This machine itself may stand for either, for a local venue.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from yarl import URL

from tickwise.errors import ConfigError

Environment: TypeAlias = Literal["practice", "live"]

REST_HOSTS: dict[str, str] = {"practice": "api-fxpractice.oanda.com", "live": "api-fxtrade.oanda.com"}
STREAM_HOSTS: dict[str, str] = {
    "practice": "stream-fxpractice.oanda.com",
    "live": "stream-fxtrade.oanda.com",
}
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class Hosts(NamedTuple):
    """Where requests and where streams go, for one environment. Made by `hosts_of`."""

    environment: Environment
    rest: URL
    stream: URL

    def url(self, path: str, *, stream: bool = False) -> URL:
        """Give the address of a path. Raises ConfigError where that is no host of the environment's."""
        assert path.startswith("/v3/"), "every path begins with the version"
        base = self.stream if stream else self.rest
        url = URL(f"{base.origin()}{path}", encoded=True)
        if url.origin() != base.origin() or not is_allowed(url, self.environment):
            raise ConfigError(f"oanda: {url.host} is no host of the {self.environment} environment")
        return url


def hosts_of(environment: Environment, rest: str = "", stream: str = "") -> Hosts:
    """Give the hosts of an environment, or others on this machine.

    Raises ConfigError for any host that is neither.
    """
    rest_url = URL(rest or f"https://{REST_HOSTS[environment]}")
    stream_url = URL(stream or rest or f"https://{STREAM_HOSTS[environment]}")
    for url in (rest_url, stream_url):
        if not is_allowed(url, environment):
            raise ConfigError(
                f"oanda: {url.host or url} is no host of the {environment} environment: leave it out, "
                "or name one on this machine"
            )
    return Hosts(environment, rest_url, stream_url)


def is_allowed(url: URL, environment: Environment) -> bool:
    """Tell whether an environment may reach an address; beyond this machine only with TLS."""
    if url.user is not None or url.password is not None:
        return False
    if url.host in THIS_MACHINE:
        return url.scheme in ("http", "https")
    own = (REST_HOSTS[environment], STREAM_HOSTS[environment])
    return url.scheme == "https" and url.host in own and url.port == 443
