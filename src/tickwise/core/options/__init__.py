"""What an option is worth: European prices, greeks and implied volatility, pure and compiled.

A right is a sign: +1 is a call, -1 a put, so that both share each formula. Prices of the option are in the
currency of the underlying's price, for one unit of the underlying: a contract's multiplier comes afterwards.
Years, rates, dividend yields and volatilities are fractions of one, continuously compounded: 0.05 is 5 %.
Give floats: whole numbers are a type of their own to the compiler, and compile everything again.

American options are worth at least as much as these prices. The difference is nothing for a call without
dividends and small for the short-dated, near options a scalp trades; early exercise is not modelled here.
"""
