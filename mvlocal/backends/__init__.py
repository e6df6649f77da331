"""Model families and other makers behind one-verb protocols; each heavy library is imported in its own file only."""
