"""The first schema: entries, the journal's one row, commands, and what is folded out of the entries.

Revision 0001. Nothing comes before it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TYPES: dict[str, Any] = {
    "int": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    "text": sa.Text(),
    "float": sa.Double(),
    "bool": sa.Boolean(),
    "bytes": sa.LargeBinary(),
}

_TABLES = {
    "entries": (
        "seq",
        "seq:int kind:text ts:int event:int version:int body:bytes digest:bytes",
    ),
    "journal": (
        "id",
        "id:int token:int owner:text since_ts:int seq:int digest:bytes session:text folds:int commits:int",
    ),
    "commands": (
        "id",
        "id:text key:text actor:text verb:text arguments:text created_ts:int deadline_ts:int "
        "signature:text status:text claimed_by:text claimed_ts:int ended_ts:int result:text",
    ),
    "account_days": (
        "realm day account",
        "realm:text day:text account:text balance_first:int balance_last:int flow:int is_lost:bool "
        "lost_ts:int equity:int floor:int",
    ),
    "accounts": (
        "realm account",
        "realm:text account:text seq:int session:text balance:int flow:int mark:int balance_ts:int "
        "reconciled_ts:int reconciled_mark:int differences:text lost_day:text",
    ),
    "audit": (
        "seq",
        "seq:int ts:int session:text actor:text action:text subject:text says:text",
    ),
    "command_runs": (
        "command",
        "command:text seq:int actor:text verb:text arguments:text started_ts:int ended_ts:int status:text "
        "result:text",
    ),
    "connections": (
        "stream instrument",
        "stream:text instrument:text seq:int is_live:bool since_ts:int why:text",
    ),
    "daily_pnl": (
        "session day account bot strategy instrument",
        "session:text day:text account:text bot:text strategy:text instrument:text fills:int trades:int "
        "wins:int losses:int gross:int commission:int financing:int pnl:int",
    ),
    "decisions": (
        "seq",
        "seq:int ts:int event:int session:text lane:int bot:text instrument:text account:text action:text "
        "reason:text order:text position:text units:int price:int",
    ),
    "fills": (
        "account execution",
        "account:text execution:text seq:int ts:int session:text order:text position:text lane:int "
        "bot:text strategy:text instrument:text pocket:text is_exit:bool units:int price:int "
        "decided_price:int gross:int commission:int financing:int balance:int mark:int latency_ns:int "
        "reason:text",
    ),
    "foreign_positions": (
        "account venue_id",
        "account:text venue_id:text seq:int instrument:text units:int price:int seen_ts:int adopted_as:text",
    ),
    "gates_now": (
        "session lane",
        "session:text lane:int seq:int since_ts:int bot:text instrument:text account:text gate:text",
    ),
    "orders": (
        "order",
        "order:text seq:int session:text lane:int bot:text instrument:text account:text is_exit:bool "
        "units:int price:int decided_ts:int is_working:bool status:text reason:text strategy:text "
        "pocket:text position:text bid:int ask:int stop:int target:int bound:int score:float risk:int "
        "value:int filled:int fill_value:int commission:int sent_ts:int accepted_ts:int unknown_ts:int "
        "filled_ts:int ended_ts:int payload:text venue_order:text mark:int policy:text says:text "
        "evidence:text",
    ),
    "outcome_counts": (
        "session day lane code",
        "session:text day:text lane:int code:int outcome:text bot:text instrument:text account:text "
        "count:int missed:int",
    ),
    "positions": (
        "position",
        "position:text seq:int session:text order:text lane:int bot:text strategy:text instrument:text "
        "account:text pocket:text is_adopted:bool units:int entry_units:int entry_value:int opened_ts:int "
        "changed_ts:int is_open:bool stop:int target:int protected_ts:int stop_wanted:int "
        "stop_refused:text exit_units:int exit_value:int closed_ts:int gross:int commission:int "
        "financing:int pnl:int reason:text venue_position:text",
    ),
    "refusals": (
        "seq",
        "seq:int ts:int event:int session:text lane:int bot:text instrument:text account:text gate:text "
        "before:text count_before:int had_signal:bool",
    ),
    "session_configs": (
        "session bot",
        "session:text bot:text seq:int digest:text text:text",
    ),
    "session_instruments": (
        "session instrument",
        "session:text instrument:text tick:text unit_step:text quote:text",
    ),
    "session_lanes": (
        "session lane",
        "session:text lane:int bot:text strategy:text instrument:text account:text pocket:text",
    ),
    "sessions": (
        "session",
        "session:text seq:int realm:text opened_ts:int closed_ts:int reason:text venue:text "
        "environment:text currency:text balance:int version:text code_digest:text layout:int "
        "calendar_since:int calendar_until:int calendar_digest:text tape:text recovered:int "
        "recovered_ts:int snapshot_seq:int snapshot_event:int snapshot_digest:text reloaded:int "
        "decision_digest:text",
    ),
    "signals": (
        "realm key",
        "realm:text key:text seq:int ts:int session:text lane:int bot:text strategy:text instrument:text "
        "account:text units:int bid:int ask:int stop:int target:int score:float decision:text reason:text "
        "order:text",
    ),
    "switches": (
        "realm switch scope name",
        "realm:text switch:text scope:text name:text seq:int on:bool since_ts:int until_ts:int "
        "reason:text actor:text",
    ),
    "trades": (
        "seq",
        "seq:int day:text session:text position:text lane:int bot:text strategy:text instrument:text "
        "account:text pocket:text side:int units:int decided_ts:int entry_ts:int entry_price:int "
        "exit_ts:int exit_value:int exit_units:int reason:text gross:int commission:int financing:int "
        "pnl:int risk:int stop:int target:int best:int worst:int spread:int score:float state:text "
        "latency:int",
    ),
}
"""For each table: its primary key, then its columns with their types. No column is ever null."""

_INDEXES = (
    ("entries_kind", "entries", "kind seq", False),
    ("commands_key_once", "commands", "key", True),
    ("commands_status", "commands", "status", False),
    ("command_runs_seq", "command_runs", "seq", False),
    ("fills_seq", "fills", "seq", False),
    ("orders_is_working", "orders", "is_working", False),
    ("orders_seq", "orders", "seq", False),
    ("positions_is_open", "positions", "is_open", False),
    ("positions_seq", "positions", "seq", False),
    ("sessions_seq", "sessions", "seq", False),
    ("signals_seq", "signals", "seq", False),
    ("trades_exit_ts", "trades", "exit_ts", False),
)
"""For each index: its name, table and columns, and whether a value may stand there once only."""


def upgrade() -> None:
    """Make every table, and the journal's one row: nothing written, nobody writing."""
    for name, (key, columns) in _TABLES.items():
        keys = key.split()
        kinds = dict(each.split(":") for each in columns.split())
        by_number = len(keys) == 1 and kinds[keys[0]] == "int"
        made = (_column(each, kind, each in keys) for each, kind in kinds.items())
        op.create_table(name, *made, sqlite_with_rowid=by_number)
    for name, table, columns, unique in _INDEXES:
        op.create_index(name, table, columns.split(), unique=unique)
    none = {"id": 1, "token": 0, "owner": "", "since_ts": 0, "seq": 0}
    journal = sa.table("journal", *(sa.column(each.split(":")[0]) for each in _TABLES["journal"][1].split()))
    op.execute(journal.insert().values(**none, digest=bytes(32), session="", folds=1, commits=0))


def _column(name: str, kind: str, in_key: bool) -> sa.Column[Any]:
    """Make a column; the database numbers no rows by itself."""
    return sa.Column(name, _TYPES[kind], primary_key=in_key, nullable=False, autoincrement=False)
