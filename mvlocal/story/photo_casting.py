"""Which photo goes to which shot, by what its file name says it shows.

It does not look into photos.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

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
    elsewhere = _elsewhere(shots)
    for number, shot in enumerate(shots):
        scores = {
            name: _suits(name, shot, elsewhere)
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


def _elsewhere(shots: Sequence[Shot]) -> frozenset[str]:
    """The places and things of the whole story, and what its places are called."""
    known = places()
    named = {name for place in {shot.location for shot in shots} for name in (place, known[place].kind)}
    of_places = (known[name].words for name in named & known.keys())
    return frozenset(named.union((prop for shot in shots for prop in shot.props), *of_places))


def _suits(photo: str, shot: Shot, elsewhere: Set[str]) -> int:
    """How a photo's file name agrees with a shot: thing shown (4), place (1), neutral (0), of `elsewhere` (-2)."""
    nouns, known = words().nouns, places()
    stem = re.findall(r"[a-z]+", photo.rsplit(".", 1)[0].lower())
    named = {nouns[word].lemma for word in stem if word in nouns}
    shown = {nouns[word].lemma for word in re.findall(r"[a-z]+", shot.visual.lower()) if word in nouns}
    if named & shown:
        return _SHOWN
    if named & (known[shot.location].words | {known[shot.location].kind, shot.location}):
        return 1
    return -2 if named & elsewhere else 0
