"""The animatic: photos framed and graded, or places drawn from a palette, moved and lit by the music.

It needs no model and no GPU, and draws no text.
"""
