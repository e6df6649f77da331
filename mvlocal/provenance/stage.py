"""The stage that signs: the master in, the same video with a signed account of its making out.

It does not know how the video was made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mvlocal.config import ProvenanceSettings
from mvlocal.engine.task import FileInput, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.errors import InputError, SettingsError

STAGE = "finish"
VERSION = 1
TASK_ID = "finish/signed"
PHASE = 10


def sign_tasks(
    settings: ProvenanceSettings, root: Path, master: str, ending: str, manifest: dict[str, Json]
) -> list[Task]:
    """The task that signs the output of the task `master`, where a certificate is given; paths count from `root`.

    Raises:
        MissingError: nothing here can sign.
        SettingsError: certificate without key or key without certificate; a container that carries no signature.
        InputError: one of the files is not there.
    """
    from mvlocal.provenance.signing import ENDINGS, require_signing

    if not settings.certificate and not settings.key:
        return []
    if not settings.certificate or not settings.key:
        lacking = "key" if settings.certificate else "certificate"
        raise SettingsError(
            f"to sign, both certificate and key are needed, and there is no {lacking}",
            where=f"provenance.{lacking}",
            mend="give both, or clear both",
        )
    if ending not in ENDINGS:
        raise SettingsError(
            f"a {ending} file cannot carry a signature",
            where="provenance.certificate",
            mend="write .mp4 or .mov, or clear provenance.certificate and provenance.key",
        )
    require_signing()
    files = {name: root / Path(getattr(settings, name)).expanduser() for name in ("certificate", "key")}
    for name, path in files.items():
        if not path.is_file():
            raise InputError(f"the {name} is not there", where=str(path), mend=f"check provenance.{name}")
    return [
        Task(
            id=TASK_ID,
            stage=STAGE,
            version=VERSION,
            run="mvlocal.provenance.stage:run_sign",
            params={"manifest": manifest, "algorithm": settings.algorithm, "ending": ending},
            inputs={"video": OutputOf(master), **{name: FileInput(path) for name, path in files.items()}},
            phase=PHASE,
            expected_s=2.0,
        )
    ]


def run_sign(context: TaskContext) -> TaskOutputs:
    """Signs the video, and verifies the signature in what was written."""
    from mvlocal.provenance.signing import Credentials, sign_video

    given: Any = context.params
    credentials = Credentials(context.inputs["certificate"], context.inputs["key"], given["algorithm"])
    out = context.workdir / f"signed{given['ending']}"
    manifest = sign_video(context.inputs["video"], out, given["manifest"], credentials)
    issuer = str(manifest.get("signature_info", {}).get("issuer", ""))
    return TaskOutputs({"main": out}, notes={"issuer": issuer})
