"""Research: backtests and what is read from them."""
