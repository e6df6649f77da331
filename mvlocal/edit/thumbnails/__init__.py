"""Thumbnails: a few stills of the video as JPEG, bare and with its title. It knows nothing of how stills are made."""
