"""OANDA v20, over REST and two streams of lines.

Its bytes become our words in `quotes`, `transactions`, `account_view`, `replies` and `bars`; our orders
become bytes in `requests`, and `parse` reads those back by other code. `client` moves bytes and knows no
meaning; `venue` puts the two together. Facts of the protocol: OANDA's OpenAPI document 3.0.25 and its
developer pages.
"""
