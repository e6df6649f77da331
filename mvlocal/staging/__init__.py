"""A drawn theatre: every shot blocked as a document, and drawn as a film, a skeleton, depth, lines and masks.

It knows nothing of storage, encoding or lettering, nor of the models that its pictures guide.
"""
