"""Walks: abstract shots as pictures on the way from their still to another look, in step with the beats."""
