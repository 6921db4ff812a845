"""What the market said and when it was open: tapes, importers, the synthetic market, calendars."""
