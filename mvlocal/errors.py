"""The exception tree: every error says what is wrong, where, and the mend.

It knows nothing of how errors are shown.

    MvlocalError
    ├── UserError                exit 2   bad input or usage
    │   ├── SettingsError                 a key or value in the settings
    │   ├── InputError                    a song, lyrics, photo or marker file that cannot be used
    │   └── PlanError                     a bible or shot list that cannot be used
    ├── CheckFailed              exit 1   verify, doctor, models verify, store verify found problems
    ├── MissingError             exit 3   a model, package or device is missing
    ├── ExhaustedError           exit 4   out of disk, memory or VRAM
    │   └── OutOfVram                     the GPU's memory ran out; a lower rung of the ladder may fit
    ├── DiskError                exit 4   the disk or its file system failed
    ├── BusyError                exit 2   another render holds the project
    ├── ShotStopped              exit 1   a shot was stopped by the user and is left out
    ├── TaskError                exit 70  a task failed for a reason that is ours: a bug
    │   └── NotFinite                     a model gave numbers that are not finite, in full precision too
    └── Interrupted              exit 130 stopped by Ctrl-C; work so far is kept

Anything else that escapes is a bug and exits with 70 as well.
"""

from __future__ import annotations

from typing import ClassVar


class MvlocalError(Exception):
    """Root of all errors that mvlocal raises on purpose.

    `what` is one sentence; `where` names the file, line, shot or setting; `mend` is the next action.
    Picklable, so that it can cross from a worker process to the parent.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, self.where, self.mend)

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"  where: {self.where}")
        if self.mend:
            parts.append(f"  mend:  {self.mend}")
        return "\n".join(parts)


def _rebuild(kind: type[MvlocalError], what: str, where: str, mend: str) -> MvlocalError:
    return kind(what, where=where, mend=mend)


class UserError(MvlocalError):
    """Bad input or usage."""

    exit_code = 2


class SettingsError(UserError):
    """A key or value in the settings that is unknown, doubled, of the wrong type or out of range."""


class InputError(UserError):
    """A song, lyrics, photo or marker file that cannot be used."""


class PlanError(UserError):
    """A bible or shot list that cannot be read or that contradicts itself."""


class CheckFailed(MvlocalError):
    """A check ran to its end and found problems."""

    exit_code = 1


class MissingError(MvlocalError):
    """A model, package or device is missing here."""

    exit_code = 3


class ExhaustedError(MvlocalError):
    """Out of disk, memory or VRAM."""

    exit_code = 4


class OutOfVram(ExhaustedError):
    """The GPU's memory ran out in the task that `where` names; a lower rung of the memory ladder may fit."""


class DiskError(MvlocalError):
    """The disk or its file system reported an error."""

    exit_code = 4


class BusyError(UserError):
    """Another process holds the project."""


class ShotStopped(MvlocalError):
    """The user stopped the shot that `where` names; the others can go on."""

    exit_code = 1


class TaskError(MvlocalError):
    """A task failed for a reason that is not the user's: a bug, a hang or a dead worker."""


class NotFinite(TaskError):
    """A model gave numbers that are not finite: no picture can be made of them."""


class Interrupted(MvlocalError):
    """The run was stopped by the user; what was finished is kept."""

    exit_code = 130
