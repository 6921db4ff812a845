"""The world of a deterministic simulation: an event loop with virtual time, a network in memory, faults.

`loop` runs everything in one thread under a virtual clock, `running` begins and ends a run. `net` carries the
real bytes of the real client and server. `libraries` says what third parties read of the machine, and gives
them something else. `chance` draws from one seed, a stream for each part. `faults` plans what goes wrong
and when, `shrink` finds the few faults that matter, `again` runs one seed once more. `sometimes` counts what
a set of seeds must have met.
"""
