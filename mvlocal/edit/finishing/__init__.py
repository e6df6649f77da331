"""The finish of one generated shot: larger, smooth, moved, graded, lettered and encoded, as one stream.

Each module holds one step as pure functions; `stage` strings them together. None knows how a clip was generated.
"""
