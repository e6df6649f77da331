"""The critic: reads the whole sequence once and says what rules cannot see.

It does not decide: what it finds are warnings for the person, and reasons for one rewriting.
"""

from __future__ import annotations

from collections.abc import Sequence

from mvlocal.schema.story import Problem, Shot, StoryBible
from mvlocal.story.writers import replies
from mvlocal.story.writers.asking import Ask, Desk, Slot, template
from mvlocal.story.writers.bible import opening_of
from mvlocal.story.writers.commission import Commission
from mvlocal.story.writers.outline import shots_lines
from mvlocal.story.writers.quoting import data_block

RULE = "critic"


def criticise(
    desk: Desk, job: Commission, bible: StoryBible, shots: Sequence[Shot], attempt: int
) -> tuple[Problem, ...]:
    """The critic's remarks as warnings.

    Raises:
        PlanError: the model gave no usable reply.
    """
    opening = opening_of(job, bible)
    budget = job.prompt_characters - len(opening) - 2000
    prompt = template("critic", bible=opening, shots=data_block("PLAN", shots_lines(shots, budget)))
    slot = Slot(replies.Remarks, {"shots": [shot.id for shot in shots]})
    found: replies.Remarks = desk.ask(Ask(f"critique {attempt}", prompt, {"critique": slot}))["critique"]
    return tuple(
        Problem(
            rule=RULE,
            severity="warning",
            shots=tuple(dict.fromkeys(remark.shots)),
            message=remark.message,
            mend=remark.mend,
        )
        for remark in found.remarks
    )
