"""Story: a song, its lyrics and a brief become a bible and a list of shots that hold together.

It does not know how a shot is drawn, animated or cut into the video.
"""
