"""The tasks of an approved plan: boards and storyboard, every shot's still, motion and segment, and the master.

It does not know what happens inside a task, nor what is done already.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from mvlocal.crewing import crew_of
from mvlocal.edit import stage as edit_stage
from mvlocal.edit.finishing import stage as finishing_stage
from mvlocal.edit.finishing.curves import Bands
from mvlocal.edit.finishing.stage import FinishScene, ShotToFinish
from mvlocal.edit.joining.stage import Joining, Written, join_tasks
from mvlocal.edit.timeline import shots_to_timeline
from mvlocal.engine.scheduler import plan_graph
from mvlocal.engine.task import Json, OutputOf, Task
from mvlocal.errors import InputError
from mvlocal.machine import find_gpu
from mvlocal.model_choice import hardware_of
from mvlocal.pipeline import Story
from mvlocal.reporting import closing_tasks, master_tags
from mvlocal.schema.edit import Handles
from mvlocal.schema.picks import Picks, ShotPick
from mvlocal.schema.story import ApprovedPlan, Shot
from mvlocal.shots.choice import stage as choice_stage
from mvlocal.shots.crew import Crew
from mvlocal.shots.drawn import stage as drawn_stage
from mvlocal.shots.ladder import read_ladder
from mvlocal.shots.motion import stage as motion_stage
from mvlocal.shots.own_guides import own_guides
from mvlocal.shots.picks import read_picks
from mvlocal.shots.stage import ANIMATE, FINISH, PHASES, ShotScene, music_of, read_music, seed_of, span_of, words_of
from mvlocal.shots.stills import stage as stills_stage
from mvlocal.shots.stills.stage import Round
from mvlocal.staging import stage as staging_stage
from mvlocal.storyboard import storyboard_task
from mvlocal.studio import Studio
from mvlocal.training import CastInForce, cast_in_force


@dataclass(frozen=True, slots=True)
class Shooting:
    """All that the tasks of shots are made from: the scene, who works, a person's choices, and the cast."""

    scene: ShotScene
    crew: Crew
    picks: Picks
    cast: CastInForce

    @property
    def shots(self) -> list[Shot]:
        """The shots that are made: all but those that a person left out."""
        return [shot for shot in self.scene.plan.shots if self.picks.of(shot.id).skip != "leave"]

    @property
    def left_out(self) -> list[str]:
        """The ids of the shots that a person left out; without them there is no master."""
        return [shot.id for shot in self.scene.plan.shots if self.picks.of(shot.id).skip == "leave"]

    def is_drawn(self, shot: Shot) -> bool:
        """Whether the theatre makes this shot as a whole."""
        return self.crew.motion is None or self.picks.of(shot.id).skip == "animatic"

    def task_of(self, shot: str, until: str) -> str:
        """The task that makes a shot up to a stage: its still, its frames, or its finished segment."""
        drawn = next(self.is_drawn(one) for one in self.scene.plan.shots if one.id == shot)
        return f"{ANIMATE if until == FINISH and drawn else until}/{shot}"

    def before(self, shot: Shot) -> str | None:
        """The shot whose last frame this one goes on from; None where that one has no generated frames."""
        earlier = next((one for one in self.shots if one.id == shot.continues), None)
        return None if earlier is None or self.is_drawn(earlier) else earlier.id

    def first_there(self, shot: Shot) -> str | None:
        """The first shot of the same place, where stills begin from its still; None for that one itself."""
        if self.scene.settings.keyframes.same_place_strength == 0:
            return None
        first = next(one for one in self.shots if one.location == shot.location)
        return first.id if first.id != shot.id else None

    def anchors(self, shot: Shot) -> int:
        """How many further stills of the shot its motion can go on from."""
        if self.crew.stills is None or shot.photo is not None or self.picks.of(shot.id).still:
            return 0
        return choice_stage.anchors_of(self.scene.settings.keyframes.candidates)


def shooting_of(studio: Studio, story: Story, plan: ApprovedPlan, *, dry: bool = False) -> Shooting:
    """What the shots of a project are made from; `dry` runs nothing.

    Raises:
        MissingError: weights or a device are not here.
        PlanError: the picks do not read, or name a shot that there is not.
    """
    settings, project = studio.settings, studio.project
    timeline = shots_to_timeline(plan.shots, settings.video.rate, story.song.beats)
    folder = project.resolve(settings.photos.folder)
    scene = ShotScene(settings, plan, story.song, folder, story.stagings, timeline)
    cast_now = cast_in_force(studio, dry=dry)
    ladder = read_ladder(project.ladder_file)
    return Shooting(
        scene,
        crew_of(settings, plan, cast_now, ladder, project),
        read_picks(project.picks_file),
        cast_now,
    )


