"""The synthetic songs under their first name."""

from synth.band import SongSpec, SynthSong
from synth.songs import HELD_OUT_SONGS, TUNING_SONGS, make_song
from synth.sounds import RATE_HZ, Sound

__all__ = ["HELD_OUT_SONGS", "RATE_HZ", "TUNING_SONGS", "SongSpec", "Sound", "SynthSong", "make_song"]
