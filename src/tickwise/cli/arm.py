"""The command `arm`: the third act of live trading, done once by a person who has seen what may be lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli.journal_options import Db
from tickwise.cli.run import Changes
from tickwise.cli.venue_options import Rest, Stream

EXAMPLE = (
    "Example: tickwise arm bots/fast-eurusd.toml --days 2\n\n"
    "Then: LIVE_TRADING_ENABLED=true tickwise run bots/fast-eurusd.toml\n\n"
    "No more entries from the next start on: tickwise arm --disarm"
)


def arm(
    configs: Annotated[
        list[Path], typer.Argument(metavar="[CONFIG]", help="What `tickwise run` will be given.")
    ] = [],  # noqa: B006 (typer copies it)
    days: Annotated[float, typer.Option(metavar="N", help="How long it stands: at most 7.")] = 1.0,
    disarm: Annotated[
        bool, typer.Option("--disarm", help="End the arming of the settings' account.")
    ] = False,
    changes: Changes = [],  # noqa: B006 (typer copies it)
    rest: Rest = "",
    stream: Stream = "",
    db: Db = "",
) -> None:
    """Arm configs for real money: shows account, limits and the worst day, and has you type the account's id.

    It stands for these configs and this account alone: any change of them, or its end, and nothing is opened
    until it is done again. Two more acts are needed: live = true in tickwise.toml, and the variable
    LIVE_TRADING_ENABLED=true. No engine may write the journal meanwhile.
    """
    from tickwise.cli.arming import arm_configs, disarm_account
    from tickwise.cli.options import changes_of
    from tickwise.cli.wanted import wanted_of

    if disarm:
        if configs:
            raise typer.BadParameter("--disarm ends whatever is armed: name no config")
        disarm_account(db)
        return
    if not configs:
        raise typer.BadParameter("name the configs to arm, as for `tickwise run`")
    wanted = wanted_of(configs, changes_of(changes), db)._replace(rest=rest, stream=stream)
    arm_configs(wanted, days)
