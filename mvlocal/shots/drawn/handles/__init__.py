"""Drawn clips with more frames at both ends, for editors."""
