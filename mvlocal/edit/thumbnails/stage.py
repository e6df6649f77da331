"""The task that makes thumbnails: every shot's still in; three of them as JPEG out, bare and with the title.

It does not know how stills are made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mvlocal.backends.base import FaceFinder
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.edit.deliveries.windows import Box, Window, plan_glide
from mvlocal.edit.thumbnails.placing import PLACES, freest, in_window, part_of
from mvlocal.engine.task import Input, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.lettering.overlay import Lettering
from mvlocal.lettering.shot_words import fonts_of
from mvlocal.media.frame import Rgb, Yuv420
from mvlocal.weights import LockedWeights

if TYPE_CHECKING:
    from mvlocal.lettering.card_layout import CardPlan

STAGE, VERSION = "finish", 2
TASK = "thumbnails"
PHASE = 10
SIZE = (1280, 720)
COUNT = 3


@dataclass(frozen=True, slots=True)
class StillToShow:
    """A shot's still, and what is known of it in fractions of the picture: the subject's box (None: nobody), heads."""

    shot: str
    still: OutputOf
    subject: Box | None
    heads: Sequence[Box]
    chorus: bool


@dataclass(frozen=True, slots=True)
class FacesBy:
    """Who looks for faces in the stills: a backend and its weights."""

    backend: str
    weights: LockedWeights


def thumbnail_task(stills: Sequence[StillToShow], words: Mapping[str, Json], faces: FacesBy | None = None) -> Task:
    """The task that chooses three stills and saves them; outputs `t1` and `t1-title` to `t3-title`.

    `words`: title, artist, font, language. Where nobody looks for faces, heads are where they are known to be.
    """
    identity: dict[str, Json] = {"fonts": fonts_of(_lettering(words))}
    if faces is not None:
        identity["faces"] = {**identity_of("faces", faces.backend), "weights": faces.weights.sha256}
    inputs: dict[str, Input] = {f"still.{one.shot}": one.still for one in stills}
    return Task(
        id=TASK,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.thumbnails.stage:run_thumbnails",
        params={
            "stills": [
                {
                    "shot": one.shot,
                    "subject": [*one.subject] if one.subject else None,
                    "heads": [[*head] for head in one.heads],
                    "chorus": one.chorus,
                }
                for one in stills
            ],
            "words": dict(words),
        },
        inputs=inputs,
        identity=identity,
        phase=PHASE,
        expected_s=5.0,
        placement={"faces": {"backend": faces.backend, "weights": faces.weights.to_json()} if faces else None},
    )


def run_thumbnails(context: TaskContext) -> TaskOutputs:
    """Reads every still, scores them small, and writes the chosen ones at full size."""
    from mvlocal.edit.thumbnails.choosing import StillFacts, choose_thumbnails, shrunk
    from mvlocal.media.image import read_png
    from mvlocal.media.jpeg import save_jpeg
    from mvlocal.media.planes import rgb_to_yuv420, yuv420_to_rgb

    given: Any = context.params
    known = {one["shot"]: one for one in given["stills"]}
    stills = [
        StillFacts(shot, shrunk(read_png(context.inputs[f"still.{shot}"]).rgb), _box(one["subject"]), one["chorus"])
        for shot, one in known.items()
    ]
    finder = _finder(context)
    files = {}
    notes: dict[str, Json] = {}
    for number, one in enumerate(choose_thumbnails(stills, COUNT), start=1):
        rgb = _evened(read_png(context.inputs[f"still.{one.shot}"]).rgb)
        window = _window(rgb, _box(known[one.shot]["subject"]))
        bare = _cut_to(rgb_to_yuv420(rgb), window)
        heads = _heads(known[one.shot]["heads"], rgb, window, finder, bare)
        titled, place = _titled(bare, given["words"], heads)
        for name, frame in ((f"t{number}", bare), (f"t{number}-title", titled)):
            files[name] = context.workdir / f"{name}.jpg"
            save_jpeg(files[name], yuv420_to_rgb(frame))
        notes |= {f"t{number}": f"{one.shot}: {one.why}", f"t{number}-title": f"with the title, {place}"}
    return TaskOutputs(files, notes=notes)


def _box(value: Any) -> Box | None:
    return cast("Box", tuple(value)) if value else None


def _evened(rgb: Rgb) -> Rgb:
    return rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]


def _window(rgb: Rgb, subject: Box | None) -> Window:
    return plan_glide((rgb.shape[1], rgb.shape[0]), SIZE, [subject] if subject else [], 0.0).start


def _cut_to(planes: Yuv420, window: Window) -> Yuv420:
    from mvlocal.edit.deliveries.recompose import recomposed

    return Yuv420(*recomposed((planes.y, planes.u, planes.v), window, SIZE))


# --- faces -------------------------------------------------------------------------------------------------


def _finder(context: TaskContext) -> FaceFinder | None:
    placed: Any = context.placement["faces"]
    if placed is None:
        return None
    finder: FaceFinder = load_backend("faces", placed["backend"], weights=LockedWeights.from_json(placed["weights"]))
    return finder


def _heads(known: Any, rgb: Rgb, window: Window, finder: FaceFinder | None, shown: Yuv420) -> list[Box]:
    """Heads in fractions of the thumbnail: those that are seen; where none is, those that were planned."""
    from mvlocal.media.planes import yuv420_to_rgb

    seen = finder.find_faces(yuv420_to_rgb(shown)).faces if finder is not None else None
    if seen:
        return [face.box for face in seen]
    return [in_window(cast("Box", tuple(head)), (rgb.shape[1], rgb.shape[0]), window) for head in known]


# --- the title ---------------------------------------------------------------------------------------------


def _lettering(words: Any) -> Lettering:
    font, language = words["font"] or None, words["language"]
    return Lettering(title=words["title"], artist=words["artist"], font=font, language=language)


def _titled(planes: Yuv420, words: Any, heads: Sequence[Box]) -> tuple[Yuv420, str]:
    """A copy with the title where it covers no head, or least of one; and the place in words."""
    from mvlocal.lettering.titles import COVER_AT_S

    plans = _plans(words)
    width, height = SIZE
    rows: dict[str, list[Box]] = {
        place: [
            (box.left / width, box.top / height, box.right / width, box.bottom / height)
            for box in plan.card.ink_boxes(COVER_AT_S)
        ]
        for place, plan in plans.items()
    }
    place = freest(rows, {place: not plan.fits for place, plan in plans.items()}, heads)
    frame = Yuv420(planes.y.copy(), planes.u.copy(), planes.v.copy())
    plans[place].card.draw(frame, COVER_AT_S)
    return frame, place


def _plans(words: Any) -> dict[str, CardPlan]:
    """The title set at each place."""
    from mvlocal.lettering.fonts import FontBook
    from mvlocal.lettering.layout import Box as Pixels
    from mvlocal.lettering.layout import safe_area
    from mvlocal.lettering.titles import plan_cover

    told = _lettering(words)
    book = FontBook(told.texts(), user=told.font, language=told.language)
    safe = safe_area(*SIZE)
    area = (float(safe.left), float(safe.top), float(safe.right), float(safe.bottom))
    parts = {place: Pixels(*map(round, part_of(area, place))) for place in PLACES}
    return {place: plan_cover(SIZE, told.title, told.artist, book, part) for place, part in parts.items()}
