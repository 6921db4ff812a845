"""Indicators: one file each, a small state and how it moves by one value.

Every state is a NamedTuple of numbers whose defaults, and equally all zeros, mean that nothing was seen yet,
so a zeroed record is an empty indicator. `<name>_next` is pure: state and value in, state out. A reading
that is not ready is NaN. Prices are floats in ticks, a mid being half the sum of bid and ask; Bollinger bands
take whole half-ticks, because their sums stay exact that way. A period is a whole number of values, at least
1, and stays the same for the life of a state. Values are trusted to be finite: tapes are checked where they
enter.
"""
