"""The command `option`: what a symbol stands for, and what the contract is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tickwise.cli.tapes import Force, JsonTo

if TYPE_CHECKING:
    from tickwise.market_data.options.contract import OptionContract
    from tickwise.market_data.options.worth import Worth

EXAMPLE = (
    "Example: tickwise option AAPL240621C00190000 --underlying 191.2 --price 4.35 --at 2024-05-31T19:30\n\n"
    "Only take a symbol apart: tickwise option 'SPXW  240621P05300000'"
)


def option(
    symbol: Annotated[
        str, typer.Argument(metavar="SYMBOL", help="An OCC symbol, padded or not: AAPL240621C00190000.")
    ],
    underlying: Annotated[
        float | None, typer.Option(metavar="PRICE", help="The price of the share or index.")
    ] = None,
    price: Annotated[
        float | None, typer.Option(metavar="PRICE", help="The option's price for one share: what it implies.")
    ] = None,
    volatility: Annotated[
        float | None, typer.Option(metavar="V", help="Yearly volatility, 0.2 for 20 %: what it is worth.")
    ] = None,
    at: Annotated[str, typer.Option(metavar="TIME", help="The moment: ISO time (UTC); else now.")] = "",
    rate: Annotated[float, typer.Option(metavar="R", help="Yearly interest, 0.05 for 5 %.")] = 0.0,
    dividend: Annotated[float, typer.Option(metavar="Q", help="Yearly dividend yield, 0.01 for 1 %.")] = 0.0,
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Read an option symbol; with prices, find its implied volatility and greeks after Black and Scholes.

    Options on shares and funds can be exercised early, which the formula leaves out: it gives the least
    they are worth. A price that hardly moves with volatility implies none, and the reason is said.
    """
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.market_data.options.contract import contract_of

    check_target(json_to, force)
    contract = contract_of(symbol)
    worth = _worth(contract, underlying, price, volatility, at, rate, dividend)
    if json_to != STDOUT:
        _show(contract, worth)
    if json_to:
        write_json(_described(contract) | ({"worth": _valued(worth)} if worth else {}), json_to)


def _worth(
    contract: OptionContract,
    underlying: float | None,
    price: float | None,
    volatility: float | None,
    at: str,
    rate: float,
    dividend: float,
) -> Worth | None:
    """Value the contract if prices were given. Raises ConfigError where half of what is needed is missing."""
    from tickwise.engine.clock import now_ns
    from tickwise.errors import ConfigError
    from tickwise.market_data.options.worth import Conditions, worth_at_price, worth_at_volatility
    from tickwise.research.moment import moment_of

    if underlying is None and price is None and volatility is None:
        return None
    if underlying is None:
        raise ConfigError("--underlying is missing: give the price of the share or index")
    ts = moment_of(at) if at else now_ns()
    conditions = Conditions(ts, underlying, rate, dividend)
    if price is not None and volatility is None:
        return worth_at_price(contract, conditions, price)
    if volatility is not None and price is None:
        return worth_at_volatility(contract, conditions, volatility)
    raise ConfigError("give --price to find the volatility, or --volatility to find the price: one of them")


def _show(contract: OptionContract, worth: Worth | None) -> None:
    from rich.text import Text

    from tickwise.cli.screen import columns, out

    table = columns("", "")
    table.show_header = False
    for name, says in (*_contract_lines(contract), *(_worth_lines(worth) if worth else ())):
        table.add_row(Text(name, style="dim"), Text(says))
    out().print(table)


def _contract_lines(contract: OptionContract) -> list[tuple[str, str]]:
    from tickwise.market_data.findings import utc

    right = "call" if contract.right > 0 else "put"
    style = "at expiry only" if contract.is_european else "at any time"
    one = (
        f"{contract.multiplier} x {contract.underlying}"
        if contract.multiplier
        else "adjusted or flexible: the symbol does not say what is delivered"
    )
    return [
        ("contract", f"{contract.underlying} {right}, strike {contract.strike.normalize():f}"),
        ("symbol", f"{contract.symbol.compact}, padded '{contract.symbol.padded}'"),
        ("expires", f"{contract.expiry}, worth exercise from {utc(contract.expires_ts)}"),
        ("delivers", one),
        ("exercise", style),
    ]


def _worth_lines(worth: Worth) -> list[tuple[str, str]]:
    from tickwise.cli.screen import percent
    from tickwise.market_data.findings import utc

    lines = [
        ("at", f"{utc(worth.conditions.ts)}, {worth.years * 365:.2f} days to go"),
        ("price", f"{worth.price:.4f}, of which {worth.intrinsic:.4f} is exercise"),
    ]
    if worth.volatility is None or worth.greeks is None:
        return [*lines, ("volatility", f"none: {worth.refusal}")]
    greeks = worth.greeks
    cent = f", a cent of price is {0.01 / greeks.vega:.2f} points" if greeks.vega > 0 else ""
    return [
        *lines,
        ("volatility", f"{percent(worth.volatility, 2)}{cent}"),
        ("delta", f"{greeks.delta:.4f} for 1 of the underlying"),
        ("gamma", f"{greeks.gamma:.6f} of delta for 1 of the underlying"),
        ("vega", f"{greeks.vega:.4f} for a point of volatility"),
        ("theta", f"{greeks.theta:.4f} for a day"),
        ("rho", f"{greeks.rho:.4f} for a point of interest"),
    ]


def _described(contract: OptionContract) -> dict[str, Any]:
    """Give a contract as plain values, for JSON."""
    return {
        "symbol": contract.symbol.compact,
        "padded": contract.symbol.padded,
        "root": contract.symbol.root,
        "underlying": contract.underlying,
        "right": contract.symbol.right,
        "strike": str(contract.strike),
        "expiry": contract.expiry.isoformat(),
        "expires_ts": contract.expires_ts,
        "multiplier": contract.multiplier,
        "is_european": contract.is_european,
    }


def _valued(worth: Worth) -> dict[str, Any]:
    """Give what a contract is worth as plain values, for JSON."""
    return {
        **worth.conditions._asdict(),
        "years": worth.years,
        "price": worth.price,
        "intrinsic": worth.intrinsic,
        "volatility": worth.volatility,
        "greeks": worth.greeks,
        "refusal": worth.refusal or None,
    }
