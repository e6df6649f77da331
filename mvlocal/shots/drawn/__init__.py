"""Shots as the theatre draws them."""
