"""What is true at this broker: a state machine without sockets, clocks or chance."""
