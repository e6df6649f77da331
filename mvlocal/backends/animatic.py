"""The animatic as a backend: keyframes and clips without any model.

It knows nothing of storage or encoding; lettering is laid on its frames by others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mvlocal.backends.base import ClipRequest, FrameSpec, Keyframe, KeyframeRequest
from mvlocal.media.frame import Yuv420
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.theatre.air import AirSetting, make_air
from mvlocal.staging.theatre.camera import Framing, Motion, plan_path
from mvlocal.staging.theatre.compose import GLOW_SHRINK, Cell, Composer, Shine
from mvlocal.staging.theatre.drawn import DrawnShot
from mvlocal.staging.theatre.light import shot_light
from mvlocal.staging.theatre.notes import drawn_of, notes_of
from mvlocal.staging.theatre.photo_shot import draw_photo
from mvlocal.staging.theatre.planes import glow_plane, layer_planes
from mvlocal.staging.theatre.plate_shot import draw_place
from mvlocal.staging.theatre.still import still_of

PASSING_SPEED = 0.055
"""Frame widths a second by which the land passes outside a train."""


class AnimaticBackend:
    """Keyframes drawn or framed from photos, and clips moved and lit by the music."""

    name = "animatic"

    def make_keyframe(self, request: KeyframeRequest) -> Keyframe:
        """The shot's still and its layers.

        Raises:
            InputError: the photo cannot be read.
        """
        drawn = draw_place(request) if request.photo is None else draw_photo(request, request.photo)
        framing = _framing(drawn, request.frame)
        return Keyframe(still_of(drawn, framing), drawn.layers, notes_of(drawn, request.frame))

    def animate(self, request: ClipRequest) -> Iterator[Yuv420]:
        """Moves the keyframe's layers over the shot: one frame of `request.frame`'s size for each of `request.span`.

        Raises:
            PlanError: the keyframe's layers are not this backend's, or too small for the frame.
        """
        drawn = drawn_of(request)
        framing = _framing(drawn, request.frame)
        composer = _composer(request, drawn, framing)
        light = shot_light(request.music, request.span, request.frame.rate, request.shot.transition)
        for index, pose in enumerate(plan_path(framing, _motion(request), len(request.span))):
            shine = Shine(float(light.gain[index]), float(light.glow[index]), float(light.fade[index]))
            yield composer.draw(index, pose, shine)


def create() -> AnimaticBackend:
    """The backend, for the registry."""
    return AnimaticBackend()


def _framing(drawn: DrawnShot, frame: FrameSpec) -> Framing:
    width, height = drawn.plate_size
    return Framing(
        width=frame.width,
        height=frame.height,
        plate_width=width,
        plate_height=height,
        density=drawn.density,
        home=drawn.home,
        focus=_focus(drawn.subject, frame),
        depths=tuple(depth for _, depth in drawn.order),
        subject=drawn.subject,
    )


def _focus(subject: tuple[float, float, float, float] | None, frame: FrameSpec) -> tuple[float, float]:
    """What a push goes to: half way from the middle of the frame to the middle of the subject."""
    if subject is None:
        return 0.0, 0.0
    left, top, right, bottom = subject
    return ((left + right) / 2 - 0.5) * 0.5 * frame.width, ((top + bottom) / 2 - 0.5) * 0.5 * frame.height


def _motion(request: ClipRequest) -> Motion:
    length_s = len(request.span) * request.frame.rate.frame_s
    side = 1 if request.seed % 2 else -1
    return Motion(request.shot.camera.move, length_s, request.music.section_energy, side)


def _composer(request: ClipRequest, drawn: DrawnShot, framing: Framing) -> Composer:
    """The shot's layers as planes, its glow and its weather, ready to draw."""
    first = drawn.order[0][0]
    cells = [Cell(layer_planes(drawn.layers[name]), depth) for name, depth in drawn.order]
    step = _slide_step(drawn, request)
    cells[0] = replace(cells[0], offset=drawn.slide - step * (len(request.span) - 1) / 2, slide=step)
    setting = AirSetting(
        width=request.frame.width,
        height=request.frame.height,
        frames_a_second=float(request.frame.rate.value),
        frames=len(request.span),
        energy=request.music.section_energy,
        seed=request.seed,
    )
    outdoors = first == "back" and not PLACES[request.location.kind].indoors
    air = make_air(request.shot.weather if outdoors else "clear", setting)
    return Composer(framing, cells, glow_plane(drawn.layers[first], GLOW_SHRINK), air)


def _slide_step(drawn: DrawnShot, request: ClipRequest) -> float:
    """Plate pixels a frame by which the land outside passes: at its own pace, or as fast as the plate lasts."""
    frames = len(request.span)
    wanted = PASSING_SPEED * request.frame.width * drawn.density * request.frame.rate.frame_s
    return min(wanted, 1.9 * drawn.slide / frames) if frames else 0.0
