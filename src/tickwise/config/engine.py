"""The engine's own settings: where it keeps things, whom it talks to, and how long it waits for what.

They stand in `tickwise.toml` and in TICKWISE_ variables, each a row like a bot's. No token stands in a file
of settings; `config.secret` reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr

from tickwise.config.setting import UNITS_MAX, Row, Section, count, fraction, rows_of, seconds, setting

Secret = Annotated[SecretStr, Field(strict=False)]
"""A text that no message, no log and no repr shows."""

FILE_ONLY = ("live",)
"""Settings that no variable sets: of the acts that lead to live trading one is written down, not exported."""

KEPT_OUT = ("db", "db_url", "tape_folder", "snapshot_events", "log")
"""What the digest leaves out: where things are kept and told changes no order."""


class VenueTerms(Section):
    """Whom the engine talks to. None of this changes while it runs."""

    name: Literal["paper", "oanda", "mt5", "alpaca"] = setting("paper", "Who executes.", looser="fixed")
    environment: Literal["practice", "live"] = setting(
        "practice", "Which of the venue's two worlds: practice or real money.", looser="fixed"
    )
    account: str = setting(
        "", "The account's id at the venue.", looser="fixed", pattern=r"^[A-Za-z0-9._-]{0,64}$"
    )
    token_file: str = setting(
        "",
        "File with the venue's token, readable by nobody else; TICKWISE_TOKEN is the other place for it.",
        looser="fixed",
    )


class Streams(Section):
    """Silence that means that a stream is dead; a heartbeat of a stream says nothing of an instrument."""

    prices_silence_s: float = seconds(
        10.0, "Without a price or a heartbeat for so long the stream of prices is stale.", gt=0, looser="up"
    )
    changes_silence_s: float = seconds(
        20.0,
        "Without a change or a heartbeat for so long the stream of the account is stale.",
        gt=0,
        looser="up",
    )
    quotes_silence_s_min: float = seconds(
        10.0,
        "Least silence of one instrument, while its market is open, that is too long.",
        gt=0,
        looser="up",
    )
    quotes_silence_s_max: float = seconds(
        120.0,
        "Longest silence of one instrument that is waited for, however slow its quotes are.",
        gt=0,
        looser="up",
    )
    quotes_silence_factor: float = setting(
        5.0,
        "Times the slowest hundredth of an instrument's own gaps that are silence.",
        "factor",
        ge=1,
        le=1000,
        looser="up",
    )


class Orders(Section):
    """How an order is called, and how long nobody knowing may last."""

    prefix: str = setting(
        "qr-fast-", "How our order ids begin at the venue.", looser="fixed", pattern=r"^[A-Za-z0-9-]{1,16}$"
    )
    timeout_s: float = seconds(5.0, "Time for a reply, after which an order is unknown.", gt=0, le=60)
    lateness_s: float = seconds(
        120.0, "How late the venue may still act on an order that nobody answered.", looser="down"
    )
    quiet_s: float = seconds(
        2.0, "How much later than a change the venue's lists may tell of it.", looser="down"
    )
    unprotected_s_max: float = seconds(
        2.0, "Time without a stop at the venue, after which the position is closed.", looser="up"
    )
    flat_s_max: float = seconds(
        5.0, "Time within which such a position is flat, or a person is called.", looser="up"
    )


class Reconcile(Section):
    """How often our book is held against the venue's."""

    changes_s: float = seconds(
        5.0, "How often the venue's changes are read for what a stream missed.", gt=0, looser="up"
    )
    account_s: float = seconds(
        45.0, "How often positions, orders and the balance are read whole.", gt=0, looser="up"
    )


class Requests(Section):
    """What the venue is asked at most."""

    per_s_max: int = count(60, "Most requests in a second.", "requests", ge=1, le=10_000, looser="up")
    exits_share_min: float = fraction(
        0.3, "Part of the requests that only orders which reduce risk may use.", ge=0.3, le=0.9, looser="down"
    )


