"""Which function draws which kind of place, and where somebody stands in it.

To add a place: its name in PlaceKind (schema/story.py), a module here with `draw(scene) -> Plate`, a line in PLACES,
and an entry in the story's places.yaml. It knows neither shots nor lenses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mvlocal.schema.story import PlaceKind
from mvlocal.staging.plates import (
    airport,
    alley,
    bar,
    beach,
    bridge,
    car,
    cemetery,
    church,
    desert,
    fairground,
    field,
    forest,
    garden,
    hall,
    harbour,
    highway,
    kitchen,
    lake,
    mountain,
    road,
    rooftop,
    room,
    sea,
    sky,
    skyline,
    stage,
    stairwell,
    station,
    street,
    train,
    void,
    window,
)
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import paint_sheen
from mvlocal.staging.plates.states import changed


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place.

    `thirds`: where somebody stands, in thirds from the middle; `below`: feet under the horizon; `height`: of the
    body; `mirror`: how far the ground there reflects; `grass`: it hides the feet; `horizon`: moved down by this much;
    `seated`: people sit; `slide`: what lies behind passes by, over this many frame widths to each side;
    `details`: what a close shot with nobody in it may look at, in thirds and below the
    horizon; None is where sun or moon stands; `far`: how many times as far off as the stand there is ground free to
    stand on (1: people keep to the stand, for behind it is a rail, a counter or water); `one_sided`: away from the
    weighted side there is no ground at all, but water.
    """

    painted: Callable[[Scene], Plate]
    thirds: float = 0.85
    below: float = 0.27
    height: float = 0.27
    mirror: float = 0.0
    grass: bool = False
    horizon: float = 0.0
    seated: bool = False
    slide: float = 0.0
    indoors: bool = False
    details: tuple[tuple[float | None, float | None], ...] = ()
    far: float = 4.0
    one_sided: bool = False

    def draw(self, scene: Scene) -> Plate:
        """The place as the story left it; words of its state that cannot be drawn are in the plate's remarks."""
        plate = self.painted(scene)
        if not self.indoors:
            paint_sheen(plate.mid, scene)
        return changed(plate, scene, indoors=self.indoors)


