"""Model families and other makers behind one-verb protocols.

Each heavy library is imported in its own file only.
"""
