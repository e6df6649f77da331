"""Shots: from an approved shot to its still and its moving clip."""