PLACES: dict[PlaceKind, Place] = {
    "skyline": Place(skyline.draw, 1.0, 0.31, 0.25, far=1.0, details=((None, None), (-2.0, 0.18), (0.6, -0.12))),
    "street": Place(street.draw, 0.55, 0.29, 0.29, mirror=0.3, details=((1.3, -0.3), (-1.2, -0.15), (0.45, -0.02))),
    "road": Place(road.draw, 0.75, 0.25, 0.26, details=((-0.63, -0.3), (0.75, -0.03), (0.75, 0.12))),
    "station": Place(station.draw, 0.85, 0.27, 0.29, details=((0.26, -0.19), (-1.0, -0.07), (0.5, -0.2), (1.6, 0.09))),
    "sea": Place(sea.draw, 0.7, 0.27, 0.25, far=1.15, details=((None, 0.05), (-1.5, -0.04), (None, None))),
    "field": Place(field.draw, 0.75, 0.30, 0.28, grass=True, details=((-1.05, -0.16), (None, None), (None, -0.02))),
    "forest": Place(
        forest.draw, 0.5, 0.27, 0.27, far=2.0, grass=True, details=((0.4, -0.14), (-1.9, 0.02), (0.4, 0.04))
    ),
    "mountain": Place(
        mountain.draw, 0.8, 0.18, 0.17, horizon=0.02, far=1.0, details=((-1.0, -0.15), (None, None), (-1.4, 0.12))
    ),
    "desert": Place(desert.draw, 0.6, 0.17, 0.17, far=1.0, details=((-1.6, -0.04), (0.6, 0.09), (None, None))),
    "sky": Place(sky.draw, 0.8, 0.32, 0.22, far=1.0, details=((-0.8, 0.08), (-0.8, -0.28), (None, None))),
    "bridge": Place(bridge.draw, 0.9, 0.30, 0.29, far=1.05, details=((0.55, -0.25), (-0.9, -0.04), (0.6, 0.10))),
    "stage": Place(
        stage.draw,
        0.35,
        0.26,
        0.27,
        far=1.35,
        mirror=0.35,
        indoors=True,
        details=((0.2, 0.04), (0.35, -0.38), (-0.4, 0.08)),
    ),
    "room": Place(
        room.draw, 0.45, 0.25, 0.40, far=1.15, indoors=True, details=((0.92, -0.2), (-0.37, 0.0), (-1.2, 0.08))
    ),
    "window": Place(
        window.draw, 0.85, 0.72, 0.98, far=4.0, indoors=True, details=((-1.35, 0.1), (-0.6, 0.14), (0.4, -0.2))
    ),
    "train": Place(
        train.draw,
        0.95,
        0.27,
        0.5,
        far=1.0,
        seated=True,
        slide=0.2,
        indoors=True,
        details=((1.0, -0.12), (-0.3, 0.06), (-1.6, -0.05)),
    ),
    "alley": Place(alley.draw, 0.55, 0.28, 0.29, mirror=0.2, details=((0.95, -0.2), (-0.5, -0.05), (0.3, 0.02))),
    "rooftop": Place(rooftop.draw, 0.7, 0.27, 0.27, far=2.1, details=((-2.0, -0.17), (1.5, -0.04), (None, None))),
    "highway": Place(highway.draw, 0.7, 0.26, 0.26, details=((1.6, -0.1), (-0.45, -0.02), (0.2, -0.16))),
    "hall": Place(
        hall.draw,
        0.45,
        0.28,
        0.31,
        far=4.5,
        mirror=0.2,
        indoors=True,
        details=((0.15, -0.03), (1.6, -0.1), (0.6, 0.12)),
    ),
    "stairwell": Place(
        stairwell.draw, 0.55, 0.28, 0.33, far=1.35, indoors=True, details=((-1.6, -0.25), (1.0, -0.06), (-0.6, 0.05))
    ),
    "bar": Place(
        bar.draw, 0.5, 0.28, 0.36, far=1.05, indoors=True, details=((-0.2, -0.06), (-1.9, -0.1), (-1.8, 0.13))
    ),
    "church": Place(
        church.draw, 0.45, 0.28, 0.28, far=3.6, indoors=True, details=((0.1, -0.12), (-0.7, 0.06), (0.12, 0.02))
    ),
    "lake": Place(lake.draw, 0.75, 0.28, 0.27, far=1.25, grass=True, details=((-1.3, 0.02), (None, 0.03), (0.3, 0.04))),
    "harbour": Place(
        harbour.draw, 0.65, 0.27, 0.27, one_sided=True, details=((-1.0, -0.05), (-0.3, 0.12), (0.0, -0.15))
    ),
    "beach": Place(beach.draw, 0.6, 0.27, 0.26, one_sided=True, details=((-0.8, 0.05), (0.6, -0.05), (None, None))),
    "garden": Place(garden.draw, 0.6, 0.28, 0.28, details=((-0.2, -0.08), (0.3, 0.12), (0.55, -0.1))),
    "cemetery": Place(cemetery.draw, 0.55, 0.28, 0.28, grass=True, details=((-0.6, -0.12), (1.3, -0.15), (-1.0, 0.08))),
    "fairground": Place(
        fairground.draw, 0.5, 0.27, 0.27, mirror=0.2, details=((-1.2, -0.3), (-1.3, -0.02), (1.3, 0.0))
    ),
    "airport": Place(
        airport.draw,
        0.55,
        0.28,
        0.29,
        far=1.25,
        mirror=0.35,
        indoors=True,
        details=((-0.6, -0.05), (1.0, -0.12), (-1.0, 0.1)),
    ),
    "car": Place(
        car.draw,
        0.35,
        0.25,
        0.7,
        far=1.3,
        seated=True,
        slide=0.25,
        indoors=True,
        details=((-1.6, 0.1), (-1.7, -0.25), (0.4, 0.0)),
    ),
    "kitchen": Place(
        kitchen.draw, 0.5, 0.31, 0.36, far=1.12, indoors=True, details=((0.1, -0.16), (-1.3, -0.05), (-0.7, 0.02))
    ),
    "void": Place(void.draw, 0.55, 0.2, 0.3, mirror=0.5, details=((0.55, -0.13), (0.55, 0.02))),
}
