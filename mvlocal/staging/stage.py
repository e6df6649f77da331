"""The staging stage: a blocked shot in, its board (one drawn frame for sheets) out.

It does not know how sheets are laid out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from mvlocal.backends.base import FrameSpec
from mvlocal.engine.task import FileInput, Input, Json, Task, TaskContext, TaskOutputs
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Location
from mvlocal.timing import FrameRate

STAGE, VERSION = "plan", 1
BOARD = f"{STAGE}/board-"
"""A board's task is called this and the shot's id."""
BOARD_HEIGHT = 270
"""Pixels: large enough to judge a composition, small enough to draw in a blink."""
MOMENT = 0.55
"""Share of the shot at which its board is drawn: past the middle, when what happens can be seen."""


def board_task(staging: Staging, location: Location, photo: Path | None = None) -> Task:
    """The task that draws a shot's board: output `main`, a PNG."""
    inputs: dict[str, Input] = {} if photo is None else {"photo": FileInput(photo)}
    return Task(
        id=f"{BOARD}{staging.shot}",
        stage=STAGE,
        version=VERSION,
        run="mvlocal.staging.stage:run_board",
        params={
            "staging": cast("dict[str, Json]", staging.model_copy(update={"why": ()}).model_dump(mode="json")),
            "location": cast("dict[str, Json]", location.model_dump(mode="json")),
        },
        inputs=inputs,
        phase=2,
        expected_s=0.3,
    )


def run_board(context: TaskContext) -> TaskOutputs:
    """Draws one frame of the theatre, small."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.image import save_png
    from mvlocal.media.planes import yuv420_to_rgb
    from mvlocal.staging.theatre.show import show_of

    given: Any = context.params
    staging = Staging.model_validate_json(json.dumps(given["staging"]))
    location = Location.model_validate_json(json.dumps(given["location"]))
    width = round(BOARD_HEIGHT * staging.aspect / 2) * 2
    frame = FrameSpec(width, BOARD_HEIGHT, FrameRate.parse("24"))
    show = show_of(staging, location, frame, context.inputs.get("photo"))
    out = context.workdir / "board.png"
    save_png(out, yuv420_to_rgb(show.still(MOMENT * staging.length_s)))
    return TaskOutputs({"main": out})
