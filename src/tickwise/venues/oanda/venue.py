"""OANDA as the engine sees it: the codec and the connections put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.account_view import view_of
from tickwise.venues.oanda.budget import NotSent
from tickwise.venues.oanda.client import Client, Silence
from tickwise.venues.oanda.memory import Leaving, Memory
from tickwise.venues.oanda.parse import parsed
from tickwise.venues.oanda.prices import OandaPrices, meant
from tickwise.venues.oanda.replies import answer_of
from tickwise.venues.oanda.requests import (
    TimeInForce,
    account_in_path,
    entry_request,
    exit_request,
    stop_request,
)
from tickwise.venues.oanda.transactions import changes_of, line_of, mark_of, units_asked
from tickwise.venues.venue import (
    AccountView,
    Answer,
    BarSeen,
    Change,
    EntryOrder,
    ExitOrder,
    Heartbeat,
    InstrumentTerms,
    LineSkipped,
    NoReply,
    QuoteSeen,
    Refusal,
    Request,
    StopOrder,
    VenueError,
    WrongAccess,
)


class OandaVenue:
    """Accounts of one token at OANDA, practice or live.

    Reads raise VenueError, and WrongAccess where another try cannot help. A line of a stream that cannot be
    read is told of as one; what a change said there is found again by `changes_since`, which passes
    nothing over.
    """

    name = "oanda"
    leaves_once = True

    def __init__(self, client: Client, accounts: Sequence[str], time_in_force: TimeInForce = "FOK") -> None:
        assert accounts, "a venue without an account trades nothing"
        self.environment: Literal["paper", "practice", "live"] = client.hosts.environment
        self._client = client
        self._accounts = tuple(account_in_path(account) for account in accounts)
        self._prices = OandaPrices(client, self._accounts[0])
        self._scales, self._terms = self._prices.scales, self._prices.known_terms
        self._time_in_force: TimeInForce = time_in_force
        self._memories = {account: Memory() for account in self._accounts}
        self._traded: dict[str, str] = {}
        self.skipping = self._prices.skipping
        """Lines of streams that could not be read."""

    def __repr__(self) -> str:
        return f"OandaVenue({self._client!r}, {', '.join(self._accounts)})"

    async def open(self, instruments: Sequence[str]) -> None:
        """Find the accounts, learn the terms of every instrument and read each account once.

        Raises WrongAccess where an account is not the token's or is MetaTrader's, VenueError otherwise.
        """
        owned = await self._prices.owned(self._accounts)
        for account in self._accounts:
            if owned[account].mt4_account_id:
                raise WrongAccess(f"oanda: account {account} belongs to MetaTrader 4, which this would break")
        await self._prices.learn_terms(instruments)
        for account in self._accounts:
            await self.account(account)

    async def close(self) -> None:
        """End every connection."""
        await self._client.close()

    def terms(self, instrument: str) -> InstrumentTerms:
        """Give the terms of an instrument, as `open` learnt them. Raises VenueError where it is not there."""
        return self._prices.terms(instrument)

    async def account(self, account: str) -> AccountView:
        """Read an account whole: balance, positions and orders as of one mark."""
        said = await self._prices.read(wire.account_reply, f"/v3/accounts/{account}")
        if said.account.id != account:
            raise VenueError(f"oanda: account {said.account.id} came where {account} was asked for")
        return meant(view_of, said, self._memory(account), self._scales)

    async def changes_since(self, account: str, mark: int) -> tuple[tuple[Change, ...], int]:
        """Read every change after a mark, in order; give them and the venue's last mark.

        Raises VenueError where what comes does not reach the last mark the venue names, or that is older
        than the one asked for: an answer from a server that lags proves nothing.
        """
        changes: list[Change] = []
        reached, last = mark, mark + 1
        while reached < last:
            path = f"/v3/accounts/{account}/transactions/sinceid"
            page = await self._prices.read(wire.transactions_page, path, {"id": str(reached)})
            told = meant(self._page, account, page)
            last = meant(mark_of, page.last_transaction_id, "transactions")
            if last < mark:
                raise VenueError(f"oanda: the last transaction is {last}, older than {mark}")
            if not page.transactions and reached < last:
                raise VenueError(f"oanda: no transactions after {reached}, but the last one is {last}")
            changes += told
            reached = max([reached, *(change.mark for change in told)])
        return tuple(changes), last

    def quotes(self, instruments: Sequence[str]) -> AsyncIterator[QuoteSeen | LineSkipped | Heartbeat]:
        """Stream prices and heartbeats until the stream breaks, which raises VenueError."""
        return self._prices.quotes(instruments)

    async def changes(self, account: str) -> AsyncIterator[Change | LineSkipped | Heartbeat]:
        """Stream the account's changes and heartbeats until the stream breaks, which raises VenueError."""
        memory = self._memory(account)

        def meaning(line: bytes) -> Sequence[Change | Heartbeat]:
            return line_of(line, account, memory, self._scales) or ()

        async for line in self._client.lines(f"/v3/accounts/{account}/transactions/stream"):
            told = self.skipping.read("changes", line, meaning)
            for change in (told,) if isinstance(told, LineSkipped) else told:
                yield change

    def bars(self, instrument: str, granularity: str, since: int, until: int) -> AsyncIterator[BarSeen]:
        """Read bars that open from `since` to before `until`, nanoseconds UTC, oldest first.

        `granularity` is a key of `bars.SECONDS`. Intervals without a price have no bar.
        """
        return self._prices.bars(instrument, granularity, since, until)

    def encode_entry(self, order: EntryOrder) -> Request:
        """Write an entry for the wire."""
        return entry_request(order, self._scales, self._time_in_force)

    def encode_exit(self, order: ExitOrder) -> Request:
        """Write an order to leave for the wire."""
        self._note_traded(order)
        return exit_request(order, self._scales)

    def encode_stop(self, order: StopOrder) -> Request:
        """Write a change of stop or target for the wire."""
        self._note_traded(order)
        return stop_request(order, self._scales)

    def parse(self, request: Request) -> EntryOrder | ExitOrder | StopOrder:
        """Read a request back, by other code than wrote it. Raises Malformed, a ValueError.

        The instrument of a trade is what the venue said of it; what the engine said where the venue did not.
        """
        trades = self._memory(request.account).trades

        def traded(trade: str) -> str:
            return trades[trade].instrument if trade in trades else self._traded.get(trade, "")

        return parsed(request, self._terms, traded)

    async def send(self, request: Request) -> Answer:
        """Send a request once, and tell what came of it."""
        memory = self._memory(request.account)
        if request.verb == "leave":
            trade = request.path.split("/")[-2]
            memory.expect_exit(Leaving(request.order, trade, units_asked(request.body)))
        use: Literal["enter", "leave"] = "enter" if request.verb == "enter" else "leave"
        try:
            reply = await self._client.order(
                request.method, request.path, request.body, use, request.leaves_within_s
            )
        except NotSent as error:
            memory.forget_exit(request.order)
            return Refusal("rate_limit", "retry_later", str(error))
        if isinstance(reply, Silence):
            return NoReply(reply.why)
        answer = answer_of(request, reply, memory, self._scales)
        if isinstance(answer, Refusal):
            memory.forget_exit(request.order)
        return answer

    def _note_traded(self, order: ExitOrder | StopOrder) -> None:
        """Keep what the engine says a trade is in, for trades the venue has not told of."""
        if order.venue_position not in self._memory(order.account).trades:
            self._traded[order.venue_position] = order.instrument

    def _memory(self, account: str) -> Memory:
        """Give what is known of an account of ours."""
        assert account in self._memories, f"account {account} was not named to this venue"
        return self._memories[account]

    def _page(self, account: str, page: wire.TransactionsPage) -> list[Change]:
        """Tell a page of transactions."""
        memory = self._memory(account)
        return [
            change for said in page.transactions for change in changes_of(account, said, memory, self._scales)
        ]
