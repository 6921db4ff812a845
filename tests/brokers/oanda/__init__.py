"""A local OANDA: the v20 REST interface and both streams over real HTTP, with faults on demand.

`truth` decides what happens to money. `api` turns a request's bytes into an answer's bytes. `server`
speaks HTTP/1.1 over whatever transport it is given. `market` brings prices, `faults` say what goes wrong,
`weather` draws them from a seed, `manners` holds what nobody outside knows of the real one. Nothing here
knows Tickwise.

    from brokers.oanda.faults import Faults
    from brokers.oanda.manners import Manners
    from brokers.oanda.server.clocks import LoopClock
    from brokers.oanda.server.local import LocalOanda
    from brokers.oanda.truth.broker import Broker

    broker = Broker(manners=Manners(every_price=True))
    account = broker.open_account(balance=100_000, now=start_ns)
    server = LocalOanda(broker, LoopClock(loop, start_ns), faults=Faults(seed))
    port = await server.listen()                    # or hand server.protocol to any loop or transport
    server.price("EUR_USD", "1.10000", "1.10010")   # or server.play(rows), or await server.step()
    server.faults.add("drop_reply", method="POST")  # the next order is filled and its reply is lost
    server.hands.closes(account, trade_id)          # the user does something by hand
    account.transactions, server.exchanges, server.faults.hits       # the truth, the book, the count
    await server.close()                            # raises what went wrong in the broker itself
"""
