"""Messages that leave the machine: a process of its own reads the journal and tells people what matters.

The engine is not asked and cannot be slowed: where a message goes, and whether it goes, it never learns.
"""
