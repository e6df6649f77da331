"""One shot of the theatre, set up and ready: layers, people, light and air, drawn at any moment.

It knows nothing of how layers came to be (see plate_shot and photo_shot), nor of lettering or encoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mvlocal.backends.base import FrameSpec, ShotMusic
from mvlocal.media.frame import Yuv420
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Location, Weather
from mvlocal.staging.geometry import geometry_of
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.theatre.actors import Actors
from mvlocal.staging.theatre.air import AirSetting, make_air
from mvlocal.staging.theatre.camera import Framing, Motion, Pose, Wide, plan_path
from mvlocal.staging.theatre.compose import GLOW_SHRINK, Cell, Composer, Shine, Water
from mvlocal.staging.theatre.drawn import DrawnShot
from mvlocal.staging.theatre.light import shot_light
from mvlocal.staging.theatre.photo_shot import PhotoShot, draw_photo
from mvlocal.staging.theatre.planes import glow_plane, layer_planes
from mvlocal.staging.theatre.plate_shot import Box, draw_shot, scene_of, tilt_of, wide
from mvlocal.staging.theatre.players import Company, Players, sight_of
from mvlocal.staging.theatre.wardrobe import papers_of
from mvlocal.staging.theatre.water import Shimmer
from mvlocal.timing import FrameSpan

PASSING_SPEED = 0.055
"""Frame widths a second by which the land passes outside a train."""

HOME = Pose(0.0, 0.0, 1.0)
_PLAIN = Shine(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Show:
    """A staged shot and what it is drawn from."""

    staging: Staging
    location: Location
    drawn: DrawnShot
    frame: FrameSpec
    seed: int
    on_twos: bool = True
    """People are drawn twelve times a second, as puppets are filmed; the camera moves in every frame."""

    def still(self, t_s: float = 0.0) -> Yuv420:
        """The frame at `t_s` seconds with the camera at home: no music, no fade, no weather in the air."""
        framing = self.framing()
        return self._composer(framing, Wide(0, 1, 0), "clear").draw(0, t_s, HOME, _PLAIN)

    def frames(self, music: ShotMusic, span: FrameSpan, before: int = 0, after: int = 0) -> Iterator[Yuv420]:
        """One frame for each of `span`, moved and lit by the music; each lasts until the next is asked for.

        The shot's own frames are led and followed by `before` and `after` more, in which everything goes on.
        """
        framing, rate = self.framing(), self.frame.rate
        outdoors = self.drawn.order[0][0] == "back" and not PLACES[self.staging.place].indoors
        wide = Wide(before, len(span), after)
        composer = self._composer(framing, wide, self.staging.weather if outdoors else "clear")
        light = shot_light(music, span, rate, before, after)
        side = 1 if self.seed % 2 else -1
        motion = Motion(self.staging.camera.move, len(span) * rate.frame_s, music.section_energy, side)
        for number, pose in enumerate(plan_path(framing, motion, wide)):
            index = number - before
            shine = Shine(float(light.gain[number]), float(light.glow[number]))
            yield composer.draw(index, rate.time_of(span.start + index) - rate.time_of(span.start), pose, shine)

    def framing(self) -> Framing:
        """How the frame lies in the layers."""
        width, height = self.drawn.plate_size
        return Framing(
            width=self.frame.width,
            height=self.frame.height,
            plate_width=width,
            plate_height=height,
            density=self.drawn.density,
            home=self.drawn.home,
            focus=_focus(self.drawn.subject, self.frame),
            depths=tuple(depth for _, depth in self.drawn.order),
            subject=self.drawn.subject,
        )

    def _composer(self, framing: Framing, wide: Wide, weather: Weather) -> Composer:
        """The shot's layers as planes, its people, its glow and its weather, ready to draw."""
        drawn = self.drawn
        first = drawn.order[0][0]
        stands = "mid" if "mid" in drawn.layers else first
        cells = [
            Cell(layer_planes(drawn.layers[name]), depth, holds_players=name == stands) for name, depth in drawn.order
        ]
        step = self._slide_step(wide.frames)
        offset = drawn.slide - step * (wide.frames - 1) / 2
        cells[0] = replace(cells[0], offset=offset, slide=step, room=2.0 * drawn.slide)
        if drawn.water is not None:
            cells[0] = replace(cells[0], water=self._water(drawn.water))
        setting = AirSetting(
            width=self.frame.width,
            height=self.frame.height,
            frames_a_second=float(self.frame.rate.value),
            frames=wide.frames,
            energy=self.staging.energy,
            seed=self.seed,
        )
        glow = glow_plane(drawn.layers[first], GLOW_SHRINK)
        return Composer(framing, cells, glow, make_air(weather, setting), self._players())

    def _water(self, band: tuple[float, float]) -> Water:
        """The place's water in rows of the first layer."""
        geometry = geometry_of(self.staging)
        height = self.drawn.plate_size[1]
        unit = self.frame.height * self.drawn.density * geometry.lens.zoom
        top, bottom = ((y - geometry.lens.y) * unit + height / 2 for y in band)
        return Water(top, bottom, Shimmer(self.frame.width, self.frame.height, self.staging.seed))

    def company(self) -> Company | None:
        """People and things, and how they are seen; None where nobody is, or a photo fills the frame."""
        staging = self.staging
        if "back" not in self.drawn.layers or "card" in self.drawn.layers or not (staging.figures or staging.props):
            return None
        geometry = geometry_of(staging)
        scene = wide(scene_of(staging, self.location, self.frame, geometry), self.drawn.slide)
        actors = Actors(staging, geometry, papers_of(staging, scene.tones, self.location.palette), 12.0 * self.on_twos)
        return Company(actors, scene, sight_of(scene, self.drawn.slide, tilt_of(staging)))

    def _players(self) -> Players | None:
        company = self.company()
        if company is None:
            return None
        return Players(company, PLACES[self.staging.place], (self.frame.width, self.frame.height))

    def _slide_step(self, frames: int) -> float:
        """Plate pixels a frame by which the land outside passes: at its own pace, or as fast as the plate lasts."""
        wanted = PASSING_SPEED * self.frame.width * self.drawn.density * self.frame.rate.frame_s
        return min(wanted, 1.9 * self.drawn.slide / frames) if frames else 0.0


def show_of(
    staging: Staging, location: Location, frame: FrameSpec, photo: Path | None = None, subject: Box | None = None
) -> Show:
    """Draws the shot's layers and sets it up. `subject` is the photo's, given by a person.

    Raises:
        InputError: the photo cannot be read.
    """
    fills = staging.photo is not None and staging.photo.stands_as == "picture"
    if fills and photo is not None:
        drawn = draw_photo(PhotoShot(staging, location, frame, subject), photo)
    else:
        drawn = draw_shot(staging, location, frame, photo)
    return Show(staging, location, drawn, frame, staging.seed)


def _focus(subject: tuple[float, float, float, float] | None, frame: FrameSpec) -> tuple[float, float]:
    """What a push goes to: half way from the middle of the frame to the middle of the subject."""
    if subject is None:
        return 0.0, 0.0
    left, top, right, bottom = subject
    return ((left + right) / 2 - 0.5) * 0.5 * frame.width, ((top + bottom) / 2 - 0.5) * 0.5 * frame.height
