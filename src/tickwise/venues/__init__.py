"""Venues: one folder each, with a codec (bytes to our words and back, pure), a client (sockets, no meaning)
and a venue (the two together). `venue` says what the engine asks of any of them.
"""
