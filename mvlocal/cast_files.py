"""What a training leaves in `cast/<name>/`: the LoRA, its log, samples and the page that says why it was chosen.

It does not know how a LoRA is trained or chosen. A file of a person's own is never replaced.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from PIL import Image

from mvlocal.cast.choice import task as choice_task
from mvlocal.cast.choice.judging import cut_sheet
from mvlocal.cast.choice.page import TrainingShown, training_page
from mvlocal.cast.members import Member
from mvlocal.cast.training import stage as training_stage
from mvlocal.engine.hashing import digest_of_file
from mvlocal.engine.task import Blob, FileInput, Record
from mvlocal.events import Warned
from mvlocal.files import copy_atomically, write_atomically
from mvlocal.media.frame import Rgb
from mvlocal.media.image import read_png
from mvlocal.schema.cast import CastChoice, CastScores, OwnLora
from mvlocal.studio import Studio
from mvlocal.training import CastMade

SAMPLE_WIDTH_PX = 320


@dataclass(frozen=True, slots=True)
class MemberFiles:
    """Where a member's LoRA lies, and what says how it was made: nothing of a LoRA of one's own."""

    member: Member
    lora: Path
    own: OwnLora | None = None
    page: Path | None = None
    choice: CastChoice | None = None
    scores: CastScores | None = None


def write_cast(studio: Studio, made: CastMade) -> tuple[MemberFiles, ...]:
    """Writes the files of every member whose LoRA was trained."""
    written: list[MemberFiles] = []
    for one in made.cast.members:
        if isinstance(one.lora, FileInput):
            found = OwnLora.from_json(studio.read(made.records[choice_task.own_id(one.member.name)]))
            written.append(MemberFiles(one.member, one.lora.path, own=found))
        else:
            written.append(_write_member(studio, one.member, made.records))
    return tuple(written)


def _write_member(studio: Studio, member: Member, records: dict[str, Record]) -> MemberFiles:
    folder = studio.project.root / "cast" / member.name
    training = records[f"{choice_task.STAGE}/{member.name}"]
    scores_record, chosen = records[choice_task.scores_id(member.name)], records[choice_task.choice_id(member.name)]
    scores = CastScores.from_json(studio.read(scores_record))
    choice = CastChoice.from_json(studio.read(chosen))
    ours, page = _Ours(studio, folder), folder / "training.html"
    lora = ours.put(chosen.outputs[choice_task.LORA], f"{member.name}.safetensors")
    ours.put(training.outputs[training_stage.LOG], "training.csv")
    ours.put(training.outputs[training_stage.PLOT], "training.png")
    pictures: dict[int, list[bytes]] = {}
    for one in scores.checkpoints:
        sheet = training.outputs[training_stage.sample_output(one.step)]
        ours.put(sheet, f"samples/step-{one.step}.png")
        rows = len(scores.prompts)
        cut = cut_sheet(read_png(studio.store.path_of(sheet)).rgb, rows, len(one.samples) // rows)
        pictures[one.step] = [_jpeg(picture) for picture in cut]
    title = member.name
    if member.name == studio.settings.cast.name:
        title = studio.settings.artist or title
    shown = TrainingShown(
        title=title,
        scores=scores,
        choice=choice,
        pictures=pictures,
        plot=studio.read(training, training_stage.PLOT),
        facts=training_words(training),
        warnings=[
            ": ".join(filter(None, (what, mend))) for what, _, mend in (*training.warnings, *scores_record.warnings)
        ],
    )
    write_atomically(page, training_page(shown))
    ours.settle()
    _remove_checkpoints(studio.project.state / "training", training)
    return MemberFiles(member, lora, page=page, choice=choice, scores=scores)


def training_words(training: Record) -> str:
    """How a training went, in one or two sentences, from the notes of its record."""
    notes: Any = training.notes
    seconds = float(notes["seconds"])
    took = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
    held_out = {int(step): float(loss) for step, loss in notes["held_out"].items()}
    last = max(held_out)
    words = f"{last} steps with {notes['optimizer']} took {took}."
    lowest = min(held_out, key=lambda step: held_out[step])
    words += (
        f" The loss on photos held out began at {float(notes['base_held_out']):.4f}, ended at {held_out[last]:.4f}"
        f" and was lowest, {held_out[lowest]:.4f}, at step {lowest}."
    )
    resumed = int(notes.get("resumed_from", 0) or 0)
    return words + (f" It went on from step {resumed} after a stop." if resumed else "")


def _remove_checkpoints(trainings: Path, training: Record) -> None:
    """Frees what a finished training lay in: its LoRAs are all in the store, whichever of them a person takes later.

    Folders of trainings that were stopped stay, to be gone on with.
    """
    name = training.notes.get(training_stage.FOLDER)
    if isinstance(name, str) and Path(name).name == name not in ("", ".", ".."):
        shutil.rmtree(trainings / name, ignore_errors=True)


def _jpeg(picture: Rgb) -> bytes:
    small = Image.fromarray(picture)
    small.thumbnail((SAMPLE_WIDTH_PX, 4 * SAMPLE_WIDTH_PX))
    out = BytesIO()
    small.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


class _Ours:
    """Copies files out of the store into a folder, and remembers which ones are ours, so that a person's own stay."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self._studio = studio
        self._folder = folder
        self._memory = studio.project.state / "training" / f"{folder.name}.files.json"
        self._before: dict[str, str] = _read(self._memory)
        self._now: dict[str, str] = {}

    def put(self, blob: Blob, place: str) -> Path:
        """Copies `blob` to `place`, unless it is there already, or the file there is not one that we wrote."""
        target = self._folder / place
        there = digest_of_file(target).digest if target.is_file() else ""
        if there and there not in (blob.digest, self._before.get(place)):
            self._keep(target)
            return target
        if there != blob.digest:
            copy_atomically(self._studio.store.path_of(blob), target)
        self._now[place] = blob.digest
        return target

    def settle(self) -> None:
        """Removes what an earlier training left and this one has not, as far as it is ours; notes what is here now."""
        for place in self._before.keys() - self._now.keys():
            old = self._folder / place
            if old.is_file() and digest_of_file(old).digest == self._before[place]:
                old.unlink()
        write_atomically(self._memory, json.dumps(self._now, sort_keys=True))

    def _keep(self, target: Path) -> None:
        mend = "move it away, and run the same command again"
        if target.suffix == ".safetensors":
            mend = f"to use it, set cast.lora to it; else {mend}"
        what = f"{target.name} is not as mvlocal wrote it, so it was left as it is"
        self._studio.emit(Warned(what, where=str(target), mend=mend))


def _read(path: Path) -> dict[str, str]:
    try:
        return cast("dict[str, str]", json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}  # state is safe to delete: without it, a file that differs counts as a person's own
