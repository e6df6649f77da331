"""Sets words on finished frames: lyric captions, titles and director's notes. It knows nothing of pictures or cuts."""
