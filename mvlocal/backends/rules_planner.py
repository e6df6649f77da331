"""The `rules` planner: a story without a model, from the story department's own rules.

It does not know files or settings.
"""

from __future__ import annotations

from mvlocal.backends.base import PlannedStory, PlanRequest, Progress
from mvlocal.story.rules import StoryInput, plan_by_rules


class RulesPlanner:
    """A `Planner` that needs nothing but the song; the same request always gives the same plan."""

    name = "rules"

    def plan_story(self, request: PlanRequest, progress: Progress) -> PlannedStory:
        """Plans the whole song: exactly one shot a span."""
        progress(0.0, "reading the lyrics")
        bible, shots = plan_by_rules(
            StoryInput(
                title=request.title,
                artist=request.artist,
                brief=request.brief,
                song=request.song,
                spans=tuple(request.spans),
                photos=tuple(photo.name for photo in request.photos),
                seed=request.seed,
                moves=request.moves,
            )
        )
        progress(1.0, f"{len(shots.shots)} shots")
        return PlannedStory(bible, shots)


def make() -> RulesPlanner:
    """The backend."""
    return RulesPlanner()
