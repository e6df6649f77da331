"""Who and what is seen in a staged shot at a moment: people in motion and things, as shapes of the scene.

It knows nothing of frames or layers: shapes are in scene units (see geometry), and their colours are RGB.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.staging import FigureStaging, Mark, PropStaging, Staging
from mvlocal.staging.figures.drawing import FigureDrawing
from mvlocal.staging.figures.figure import draw_figure
from mvlocal.staging.geometry import CLOSE, EYE_LINE, Geometry
from mvlocal.staging.paint.palette import Floats
from mvlocal.staging.props.drawing import PropDrawing, PropShape, draw_prop
from mvlocal.staging.props.vocabulary import PROPS
from mvlocal.staging.rig.cue import Moment, Travel
from mvlocal.staging.rig.puppet import pose_figure
from mvlocal.staging.theatre.wardrobe import Garb, Papers

Points = NDArray[np.float64]

TABLE = "table-top"
"""Owner of the board under a thing that fills the picture."""

_EYES_STANDING = 0.93
"""How high the eyes of somebody upright are: what stands beside people in a close picture is hung by it."""

_LYING_LOWER = 0.26
"""Frame heights by which somebody lying is seen lower than somebody upright."""

_EYES_DOWN_HEAD = 0.45
"""Where the eyes lie in the head's box, from its top."""


@dataclass(frozen=True, slots=True)
class ScenePart:
    """One flat shape: outline (n, 2) in scene units, its colour, and whose it is (a character's id or a thing)."""

    outline: Points
    colour: Floats
    owner: str


