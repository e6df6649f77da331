"""Music with exact truth for benchmarks/song.py: synthetic bands, and MIDI bands played by fluidsynth."""
