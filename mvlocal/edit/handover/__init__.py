"""Hand-over: the cut for other people's editors, as timelines, marker lists and captions. One module a format.

It knows nothing of how files are made or where they lie: media are named relative to the timeline that names them.
"""