class LastHop(Section):
    """Hard limits on the bytes that leave, beyond every limit of a bot; none holds for an order that reduces
    risk.
    """

    units_max: float = setting(
        1_000_000.0, "Largest order; 0 is no cap.", "units", ge=0, le=UNITS_MAX, looser="up"
    )
    value_max: float = setting(
        1_000_000.0,
        "Largest value of an order; 0 is no cap.",
        "account currency",
        ge=0,
        le=UNITS_MAX,
        looser="up",
    )
    price_band_fraction_max: float = fraction(
        0.05, "Largest distance of an order's bound from the last mid, as a part of it.", gt=0, looser="up"
    )
    decision_age_s_max: float = seconds(
        2.0, "Oldest decision whose bytes may still leave.", gt=0, le=60, looser="up"
    )
    repeats_max: int = count(
        30,
        "Entries of one bot within `repeats_s` that switch it off until a person says go on; 0 is never.",
        "entries",
        looser="up",
    )
    repeats_s: float = seconds(60.0, "Window of `repeats_max`.", gt=0, le=86_400, looser="down")


class News(Section):
    """The economic calendar that is read again and again while the engine runs."""

    source: str = setting("", "A file or an https address of scheduled news; none is none.", looser="any")
    refresh_s: float = seconds(3600.0, "How often it is read.", ge=60, le=86_400)
    stale_s: float = seconds(
        86_400.0,
        "How long the last good calendar stands; then no position is opened.",
        gt=0,
        le=7 * 86_400,
        looser="up",
    )
    timeout_s: float = seconds(10.0, "Time for its source to answer.", gt=0, le=60)


class Log(Section):
    """What is told while the engine runs, and where."""

    level: Literal["debug", "info", "warning", "error"] = setting("info", "Least level that is told.")
    file: str = setting("", "File of JSON lines; none tells readable lines on the terminal.")
    queue_max: int = count(
        10_000, "Lines that wait to be written; more are dropped and counted, warnings last.", "lines", ge=100
    )
    interval_s: float = seconds(10.0, "Time in which one kind of line is told once, with its count.")


class Reload(Section):
    """How changed files are taken."""

    quiet_ms: float = setting(
        500.0, "How long files must stay as they are before they are read.", "ms", ge=0, le=60_000
    )


TABLES: Mapping[str, type[Section]] = {
    "venue": VenueTerms,
    "streams": Streams,
    "orders": Orders,
    "reconcile": Reconcile,
    "requests": Requests,
    "last_hop": LastHop,
    "news": News,
    "log": Log,
    "reload": Reload,
}
"""The tables of `tickwise.toml`."""


class EngineConfig(Section):
    """Everything about the engine that is a setting. `config.engine_file.load_engine` makes one."""

    live: bool = setting(
        False,
        "Whether real money may be traded; `tickwise arm` and LIVE_TRADING_ENABLED=true are needed too.",
        looser="fixed",
    )
    db: str = setting(
        "", "SQLite file of the journal.", shown="journal.db in the user's own folder", looser="fixed"
    )
    db_url: Secret = setting(SecretStr(""), "Postgres URL instead of a file.", shown="none", looser="fixed")
    tape_folder: str = setting("tapes", "Where recorded quotes are kept.", looser="fixed")
    snapshot_events: int = count(
        10_000, "Events between two snapshots of the core's state.", "events", ge=100, looser="fixed"
    )
    venue: VenueTerms = VenueTerms()
    streams: Streams = Streams()
    orders: Orders = Orders()
    reconcile: Reconcile = Reconcile()
    requests: Requests = Requests()
    last_hop: LastHop = LastHop()
    news: News = News()
    log: Log = Log()
    reload: Reload = Reload()

    @property
    def database(self) -> str | Path | None:
        """Where the journal is: a URL, the path of a file, or None for the user's own folder."""
        url = self.db_url.get_secret_value()
        return url or (Path(self.db).expanduser() if self.db else None)

    @property
    def digest(self) -> str:
        """SHA-256 of everything here that may change an order, as hex; secrets and places are not in it."""
        kept = self.model_dump(mode="json", exclude=set(KEPT_OUT))
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def engine_rows() -> Iterator[Row]:
    """Give a row for each of the engine's settings, in the order of `tickwise.toml`."""
    yield from (row for row in rows_of(EngineConfig) if row.key not in TABLES)
    for name, table in TABLES.items():
        yield from rows_of(table, f"{name}.")


def engine_keys() -> dict[str, Any]:
    """Give every key of `tickwise.toml` with its type."""
    top = {name: field.annotation for name, field in EngineConfig.model_fields.items() if name not in TABLES}
    tables = {
        f"{name}.{key}": field.annotation
        for name, table in TABLES.items()
        for key, field in table.model_fields.items()
    }
    return {**top, **tables}


def engine_variables() -> tuple[str, ...]:
    """Name every variable that the engine's settings hear."""
    return tuple(row.variable for row in engine_rows() if row.key not in FILE_ONLY)
