"""The motions by name; each gives the attitude and the yaw of a body at a moment. It knows no outlines."""

from __future__ import annotations

from collections.abc import Callable

from mvlocal.staging.rig import floor, gestures, handling, music, pairs, seats, upright
from mvlocal.staging.rig.attitude import Motion
from mvlocal.staging.rig.cue import Cue

MOTIONS: dict[str, Callable[[Cue], Motion]] = {
    "stand": upright.stand,
    "breathe": upright.breathe,
    "walk": upright.walk,
    "run": upright.run,
    "turn": upright.turn,
    "reach": gestures.reach,
    "wave": gestures.wave_hand,
    "point": gestures.point,
    "embrace": pairs.embrace,
    "hold-hands": pairs.hold_hands,
    "open-door": handling.open_door,
    "read-letter": handling.read_letter,
    "look-up": upright.look_up,
    "look-back": upright.look_back,
    "carry": handling.carry,
    "throw": gestures.throw,
    "cry": gestures.cry,
    "phone": handling.phone,
    "drink": handling.drink,
    "light-candle": handling.light_candle,
    "lean": upright.lean,
    "cheer": gestures.cheer,
    "bow": upright.bow,
    "dance": music.dance,
    "dance-slow": music.dance_slow,
    "sing": music.sing,
    "play-guitar": music.play_guitar,
    "clap": music.clap,
    "play-piano": seats.play_piano,
    "drum": seats.drum,
    "sit": seats.sit,
    "drive": seats.drive,
    "write": seats.write,
    "row": seats.row,
    "lie": floor.lie,
    "kneel": floor.kneel,
    "fall": floor.fall,
    "float": floor.float_,
    "climb": floor.climb,
}
