"""The call sheet: what the shots of a plan are made from, and who works on each of them.

It knows a person's choices and the crew; tasks are made from it, and not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mvlocal.crewing import crew_of
from mvlocal.edit.timeline import shots_to_timeline
from mvlocal.errors import InputError
from mvlocal.pipeline import Story
from mvlocal.schema.picks import Picks, ShotPick
from mvlocal.schema.story import ApprovedPlan, Shot
from mvlocal.shots.choice import stage as choice_stage
from mvlocal.shots.crew import Crew
from mvlocal.shots.ladder import read_ladder
from mvlocal.shots.own_guides import own_guides
from mvlocal.shots.picks import read_picks
from mvlocal.shots.stage import ANIMATE, FINISH, ShotScene
from mvlocal.shots.stills.stage import Beginning, Round
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

    def walks(self, shot: Shot) -> bool:
        """Whether a shot walks from its still to another look: it is abstract, shows nobody, and its still is a
        model's own. One that goes on from another shot's last frame is animated instead."""
        made_here = shot.photo is None and not self.picks.of(shot.id).still and not self.is_drawn(shot)
        abstract = shot.kind == "abstract" and not shot.characters
        return self.crew.walks is not None and abstract and made_here and self.before(shot) is None

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


def beginning_of(studio: Studio, shooting: Shooting, shot: Shot) -> Beginning:
    """What a shot's stills begin from beside words: an earlier still of the place, and a person's guides."""
    guides = own_guides(studio.project.resolve(studio.settings.keyframes.guides_folder), shot.id)
    return Beginning(shooting.first_there(shot), guides)
