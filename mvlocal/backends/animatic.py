"""The animatic as a backend: keyframes and clips drawn by the theatre, without any model.

It knows nothing of storage or encoding; lettering is laid on its frames by others.
"""

from __future__ import annotations

from collections.abc import Iterator

from mvlocal.backends.base import ClipRequest, Keyframe, KeyframeRequest
from mvlocal.media.frame import Yuv420
from mvlocal.media.planes import yuv420_to_rgb
from mvlocal.staging.theatre.notes import drawn_of, notes_of
from mvlocal.staging.theatre.show import Show, show_of


class AnimaticBackend:
    """Keyframes drawn or framed from photos, and clips moved and lit by the music."""

    name = "animatic"

    def make_keyframe(self, request: KeyframeRequest) -> Keyframe:
        """The shot's still, as the theatre shows its first moment, and its layers.

        Raises:
            InputError: the photo cannot be read.
        """
        show = show_of(request.staging, request.location, request.frame, request.photo, request.subject)
        return Keyframe(yuv420_to_rgb(show.still()), show.drawn.layers, notes_of(show.drawn, request.frame))

    def animate(self, request: ClipRequest) -> Iterator[Yuv420]:
        """Moves the keyframe's layers over the shot: one frame of `request.frame`'s size for each of `request.span`.

        What is asked for before and after it goes on as the shot begins and ends.

        Raises:
            PlanError: the keyframe's layers are not this backend's, or too small for the frame.
        """
        twos = bool(request.options.get("on_twos", True))
        show = Show(request.staging, request.location, drawn_of(request), request.frame, request.seed, twos)
        return show.frames(request.music, request.span, request.before, request.after)


def create() -> AnimaticBackend:
    """The backend, for the registry."""
    return AnimaticBackend()
