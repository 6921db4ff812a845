"""The engine owns time and the order of events, and decides nothing."""
