"""Doubt: whether what a backtest found is more than luck, a leak of the future, or one lucky day."""
