"""People in a drawn place: standing small in it, or close before it, lit along their edges.

It knows nothing of lenses beyond the scene's view.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import KeyframeRequest
from mvlocal.schema.story import ShotSize
from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, View, blurred, polygons
from mvlocal.staging.paint.noise import rng_of
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.land_parts import grass
from mvlocal.staging.plates.scene import Scene
from mvlocal.staging.theatre.figure import Traits, bust, placed, profile, seated, standing, traits_of

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in the shot: their silhouettes, the shot's size, whether they look aside, and a seed of the shot."""

    people: tuple[Traits, ...]
    size: ShotSize
    aside: bool
    seed: int

    @classmethod
    def of(cls, request: KeyframeRequest) -> Cast:
        """The first three people of the shot."""
        known = {character.id: character for character in request.characters}
        people = tuple(traits_of(known.get(p.id), p) for p in request.shot.characters[:3])
        aside = bool(rng_of(request.seed, "aside").random() < 0.6)
        return cls(people, request.shot.camera.size, aside, request.seed)


def paint_standing(mid: Canvas, scene: Scene, cast: Cast, mirror: float) -> None:
    """People on the ground of the place, with their shadow or reflection and light on one edge."""
    stand = scene.stand
    for number, traits in enumerate(cast.people):
        x = stand.x - scene.side * stand.height * 0.46 * number
        size = stand.height * (1.0, 0.94, 0.97)[number]
        shapes = placed(standing(traits, scene.side if number % 2 == 0 else -scene.side), x, stand.y, size)
        if mirror:
            _reflection(mid, scene, shapes, mirror)
        else:
            _shadow(mid, scene, x, size)
        mid.fill(shapes, scene.tones.ink)
        rim(mid, scene, shapes, min(size * 0.012, 0.0026 * scene.frame_px / mid.view.unit), 0.8)


def paint_seated(mid: Canvas, scene: Scene, cast: Cast) -> None:
    """One person in a seat, from the side, looking towards the lighter half; a second one opposite."""
    stand = scene.stand
    for number, traits in enumerate(cast.people[:2]):
        way = -scene.side if number == 0 else scene.side
        x = stand.x - scene.side * (0.06 + 0.56 * number)
        size = stand.height * 0.66
        shapes = placed(seated(traits, way), x, stand.y - 0.95 * size, size)
        mid.fill(shapes, scene.tones.ink)
        rim(mid, scene, shapes, 0.003, 0.7)


def paint_grass_before(mid: Canvas, scene: Scene) -> None:
    """Blades before the feet of whoever stands in tall grass."""
    stand = scene.stand
    blades = grass(mid.view, scene.rng("feet"), stand.y + 0.012, stand.height * 0.30, 0.0075, lean=0.4)
    reach = stand.height * 0.62
    near = [blade for blade in blades if abs(blade[0, 0] - stand.x + scene.side * 0.2 * reach) < reach]
    mid.fill(near, mix(scene.tones.ink, scene.tones.near, 0.5))


def _reflection(mid: Canvas, scene: Scene, shapes: list[NDArray[np.float64]], strength: float) -> None:
    y = scene.stand.y
    mirrored = [(shape - (0, y)) * (1, -0.92) + (0, y) for shape in shapes]
    mask = polygons(mid.view, mirrored)
    if mask is not None:
        deep = Fade(scene.tones.ink, mix(scene.tones.ink, scene.tones.near, 0.6), y, y + scene.stand.height)
        mid.cover(blurred(mask, max(0.004 * mid.view.unit, 0.5)), deep, strength)


def _shadow(mid: Canvas, scene: Scene, x: float, size: float) -> None:
    """A pool of shade at the feet."""
    y = scene.stand.y
    turn = np.linspace(0, 2 * np.pi, 40)
    away = np.sign(x - scene.sun[0]) * size * 0.10
    pool = np.stack([x + away + size * 0.26 * np.cos(turn), y + size * 0.022 * np.sin(turn)], axis=1)
    mask = polygons(mid.view, [pool])
    if mask is not None:
        mid.cover(blurred(mask, max(size * 0.03 * mid.view.unit, 0.5)), scene.tones.ink, 0.5)