def shot_tasks(
    studio: Studio, story: Story, plan: ApprovedPlan, ending: str = ".mp4", *, dry: bool = False
) -> list[Task]:
    """Every task from the approved plan to the master, whose file ends in `ending`; `dry` runs nothing."""
    return tasks_of(studio, story, shooting_of(studio, story, plan, dry=dry), ending, dry=dry)


def tasks_of(
    studio: Studio, story: Story, shooting: Shooting, ending: str = ".mp4", *, dry: bool = False
) -> list[Task]:
    """As `shot_tasks`. There is no master, and there are no transitions, while shots are left out."""
    tasks = [
        *plan_tasks(studio, story, shooting.scene.plan),
        *shooting.cast.tasks,
        *still_tasks(studio, shooting),
        *motion_tasks(shooting),
        *finish_tasks(studio, shooting, dry=dry),
    ]
    return tasks if shooting.left_out else [*tasks, *joined_tasks(studio, shooting, ending)]


def joined_tasks(studio: Studio, shooting: Shooting, ending: str) -> list[Task]:
    """The transitions, the master, and what completes it."""
    scene, settings = shooting.scene, studio.settings
    segments = segments_of(shooting)
    timeline = shots_to_timeline(scene.plan.shots, settings.video.rate, scene.song.beats)
    trained = bool(shooting.cast.members)
    tags = master_tags(studio, scene.plan, ending, trained=trained)
    return [
        *join_tasks(Joining(settings, timeline, written_of(scene), scene.stagings, segments)),
        edit_stage.master_task(settings, timeline, studio.song_file, segments, ending, tags),
        *closing_tasks(studio, scene.plan, scene.song, ending, trained=trained),
    ]


def segments_of(shooting: Shooting) -> dict[str, str]:
    """Which task makes each shot's segment, by shot id; shots that are left out have none."""
    made: dict[str, str] = {}
    for shot in shooting.shots:
        made[shot.id] = f"{ANIMATE if shooting.is_drawn(shot) else FINISH}/{shot.id}"
    return made


def still_tasks(studio: Studio, shooting: Shooting) -> list[Task]:
    """What leads to every shot's still: prompts, candidates and the choice; or one drawing, or one of the user's."""
    crew, scene = shooting.crew, shooting.scene
    if crew.stills is None or crew.prompts is None:
        return [drawn_stage.keyframe_task(scene, shot) for shot in shooting.shots]
    tasks: list[Task] = []
    worded: list[Shot] = []
    for shot in shooting.shots:
        own = own_still_of(studio, shooting, shot)
        if shooting.is_drawn(shot):
            tasks.append(drawn_stage.keyframe_task(scene, shot))
        elif own is not None:
            size = int(crew.stills.options["width"]), int(crew.stills.options["height"])
            tasks.append(choice_stage.own_still_task(scene, shot, own, size))
        else:
            worded.append(shot)
            rounds = rounds_of(studio, shooting, shot)
            start = shooting.first_there(shot)
            guides = own_guides(studio.project.resolve(studio.settings.keyframes.guides_folder), shot.id)
            tasks += [
                stills_stage.candidates_task(scene, shot, crew, crew.stills, one, start, guides) for one in rounds
            ]
            tasks.append(choice_stage.scores_task(scene, shot, crew, rounds))
            tasks.append(choice_stage.choice_task(shot, shooting.picks.of(shot.id), rounds))
    return [stills_stage.prompts_task(scene, crew, crew.prompts, worded), *tasks] if worded else tasks


def own_still_of(studio: Studio, shooting: Shooting, shot: Shot) -> Path | None:
    """A picture of the user's that is this shot's still: one that was chosen, or the photo that the plan shows.

    Raises:
        InputError: the chosen one is not there.
    """
    pick = shooting.picks.of(shot.id)
    if pick.still:
        return existing_still(studio, shot.id, pick)
    return shooting.scene.photos_folder / shot.photo if shot.photo is not None else None


def existing_still(studio: Studio, shot: str, pick: ShotPick) -> Path:
    """The file of a still of one's own.

    Raises:
        InputError: it is not there.
    """
    path = studio.project.resolve(pick.still)
    if not path.is_file():
        raise InputError(
            f"the still of {shot} is not there",
            where=f"{studio.project.picks_file}: {path}",
            mend="put it there, or take `still` out of that line",
        )
    return path


