"""Transitions between shots, each a small segment of its own."""
