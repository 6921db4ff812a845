"""The routes of prices and candles, but for the stream."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from brokers.oanda.api import shown
from brokers.oanda.api.call import Call
from brokers.oanda.api.fields import count, flag, names, time
from brokers.oanda.api.http import Refused, Reply, invalid
from brokers.oanda.text import SECOND, Instant, fixed
from brokers.oanda.truth.candles import (
    DAYS,
    GRANULARITIES,
    HOURS,
    SECONDS,
    Alignment,
    Candle,
    end_of,
    start_of,
)
from brokers.oanda.truth.margin import margin_rate, worth
from brokers.oanda.truth.prices import NoConversion, Quote

SIDES = {"M": "mid", "B": "bid", "A": "ask"}


def wanted_instruments(call: Call) -> list[str]:
    """Read the instruments a client wants prices of."""
    wanted = names(call.asked.query, "instruments")
    if not wanted or any(name not in call.broker.instruments for name in wanted):
        raise invalid("instruments")
    return list(dict.fromkeys(wanted))


def pricing(call: Call) -> Reply:
    """GET /accounts/{a}/pricing."""
    wanted, query = wanted_instruments(call), call.asked.query
    since = time(query, "since")
    units = flag(query, "includeUnitsAvailable", True)
    quotes = [call.broker.prices.quotes[name] for name in wanted if name in call.broker.prices.quotes]
    told: dict[str, Any] = {
        "time": Instant(call.now),
        "prices": [_price(call, quote, units) for quote in quotes if since is None or quote.ts > since],
    }
    if flag(query, "includeHomeConversions", False):
        told["homeConversions"] = _conversions(call, quotes)
    return call.told(told)


def _price(call: Call, quote: Quote, units: bool) -> dict[str, Any]:
    told = shown.price(call.broker, quote)
    prices, home = call.broker.prices, call.account.currency
    try:
        gain, loss = (prices.factor(quote.instrument.quote, home, gain=each) for each in (True, False))
    except NoConversion:
        return told
    told["quoteHomeConversionFactors"] = {"positiveUnits": str(gain), "negativeUnits": str(loss)}
    if units:
        told["unitsAvailable"] = _available(call, quote)
    return told


def _available(call: Call, quote: Quote) -> dict[str, Any]:
    broker, account, name = call.broker, call.account, quote.instrument.name
    valued = worth(broker, account, call.state)
    middle = broker.prices.middle(quote.instrument.quote, account.currency)
    each = Decimal(quote.bid + quote.ask).scaleb(-quote.instrument.display_precision) / 2 * middle
    free = valued.margin_available / (each * margin_rate(broker, call.state, name))
    place = Decimal(1).scaleb(-quote.instrument.units_precision)
    opening = free.quantize(place, ROUND_DOWN)
    held = {side: Decimal(0) for side in (1, -1)}
    for trade in call.state.open_in(name):
        steps = Decimal(abs(trade.units)).scaleb(-quote.instrument.units_precision)
        held[trade.side] += steps
    first = {side: str(opening + 2 * held[-side]) for side in (1, -1)}
    only = {side: str(held[-side]) for side in (1, -1)}
    opens = {"long": str(opening), "short": str(opening)}
    reduces = {"long": first[1], "short": first[-1]}
    return {
        "default": opens if account.hedging else reduces,
        "reduceFirst": reduces,
        "reduceOnly": {"long": only[1], "short": only[-1]},
        "openOnly": opens,
    }


def _conversions(call: Call, quotes: list[Quote]) -> list[dict[str, Any]]:
    currencies = {part for quote in quotes for part in quote.instrument.name.split("_")}
    told = []
    for currency in sorted(currencies):
        prices, home = call.broker.prices, call.account.currency
        try:
            gain, loss = (prices.factor(currency, home, gain=each) for each in (True, False))
            middle = prices.middle(currency, home)
        except NoConversion:
            continue
        told.append(
            {
                "currency": currency,
                "accountGain": str(gain),
                "accountLoss": str(loss),
                "positionValue": str(middle),
            }
        )
    return told


def latest_candles(call: Call) -> Reply:
    """GET /accounts/{a}/candles/latest: the two newest of each specification."""
    told = []
    for each in names(call.asked.query, "candleSpecifications"):
        name, _, rest = each.partition(":")
        granularity, _, sides = rest.partition(":")
        if name not in call.broker.instruments or granularity not in GRANULARITIES:
            raise invalid("candleSpecifications")
        found = _newest(call, name, granularity, call.now + 1, 2, Alignment())
        told.append(_candles(call, name, granularity, sides or "M", found, smooth=False))
    return call.told({"latestCandles": told})


def candles(call: Call) -> Reply:
    """GET /instruments/{i}/candles, with an account or without one."""
    query, name = call.asked.query, call.parts[0]
    if name not in call.broker.instruments:
        raise invalid("instrument")
    granularity, sides = query.get("granularity", "S5"), query.get("price", "M")
    if granularity not in GRANULARITIES:
        raise invalid("granularity")
    if not sides or any(side not in SIDES for side in sides):
        raise invalid("price")
    found = _asked_for(call, name, granularity, _alignment(query))
    smooth = flag(query, "smooth", False)
    return call.told(_candles(call, name, granularity, sides, found, smooth=smooth))


def _alignment(query: dict[str, str]) -> Alignment:
    hour = query.get("dailyAlignment", "17")
    if not hour.isdecimal() or int(hour) > 23:
        raise invalid("dailyAlignment")
    day = query.get("weeklyAlignment", "Friday")
    if day not in DAYS:
        raise invalid("weeklyAlignment")
    try:
        zone = ZoneInfo(query.get("alignmentTimezone", "America/New_York"))
    except (ValueError, OSError, KeyError):
        raise invalid("alignmentTimezone") from None
    return Alignment(int(hour), zone, day)


def _asked_for(call: Call, name: str, granularity: str, alignment: Alignment) -> list[Candle]:
    query, most = call.asked.query, call.broker.manners.candles_max
    first, last = time(query, "from"), time(query, "to")
    for bound, said in ((first, "from"), (last, "to")):
        if bound is not None and bound > call.now:
            raise invalid(said, ". Time is in the future")
    if first is not None and last is not None:
        if "count" in query:
            raise Refused(400, "'count' cannot be specified when 'to' and 'from' parameters are set")
        if last < first:
            raise invalid("to")
    wanted = count(query, "count", 500, most)
    if first is None:
        until = call.now + 1 if last is None else last
        return _newest(call, name, granularity, until, wanted, alignment)
    begins = start_of(first, granularity, alignment)
    if not flag(query, "includeFirst", True):
        begins = end_of(begins, granularity, alignment)
    if last is None:
        found = call.broker.candles.between(name, granularity, begins, call.now + 1, alignment)
        return list(islice(found, wanted))
    if (last - begins) // (_least_seconds(granularity) * SECOND) > most:
        raise Refused(400, "Maximum value for 'count' exceeded")
    return list(call.broker.candles.between(name, granularity, begins, last, alignment))


def _least_seconds(granularity: str) -> int:
    if granularity in SECONDS:
        return SECONDS[granularity]
    return HOURS[granularity] * 3600 if granularity in HOURS else 86_400


def _newest(
    call: Call, name: str, granularity: str, until: int, wanted: int, alignment: Alignment
) -> list[Candle]:
    """Give the last candles before a time: look back further until there are enough or no more."""
    kept = call.broker.candles.starts.get(name)
    span = _least_seconds(granularity) * wanted * 2
    while kept:
        begins = max(start_of(until - span * SECOND, granularity, alignment), 0)
        found = list(call.broker.candles.between(name, granularity, begins, until, alignment))
        if len(found) >= wanted or begins <= kept[0]:
            return found[-wanted:]
        span *= 4
    return []


def _candles(
    call: Call, name: str, granularity: str, sides: str, found: list[Candle], *, smooth: bool
) -> dict[str, Any]:
    alignment = _alignment(call.asked.query)
    told = []
    for place, candle in enumerate(found):
        row: dict[str, Any] = {
            "time": Instant(candle.start),
            "volume": candle.volume,
            "complete": end_of(candle.start, granularity, alignment) <= call.now,
        }
        for side in sides:
            ohlc = getattr(candle, SIDES[side])
            if smooth and place:
                ohlc = _opened_at(ohlc, getattr(found[place - 1], SIDES[side])[3])
            row[SIDES[side]] = _ohlc(call, name, ohlc, halves=side == "M")
        told.append(row)
    return {"instrument": name, "granularity": granularity, "candles": told}


def _opened_at(ohlc: list[int], before: int) -> list[int]:
    return [before, max(before, ohlc[1]), min(before, ohlc[2]), ohlc[3]]


def _ohlc(call: Call, name: str, ohlc: list[int], *, halves: bool) -> dict[str, str]:
    places = call.broker.instruments[name].display_precision
    points = [(each + 1) // 2 for each in ohlc] if halves else ohlc
    written = [fixed(each, places) for each in points]
    return dict(zip("ohlc", written, strict=True))
