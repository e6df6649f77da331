"""The cast: photos of the artist, and in time the character trained on them."""
