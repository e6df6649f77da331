"""The `rules` planner: a story without a model, from the story department's own rules.

It does not know files or settings.
"""

from __future__ import annotations

from mvlocal.backends.base import PlanRequest, Progress
from mvlocal.schema.story import ShotList, StoryBible
from mvlocal.story.rules import StoryInput, plan_by_rules


class RulesPlanner:
    """A `Planner` that needs nothing but the song; the same request always gives the same plan."""

    name = "rules"

    def plan_story(self, request: PlanRequest, progress: Progress) -> tuple[StoryBible, ShotList]:
        """Plans the whole song: exactly one shot a span."""
        progress(0.0, "reading the lyrics")
        plan = plan_by_rules(
            StoryInput(
                title=request.title,
                artist=request.artist,
                brief=request.brief,
                song=request.song,
                spans=tuple(request.spans),
                photos=tuple(photo.name for photo in request.photos),
                seed=request.seed,
            )
        )
        progress(1.0, f"{len(plan[1].shots)} shots")
        return plan


def make() -> RulesPlanner:
    """The backend."""
    return RulesPlanner()
