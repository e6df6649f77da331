"""Which photo goes to which shot, by what its file name says it shows.

It does not look into photos.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mvlocal.schema.story import Shot
from mvlocal.story.vocabulary import places, words

_SHOWN = 4


def give_photos(shots: Sequence[Shot], photos: Sequence[str], portraits: set[str]) -> list[Shot]:
    """Spreads the photos: to shots of the singer's face, and to shots of what a photo's file name says it shows.

    Never one photo twice running; framed anew when it returns; none named for another place or thing; none in the
    first shot, where the title stands.
    """
    last_size: dict[str, str] = {}
    last_used: dict[str, int] = {}
    result: list[Shot] = []
    for number, shot in enumerate(shots):
        scores = {
            name: _suits(name, shot, shots)
            for name in photos
            if last_used.get(name, -9) < number - 1 and last_size.get(name) != shot.camera.size
        }
        least = 0 if shot.id in portraits else _SHOWN
        fit = [name for name in scores if number and scores[name] >= least]
        if fit:
            name = min(fit, key=lambda one: (-scores[one], last_used.get(one, -9), photos.index(one)))
            last_size[name], last_used[name] = shot.camera.size, number
            shot = shot.model_copy(update={"photo": name})
        result.append(shot)
    return result


def _suits(photo: str, shot: Shot, shots: Sequence[Shot]) -> int:
    """How a photo's file name agrees with a shot: thing shown (4), place (1), neutral (0), of elsewhere (-2)."""
    nouns, known = words().nouns, places()
    stem = re.findall(r"[a-z]+", photo.rsplit(".", 1)[0].lower())
    named = {nouns[word].lemma for word in stem if word in nouns}
    shown = {nouns[word].lemma for word in re.findall(r"[a-z]+", shot.visual.lower()) if word in nouns}
    if named & shown:
        return _SHOWN
    if named & (known[shot.location].words | {known[shot.location].kind, shot.location}):
        return 1
    elsewhere = {place for other in shots for place in (other.location, known[other.location].kind)}
    things = {noun for other in shots for noun in other.props} | elsewhere
    belongs = named & things or any(named & known[place].words for place in elsewhere & set(known))
    return -2 if belongs else 0
