"""Numbered laws that hold at every venue."""