def rounds_of(studio: Studio, shooting: Shooting, shot: Shot) -> list[Round]:
    """The rolls of candidates that the choice is among: the last one, and the one that a picked candidate is from.

    Raises:
        UserError: a candidate is picked that there is not.
    """
    pick, count = shooting.picks.of(shot.id), studio.settings.keyframes.candidates
    newest = Round(pick.reroll, count)
    if pick.pick is None:
        return [newest]
    choice_stage.check_pick(pick, shot.id, [newest], f"{studio.project.picks_file}: {shot.id}")
    picked = Round.holding(pick.pick, count)
    return [newest] if picked == newest else [picked, newest]


def motion_tasks(shooting: Shooting) -> list[Task]:
    """What makes every shot move: a drawn clip, whole as it is, or generated frames."""
    crew, scene = shooting.crew, shooting.scene
    tasks: list[Task] = []
    for shot in shooting.shots:
        if crew.motion is None or shooting.is_drawn(shot):
            tasks.append(drawn_stage.clip_task(scene, shot))
            continue
        tasks.append(
            motion_stage.motion_task(
                scene, shot, crew, crew.motion, anchors=shooting.anchors(shot), before=shooting.before(shot)
            )
        )
    return tasks


def finish_tasks(studio: Studio, shooting: Shooting, *, dry: bool = False) -> list[Task]:
    """What brings generated clips to the video's size and rate, and sets the words on them."""
    crew, scene, settings = shooting.crew, shooting.scene, studio.settings
    generated = [shot for shot in shooting.shots if not shooting.is_drawn(shot)]
    if crew.motion is None or not generated:
        return []
    models = finishing_stage.finish_models(settings.finish, hardware_of(settings, find_gpu()))
    lut = studio.project.resolve(settings.finish.lut) if settings.finish.lut else None
    bands, tasks = _bands(studio, dry=dry)
    finishing = FinishScene(settings, scene.frame, scene.song, models, lut, bands)
    return [*tasks, *(finishing_stage.finish_task(finishing, _to_finish(shooting, shot)) for shot in generated)]


def _to_finish(shooting: Shooting, shot: Shot) -> ShotToFinish:
    scene = shooting.scene
    span, location = span_of(shot, scene.frame.rate), scene.location_of(shot)
    return ShotToFinish(
        shot=shot,
        span=span,
        clip=OutputOf(f"{ANIMATE}/{shot.id}"),
        words=words_of(scene, shot, location),
        lines=read_music(music_of(scene, shot, span)).lyrics,
        handles=scene.handles_of(shot),
        palette=location.palette,
        heads=_heads(scene, shot),
        seed=seed_of(scene.settings.seed, location.seed, shot.id, FINISH),
        phase=PHASES[FINISH],
    )


def _heads(scene: ShotScene, shot: Shot) -> list[tuple[float, float, float, float]]:
    """Where people's heads are to be, where finishing lays something over the picture that they are spared."""
    if not finishing_stage.wants_heads(scene.settings.finish):
        return []
    from mvlocal.staging.theatre.head_boxes import head_boxes  # reads the places' plates, which most renders need not

    return head_boxes(scene.stagings[shot.id], scene.location_of(shot))


def _bands(studio: Studio, *, dry: bool) -> tuple[Bands | None, list[Task]]:
    """How loud low, middle and high notes are, where finishing asks for it; heard now unless `dry`."""
    if not finishing_stage.wants_bands(studio.settings.finish):
        return None, []
    task = finishing_stage.bands_task(studio.song_file)
    if dry and not all(one.cached for one in plan_graph([task], studio.store)):
        return None, [task]
    record = studio.run([task], [task.id])[task.id]
    return finishing_stage.read_bands(studio.store.path_of(record.outputs["main"])), [task]


def written_of(scene: ShotScene) -> dict[str, Written]:
    """What is written over each shot at either end of a transition, by its id."""
    written: dict[str, Written] = {}
    for shot in scene.plan.shots:
        if scene.handles_of(shot) == Handles():
            continue
        music = music_of(scene, shot, span_of(shot, scene.frame.rate))
        lyrics = cast("list[Json]", music["lyrics"])
        written[shot.id] = Written(words_of(scene, shot, scene.location_of(shot)), lyrics)
    return written


def plan_tasks(studio: Studio, story: Story, plan: ApprovedPlan) -> list[Task]:
    """A small drawing a shot, and the storyboard that shows them all."""
    places = {location.id: location for location in plan.bible.locations}
    folder = studio.project.resolve(studio.settings.photos.folder)
    boards = [
        staging_stage.board_task(
            staging, places[staging.location], folder / staging.photo.name if staging.photo is not None else None
        )
        for staging in story.stagings.values()
    ]
    return [*boards, storyboard_task(plan, story.song, story.stagings)]
