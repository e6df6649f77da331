"""Deliveries: the finished video as each platform and editor wants it. One table says what that is.

It knows nothing of how shots are drawn or generated.
"""
