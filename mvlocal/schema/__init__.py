"""The documents that departments hand to each other: frozen, versioned, plain data.

They know nothing of how they are made.
"""
