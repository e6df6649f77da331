"""Sound and pictures as files: probe, decode, encode, mux. It knows nothing of what they mean.

Nothing else in mvlocal touches a codec or an image format.
"""
