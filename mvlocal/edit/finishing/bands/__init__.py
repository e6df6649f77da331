"""How loud low, middle and high notes of a song are, heard once for every shot."""
