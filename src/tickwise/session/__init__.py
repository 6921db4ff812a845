"""A session: bots, instruments and accounts put together into the core's records.

`assembly` reads like a parts list and makes the records from configs; `session` runs chunks of a tape through
the kernel and gathers what it wrote. A backtest, the demo and the engine build the same session.
"""
