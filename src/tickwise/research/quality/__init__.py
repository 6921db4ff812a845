"""How well orders were executed, and how far a session went other ways than the simulated exchange."""
