"""Exports a project: deliveries for platforms, and the hand-over to editors, each where the user finds it.

It does not know how anything is drawn, encoded or written down.
"""
