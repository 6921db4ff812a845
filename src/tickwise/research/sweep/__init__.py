"""A sweep: one bot with many sets of parameters on one tape, and what the neighbours of the best one earn."""
