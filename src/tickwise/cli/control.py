"""Commands to a running engine: pause, resume, close, flatten, halt, kill, reload, adopt, weigh, stop.

Each is a signed row of the journal's command table. The engine claims it, does it and writes its result; this
program waits for that and prints it. It holds no connection to a venue and sends no order itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

Bot = Annotated[str, typer.Option("--bot", metavar="NAME", help="Only this bot.")]
Instrument = Annotated[str, typer.Option("--instrument", metavar="SYM", help="Only this instrument.")]
Account = Annotated[str, typer.Option("--account", metavar="ID", help="Only this account.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stands in the audit.")]
Wait = Annotated[float, typer.Option("--wait", metavar="S", help="Seconds to wait for its end.", min=0.1)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Once = Annotated[
    str, typer.Option("--once", metavar="KEY", help="A key of your own: asked twice with it, done once.")
]


def pause(
    bot: Bot = "",
    instrument: Instrument = "",
    reason: Reason = "by hand",
    wait: Wait = 10.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Open nothing new: everywhere, or for one bot or instrument. Exits go on."""
    _ask("pause", _said(bot=bot, instrument=instrument, reason=reason), wait, once, as_json)


def resume(
    bot: Bot = "",
    instrument: Instrument = "",
    account: Account = "",
    reason: Reason = "",
    wait: Wait = 10.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Allow entries again after a pause; after a halt, a kill or a lost day only with a reason."""
    said = _said(bot=bot, instrument=instrument, account=account, reason=reason)
    _ask("resume", said, wait, once, as_json)


def close(
    position: Annotated[
        str, typer.Argument(metavar="[POSITION]", help="One position; else what the options name.")
    ] = "",
    bot: Bot = "",
    instrument: Instrument = "",
    everything: Annotated[bool, typer.Option("--all", help="Every position of the engine.")] = False,
    wait: Wait = 30.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Leave positions now, and wait until the venue has confirmed it. Paper or live, never refused."""
    if not (position or bot or instrument or everything):
        raise typer.BadParameter("name a position, --bot, --instrument, or --all")
    _ask("close", _said(position=position, bot=bot, instrument=instrument), wait, once, as_json)


def flatten(reason: Reason = "by hand", wait: Wait = 30.0, once: Once = "", as_json: Json = False) -> None:
    """Halt, and leave every position until the venue confirms flat. Ends by `resume --reason`."""
    _ask("flatten", _said(reason=reason), wait, once, as_json)


def halt(
    account: Account = "",
    reason: Reason = "by hand",
    wait: Wait = 10.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Open nothing until `resume --reason`, whatever restarts. Positions stay with their stops."""
    _ask("halt", _said(account=account, reason=reason), wait, once, as_json)


def kill(
    account: Account = "",
    reason: Reason = "by hand",
    wait: Wait = 30.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Stop opening and leave everything, also what fills late. Ends by `resume --reason`."""
    _ask("kill", _said(account=account, reason=reason), wait, once, as_json)


def reload(
    allow_looser: Annotated[
        bool, typer.Option("--allow-looser", help="Take limits that are looser than before; needs a reason.")
    ] = False,
    reason: Reason = "",
    wait: Wait = 30.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Read the configs again: taken whole, or refused whole with every problem named."""
    if allow_looser and not reason:
        raise typer.BadParameter("--allow-looser needs --reason TEXT")
    _ask("reload", {"allow_looser": allow_looser, **_said(reason=reason)}, wait, once, as_json)


def adopt(
    position: Annotated[str, typer.Argument(help="The venue's id of a position that is not ours.")],
    bot: Annotated[str, typer.Option("--bot", metavar="NAME", help="The bot that is to manage it.")],
    wait: Wait = 10.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Give a foreign position to a bot: its exits are the bot's from then on."""
    _ask("adopt", _said(position=position, bot=bot), wait, once, as_json)


def weigh(
    bot: Annotated[str, typer.Argument(metavar="BOT", help="The bot whose orders are to be smaller.")],
    weight: Annotated[
        float,
        typer.Argument(metavar="WEIGHT", help="Part of its size, 0 to 1; 0 opens nothing.", min=0, max=1),
    ],
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Who says so; it stands in the journal.")
    ] = "",
    wait: Wait = 10.0,
    once: Once = "",
    as_json: Json = False,
) -> None:
    """Scale a bot's orders down by a slow judgement from outside, such as a model's."""
    _ask("weigh", {"bot": bot, "weight": weight, **_said(source=source)}, wait, once, as_json)


def stop(wait: Wait = 30.0, once: Once = "", as_json: Json = False) -> None:
    """End the engine in order. Positions stay open only where a stop rests at the broker."""
    _ask("stop", {}, wait, once, as_json)


def _said(**named: str) -> dict[str, Any]:
    return {name: value for name, value in named.items() if value}


def _ask(verb: str, said: dict[str, Any], wait: float, once: str, as_json: bool) -> None:
    """Ask, wait for the end, print it; exit code 1 where it did not succeed."""
    from tickwise.cli.asking import ask
    from tickwise.cli.plain import STDOUT, write_json
    from tickwise.cli.screen import out

    ended = ask(verb, said, wait, once)
    if as_json:
        write_json(ended, STDOUT)
    else:
        out().print(f"{ended['status'].lower()}: {ended['says']}", markup=False, soft_wrap=True)
    if ended["status"] != "SUCCEEDED":
        raise typer.Exit(1)


COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (pause, "Example: tickwise pause --bot fast-eurusd --reason 'central bank day'"),
    (resume, "Example: tickwise resume --reason 'spreads are back to normal'"),
    (close, "Example: tickwise close --instrument EUR_USD\n\nEverything: tickwise close --all"),
    (flatten, "Example: tickwise flatten --reason 'going to bed'"),
    (halt, "Example: tickwise halt --reason 'strange fills'"),
    (kill, "Example: tickwise kill --reason 'it does not do what it should'"),
    (reload, "Example: tickwise reload\n\nLooser limits: tickwise reload --allow-looser --reason TEXT"),
    (adopt, "Example: tickwise adopt 1234 --bot fast-eurusd"),
    (weigh, "Example: tickwise weigh fast-eurusd 0.5 --source evening-model"),
    (stop, "Example: tickwise stop"),
)
"""The commands with their examples."""