@dataclass(frozen=True, slots=True)
class Cut:
    """One person or thing at a moment.

    `foot`: scene point under it; `scale`: scene units a grown body is tall there; `depth`: how far it follows the
    camera; `standing`: on ground that is in the picture; `glow`: scene x, y and radius of the light it gives;
    `keypoints` (18, 2) in scene units with `visible` (18,), for people; `box`: left, top, right, bottom.
    """

    name: str
    parts: tuple[ScenePart, ...]
    foot: tuple[float, float]
    scale: float
    depth: float
    distance: float
    standing: bool
    glow: tuple[float, float, float] | None = None
    keypoints: Points | None = None
    visible: NDArray[np.bool_] | None = None
    head: tuple[float, float, float, float] | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        low = np.min([part.outline.min(axis=0) for part in self.parts], axis=0)
        high = np.max([part.outline.max(axis=0) for part in self.parts], axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class Actors:
    """Everybody and everything in a staged shot; `at(t)` gives them far to near."""

    def __init__(self, staging: Staging, geometry: Geometry, papers: Papers, drawings_s: float = 0.0) -> None:
        """`drawings_s`: how many drawings a second are made (12: on twos); 0 draws every moment asked for."""
        self._staging = staging
        self._geometry = geometry
        self._papers = papers
        self._drawings_s = drawings_s
        self._colours: dict[tuple[str, Garb, int], Floats] = {}
        self._last: tuple[float, list[Cut]] = (-1.0, [])
        self._close = staging.camera.size in CLOSE
        self._eyes = [self._eye_height(figure) for figure in staging.figures]

    def at(self, t_s: float) -> list[Cut]:
        """People with what they hold, and things, at `t_s` seconds from the shot's start, far to near."""
        if self._drawings_s:
            t_s = floor(t_s * self._drawings_s + 1e-6) / self._drawings_s
        if t_s != self._last[0] or not self._last[1]:
            self._last = (t_s, self._drawn_at(t_s))
        return self._last[1]

    def _drawn_at(self, t_s: float) -> list[Cut]:
        pairs = zip(self._staging.figures, self._eyes, strict=True)
        cuts = [self._person(figure, eyes, t_s) for figure, eyes in pairs]
        cuts += [self._thing(prop) for prop in self._staging.props]
        return sorted(cuts, key=lambda cut: -cut.distance)

    def _colour(self, tone: str, garment: Garb, far: float) -> Floats:
        """The paper's colour; distance is taken in steps that nobody sees."""
        step = round(far * 24)
        key = (tone, garment, step)
        if key not in self._colours:
            self._colours[key] = self._papers.of(tone, garment, step / 24)
        return self._colours[key]

    def _moment(self, t_s: float) -> Moment:
        staging = self._staging
        return Moment(t_s, staging.length_s, staging.pulse, staging.energy)

    def _travel(self, figure: FigureStaging) -> Travel:
        return Travel(self._geometry.ground(figure.start), self._geometry.ground(figure.end))

    def _drawn(self, figure: FigureStaging, t_s: float) -> tuple[FigureDrawing, tuple[float, float]]:
        travel = self._travel(figure)
        pose = pose_figure(figure, travel, self._moment(t_s), self._partner(figure))
        return draw_figure(figure, pose), pose.root

    def _partner(self, figure: FigureStaging) -> tuple[float, float] | None:
        for other in self._staging.figures:
            if figure.partner is not None and other.character == figure.partner:
                return self._geometry.ground(other.start)
        return None

    def _eye_height(self, figure: FigureStaging) -> float:
        """How high over the ground the eyes are when the shot begins, in grown bodies."""
        drawing, _ = self._drawn(figure, 0.0)
        _, top, _, bottom = drawing.head
        return -(top + _EYES_DOWN_HEAD * (bottom - top))

    def _person(self, figure: FigureStaging, eyes: float, t_s: float) -> Cut:
        """Somebody with what they hold, which lies between the shapes as deep as the hand does."""
        drawing, root = self._drawn(figure, t_s)
        spot = self._geometry.spot(root)
        foot = spot.x, self._hung(eyes, spot.scale) if self._close else spot.y
        if self._close and figure.action == "lie":
            foot = foot[0], foot[1] + _LYING_LOWER / self._geometry.lens.zoom
        far = -root[1] / self._geometry.stand_distance
        garb = figure.traits.colour or figure.traits.tone
        layers = [
            (shape.depth, shape.outline, self._colour(shape.tone, garb, far), figure.character)
            for shape in drawing.shapes
        ]
        glow = None
        for held in figure.holds:
            depth, prop = _held(drawing, held.thing, held.hand)
            layers += [(depth, shape.outline, self._colour(shape.tone, 3, far), held.thing) for shape in prop.shapes]
            glow = prop.glow or glow
        layers.sort(key=lambda layer: layer[0])
        parts = [ScenePart(outline * spot.scale + foot, colour, owner) for _, outline, colour, owner in layers]
        if self._close and figure.action == "lie":
            parts.insert(0, self._board(foot[1]))
        return Cut(
            figure.character,
            tuple(parts),
            foot,
            spot.scale,
            self._geometry.depth(root),
            -root[1],
            not self._close,
            _glow_at(glow, foot, spot.scale),
            drawing.keypoints * spot.scale + foot,
            drawing.visible,
            _scaled(drawing.head, foot, spot.scale),
        )

    def _thing(self, prop: PropStaging) -> Cut:
        geometry = self._geometry
        point = geometry.ground(prop.at)
        spot = geometry.spot(point)
        drawing = draw_prop(prop.thing, held=False, state=prop.state)
        alone = self._close and not self._staging.figures
        ground = self._hung(_EYES_STANDING, spot.scale) if self._close else spot.y
        y = self._middled(drawing, prop.at) if alone else ground - prop.above * spot.scale
        where = geometry.depth(point), -point[1]
        cut = self._placed_prop(prop.thing, drawing, (spot.x, y), spot.scale, where)
        if alone and PROPS[prop.thing].rests in ("stands", "lies"):
            return replace(cut, parts=(self._board(y), *cut.parts))
        return cut

    def _board(self, y: float) -> ScenePart:
        """What a thing stands on when it fills the picture: a dark board from its foot down."""
        lens, reach = self._geometry.lens, 2.0 * self._geometry.aspect
        left, right, bottom = lens.x - reach, lens.x + reach, lens.y + 2.0
        board = np.array([(left, y - 0.004), (right, y - 0.004), (right, bottom), (left, bottom)])
        return ScenePart(board, self._colour("ink", 1, 1.0), TABLE)

    def _placed_prop(
        self, name: str, drawing: PropDrawing, foot: tuple[float, float], scale: float, where: tuple[float, float]
    ) -> Cut:
        depth, distance = where
        far = distance / self._geometry.stand_distance
        parts = tuple(
            ScenePart(shape.outline * scale + foot, self._colour(shape.tone, 3, far), name) for shape in drawing.shapes
        )
        glow = _glow_at(drawing.glow, foot, scale)
        return Cut(name, parts, foot, scale, depth, distance, not self._close, glow)

    def _hung(self, eyes: float, scale: float) -> float:
        """The scene y of the ground under somebody whose eyes are to lie on the eye line."""
        lens = self._geometry.lens
        line = lens.y + (EYE_LINE[self._staging.camera.size] - 0.5) / lens.zoom
        return line + eyes * scale

    def _middled(self, drawing: PropDrawing, mark: Mark) -> float:
        """The scene y of a thing's foot so that it hangs in the middle of a close picture, a little high."""
        lens = self._geometry.lens
        top = min(float(shape.outline[:, 1].min()) for shape in drawing.shapes)
        bottom = max(float(shape.outline[:, 1].max()) for shape in drawing.shapes)
        scale = mark.body / lens.zoom
        return lens.y - 0.04 / lens.zoom - (top + bottom) / 2 * scale


def _scaled(
    box: tuple[float, float, float, float], foot: tuple[float, float], scale: float
) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left * scale + foot[0], top * scale + foot[1], right * scale + foot[0], bottom * scale + foot[1]


def _held(drawing: FigureDrawing, thing: str, hand: str) -> tuple[float, PropDrawing]:
    """How deep a held thing lies among the figure's shapes, and the thing with its grip in the hand."""
    left, right = drawing.hands
    grip = left if hand == "left" else right
    depth = max(left.depth, right.depth) if hand == "both" else grip.depth
    at = np.mean([left.point, right.point], axis=0) if hand == "both" else np.array(grip.point)
    prop = draw_prop(thing, held=True)
    shapes = tuple(PropShape(shape.outline + at, shape.tone) for shape in prop.shapes)
    return depth - 1e-4, PropDrawing(shapes, _glow_at(prop.glow, (float(at[0]), float(at[1])), 1.0))


def _glow_at(
    glow: tuple[float, float, float] | None, foot: tuple[float, float], scale: float
) -> tuple[float, float, float] | None:
    if glow is None:
        return None
    x, y, radius = glow
    return x * scale + foot[0], y * scale + foot[1], radius * scale
