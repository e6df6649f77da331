"""When things happen in a training: checkpoints, the learning rate, and which pictures are in which batch.

Everything follows from the seed and the step, so that whoever resumes needs to know no more than the step. It knows no
tensors.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Literal

import numpy as np


def checkpoint_steps(steps: int, every: int) -> tuple[int, ...]:
    """The steps after which a checkpoint is kept, `steps` the last of them."""
    return (*range(every, steps, every), steps)


def learning_rate_factor(step: int, steps: int, warmup: int, schedule: Literal["constant", "cosine"]) -> float:
    """What the learning rate is multiplied by in the step `step` (from 1): rising, then constant or falling to 0.

    With few steps the rise takes no more than a tenth of them.
    """
    rise = min(warmup, steps // 10)
    if step <= rise:
        return step / (rise + 1)
    if schedule == "constant":
        return 1.0
    done = (step - 1 - rise) / max(steps - rise, 1)
    return 0.5 * (1 + math.cos(math.pi * done))


def batch_at(groups: Sequence[Sequence[int]], size: int, number: int, seed: int) -> tuple[int, ...]:
    """The pictures of batch `number` (from 0), `size` of them, all from one of `groups` (pictures of one shape).

    Every epoch shows each picture once, in another order; a group's last batch is filled up from its beginning.
    """
    per_epoch = sum(math.ceil(len(group) / size) for group in groups)
    epoch, place = divmod(number, per_epoch)
    random = np.random.default_rng(seed_of(seed, "order", epoch))
    batches: list[tuple[int, ...]] = []
    for group in groups:
        mixed = [group[index] for index in random.permutation(len(group))]
        batches += [
            tuple(mixed[(start + offset) % len(mixed)] for offset in range(size))
            for start in range(0, len(mixed), size)
        ]
    return batches[int(random.permutation(per_epoch)[place])]


def seed_of(seed: int, *what: str | int) -> int:
    """A seed for one purpose, from 0 to 2**63 - 1; others in each step, and the same ones whenever it is asked."""
    text = "\0".join(str(part) for part in (seed, *what))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
