"""Metrics for Prometheus: how things stand, folded out of the journal by a process of its own.

The engine is not asked and cannot be slowed: whoever scrapes reads the tables of the journal. Labels are
names of bots, instruments, accounts, gates and streams, never of orders, so their number has a bound.
"""
