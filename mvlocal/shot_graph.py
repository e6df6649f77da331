"""The tasks of an approved plan: boards and storyboard, every shot's still, motion and segment, and the master.

It does not know what happens inside a task, nor what is done already.
"""

from __future__ import annotations

from typing import cast

from mvlocal.call_sheet import Shooting, beginning_of, own_still_of, rounds_of, shooting_of
from mvlocal.edit import stage as edit_stage
from mvlocal.edit.finishing.bands import stage as bands_stage
from mvlocal.edit.finishing.curves import Bands
from mvlocal.edit.finishing.task import (
    FinishScene,
    ShotToFinish,
    finish_models,
    finish_task,
    wants_bands,
    wants_heads,
)
from mvlocal.edit.joining.stage import Joining, Written, join_tasks
from mvlocal.edit.timeline import shots_to_timeline
from mvlocal.engine.scheduler import plan_graph
from mvlocal.engine.task import Json, OutputOf, Task
from mvlocal.lettering.shot_words import lettering_of, require_room
from mvlocal.machine import find_gpu
from mvlocal.model_choice import hardware_of
from mvlocal.pipeline import Story
from mvlocal.reporting import closing_tasks, master_tags
from mvlocal.schema.edit import Handles
from mvlocal.schema.story import ApprovedPlan, Shot
from mvlocal.shots.choice import stage as choice_stage
from mvlocal.shots.drawn import stage as drawn_stage
from mvlocal.shots.motion import stage as motion_stage
from mvlocal.shots.stage import ANIMATE, FINISH, PHASES, ShotScene, music_of, read_music, seed_of, span_of, words_of
from mvlocal.shots.stills import stage as stills_stage
from mvlocal.shots.walks import stage as walks_stage
from mvlocal.shots.words import stage as words_stage
from mvlocal.staging import stage as staging_stage
from mvlocal.storyboard import storyboard_task
from mvlocal.studio import Studio


def shot_tasks(
    studio: Studio, story: Story, plan: ApprovedPlan, ending: str = ".mp4", *, dry: bool = False
) -> list[Task]:
    """Every task from the approved plan to the master, whose file ends in `ending`; `dry` runs nothing."""
    return tasks_of(studio, story, shooting_of(studio, story, plan, dry=dry), ending, dry=dry)


def tasks_of(
    studio: Studio, story: Story, shooting: Shooting, ending: str = ".mp4", *, dry: bool = False
) -> list[Task]:
    """As `shot_tasks`. There is no master, and there are no transitions, while shots are left out.

    Raises:
        SettingsError: the end card does not hold all credits.
    """
    _require_room_for_credits(shooting.scene)
    tasks = [
        *plan_tasks(studio, story, shooting.scene.plan),
        *shooting.cast.tasks,
        *still_tasks(studio, shooting),
        *motion_tasks(studio, shooting),
        *finish_tasks(studio, shooting, dry=dry),
    ]
    return tasks if shooting.left_out else [*tasks, *joined_tasks(studio, shooting, ending)]


def _require_room_for_credits(scene: ShotScene) -> None:
    """What the end card cannot hold is said before any frame is made."""
    last = scene.plan.shots[-1]
    words = words_of(scene, last, scene.location_of(last))
    require_room((scene.frame.width, scene.frame.height), lettering_of(words, ()))


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
            begin = beginning_of(studio, shooting, shot)
            tasks += [stills_stage.candidates_task(scene, shot, crew, crew.stills, one, begin) for one in rounds]
            tasks.append(choice_stage.scores_task(scene, shot, crew, rounds))
            tasks.append(choice_stage.choice_task(shot, shooting.picks.of(shot.id), rounds))
    if not worded:
        return tasks
    walks = [shot for shot in worded if shooting.walks(shot)]
    return [words_stage.prompts_task(scene, crew, crew.prompts, worded, walks), *tasks]


def motion_tasks(studio: Studio, shooting: Shooting) -> list[Task]:
    """What makes every shot move: a drawn clip, whole as it is, a walk from its still, or generated frames."""
    crew, scene = shooting.crew, shooting.scene
    tasks: list[Task] = []
    for shot in shooting.shots:
        if crew.motion is None or shooting.is_drawn(shot):
            tasks.append(drawn_stage.clip_task(scene, shot))
        elif crew.walks is not None and shooting.walks(shot):
            begin = beginning_of(studio, shooting, shot)
            tasks.append(walks_stage.walk_task(scene, shot, crew, crew.walks, begin))
        else:
            anchors, before = shooting.anchors(shot), shooting.before(shot)
            tasks.append(motion_stage.motion_task(scene, shot, crew, crew.motion, anchors=anchors, before=before))
    return tasks


def finish_tasks(studio: Studio, shooting: Shooting, *, dry: bool = False) -> list[Task]:
    """What brings generated clips to the video's size and rate, and sets the words on them."""
    crew, scene, settings = shooting.crew, shooting.scene, studio.settings
    generated = [shot for shot in shooting.shots if not shooting.is_drawn(shot)]
    if crew.motion is None or not generated:
        return []
    models = finish_models(settings.finish, hardware_of(settings, find_gpu()))
    lut = studio.project.resolve(settings.finish.lut) if settings.finish.lut else None
    bands, tasks = _bands(studio, dry=dry)
    finishing = FinishScene(settings, scene.frame, scene.song, models, lut, bands)
    return [*tasks, *(finish_task(finishing, _to_finish(shooting, shot)) for shot in generated)]


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
    if not wants_heads(scene.settings.finish):
        return []
    from mvlocal.staging.theatre.head_boxes import head_boxes  # reads the places' plates, which most renders need not

    return head_boxes(scene.stagings[shot.id], scene.location_of(shot))


def _bands(studio: Studio, *, dry: bool) -> tuple[Bands | None, list[Task]]:
    """How loud low, middle and high notes are, where finishing asks for it; heard now unless `dry`."""
    if not wants_bands(studio.settings.finish):
        return None, []
    task = bands_stage.bands_task(studio.song_file)
    if dry and not all(one.cached for one in plan_graph([task], studio.store)):
        return None, [task]
    record = studio.run([task], [task.id])[task.id]
    return bands_stage.read_bands(studio.store.path_of(record.outputs["main"])), [task]


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
