"""The verifier's rules, one small function each, and the table that names them all.

A rule knows the case it is given and nothing of the other rules.
"""