def rim(canvas: Canvas, scene: Scene, shapes: list[NDArray[np.float64]], width: float, strength: float) -> None:
    """Light along the edges that face the sun, the moon or the lit horizon."""
    mask = polygons(canvas.view, shapes)
    if mask is None:
        return
    middle = float(np.mean([shape[:, 0].mean() for shape in shapes]))
    towards = float(np.sign(scene.sun[0] - middle) or 1.0)
    shift = width * canvas.view.unit
    matrix = np.array([[1, 0, -towards * shift], [0, 1, shift * 0.55]])
    size = (mask.coverage.shape[1], mask.coverage.shape[0])
    covered = cv2.warpAffine(mask.coverage, matrix, size, flags=cv2.INTER_LINEAR)
    edge = np.clip(mask.coverage - covered, 0, 1)
    edge = np.asarray(cv2.GaussianBlur(edge, (0, 0), max(shift * 0.35, 0.4)), np.float32) * mask.coverage
    colour = mix(scene.tones.light, scene.tones.lamp, 0.5 if scene.time in ("dusk", "night") else 0.2)
    canvas.cover(Mask(mask.x, mask.y, edge), colour, strength * (0.95 - 0.5 * scene.veiled * (1 - scene.lit)))


def _close_place(view: View, scene: Scene, cast: Cast) -> tuple[float, float, float]:
    """Scene x, y of the chin and size of a head-and-shoulders figure, from the frame as the layer holds it."""
    frame_height = view.unit / _zoom(view, scene)
    narrow = min(1.0, 0.5 + 0.5 * scene.aspect) * (0.84 if len(cast.people) > 1 else 1.0)
    size = {"medium": 0.78, "close-up": 1.12}.get(cast.size, 1.75) * narrow * frame_height / view.unit
    middle = (view.width / 2 - view.origin[0]) / view.unit, (view.height / 2 - view.origin[1]) / view.unit
    reach = min(scene.aspect / 2 * 0.36, 0.34) * frame_height / view.unit
    drop = {"medium": 0.10, "close-up": 0.08}.get(cast.size, 0.16) * frame_height / view.unit
    return middle[0] + scene.side * reach * (0.85 if cast.size != "medium" else 1.0), middle[1] + drop, size


def _zoom(view: View, scene: Scene) -> float:
    """How much longer than the wide lens the view is: the layer's height says how large a frame is."""
    return view.unit / scene.frame_px


def paint_close(figure: Canvas, scene: Scene, cast: Cast) -> None:
    """One or two people close before the camera, from behind or aside; two face each other."""
    x, y, size = _close_place(figure.view, scene, cast)
    beside = 2.15 * min(scene.aspect / 2 * 0.36, 0.34) * scene.frame_px / figure.view.unit
    for number, traits in reversed(list(enumerate(cast.people[:2]))):
        draw = profile if (cast.aside or len(cast.people) > 1 or cast.size == "extreme-close-up") else bust
        facing = -scene.side if number == 0 else scene.side
        at = x - scene.side * beside * number, y + size * 0.03 * number
        shapes = placed(draw(traits, facing), *at, size * (1 - 0.08 * number))
        low = mix(scene.tones.ink, scene.tones.near, 0.35)
        figure.fill(shapes, Fade(scene.tones.ink, low, y - 0.3 * size, y + 0.9 * size))
        rim(figure, scene, shapes, size * 0.007, 0.75)
        rim(figure, scene, shapes, size * 0.035, 0.18)


def subject_close(scene: Scene, cast: Cast) -> Box:
    """The head's box in fractions of the home frame."""
    x, y, size = _close_place(scene.view, scene, cast)
    return scene.frame_box(x - 0.25 * size, y - 0.42 * size, x + 0.25 * size, y + 0.14 * size)


def subject_standing(scene: Scene, cast: Cast) -> Box:
    """The people's box in fractions of the home frame."""
    stand = scene.stand
    reach = stand.height * (0.2 + 0.46 * (len(cast.people) - 1))
    left, right = (stand.x - reach, stand.x + 0.2 * stand.height)
    if scene.side < 0:
        left, right = 2 * stand.x - right, 2 * stand.x - left
    return scene.frame_box(left, stand.y - stand.height * 1.05, right, stand.y + 0.02)
