"""Tests of the importers, one file for each."""
