"""The motions by name; each gives the attitude and the yaw of a body at a moment. It knows no outlines."""

from __future__ import annotations

from collections.abc import Callable

from mvlocal.staging.rig import floor, gestures, music, seats
from mvlocal.staging.rig.attitude import Motion
from mvlocal.staging.rig.cue import Cue

MOTIONS: dict[str, Callable[[Cue], Motion]] = {
    "stand": gestures.stand,
    "breathe": gestures.breathe,
    "walk": gestures.walk,
    "run": gestures.run,
    "turn": gestures.turn,
    "reach": gestures.reach,
    "wave": gestures.wave_hand,
    "point": gestures.point,
    "embrace": gestures.embrace,
    "hold-hands": gestures.hold_hands,
    "open-door": gestures.open_door,
    "read-letter": gestures.read_letter,
    "look-up": gestures.look_up,
    "look-back": gestures.look_back,
    "carry": gestures.carry,
    "throw": gestures.throw,
    "cry": gestures.cry,
    "phone": gestures.phone,
    "drink": gestures.drink,
    "light-candle": gestures.light_candle,
    "lean": gestures.lean,
    "cheer": gestures.cheer,
    "bow": gestures.bow,
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
