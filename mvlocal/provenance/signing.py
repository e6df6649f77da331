"""Signs a video with a person's own certificate (C2PA) and verifies what was written. It knows nothing of tasks.

Nothing is asked of any server: there is no time stamp, so a signature counts while its certificate is valid.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

from mvlocal.errors import CheckFailed, InputError, MissingError

Algorithm = Literal["es256", "es384", "ps256", "ed25519"]
ENDINGS = (".mp4", ".mov")
"""Containers that can carry a signature."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """PEM files: the certificate chain, its own first, and the private key; `algorithm` is the key's kind."""

    certificate: Path
    key: Path
    algorithm: Algorithm


def require_signing() -> None:
    """Makes sure that a video can be signed here.

    Raises:
        MissingError: the library is not installed.
    """
    if find_spec("c2pa") is None:
        raise MissingError(
            "a certificate is given, but nothing here can sign with it",
            where="provenance.certificate",
            mend="pip install 'mvlocal[provenance]', or clear provenance.certificate",
        )


def manifest_of(title: str, version: str, source_type: str, disclosure: str) -> dict[str, Any]:
    """What is signed: that the video was created here, how its pictures came about, and the disclosure.

    Source: C2PA 2.2, assertions `c2pa.actions.v2` and `cawg.metadata`; schema.org for the description.
    """
    agent = {"name": "mvlocal", "version": version}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": source_type,
        "softwareAgent": agent,
        "description": disclosure,
    }
    return {
        "claim_generator_info": [agent],
        "title": title or "music video",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
    }


def sign_video(video: Path, out: Path, manifest: dict[str, Any], credentials: Credentials) -> dict[str, Any]:
    """Writes `out`, the video with the signed manifest in it; returns the manifest as read back from there.

    Raises:
        MissingError: the library is not installed.
        InputError: certificate or key cannot be read, do not belong together or may not sign.
        CheckFailed: what was written does not verify.
    """
    require_signing()
    import c2pa  # pyright: ignore[reportMissingImports]

    try:
        chain, key = (path.read_text(encoding="ascii") for path in (credentials.certificate, credentials.key))
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(credentials, f"cannot be read: {error}") from error
    try:
        info = c2pa.C2paSignerInfo(credentials.algorithm, chain.encode(), key.encode(), None)
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(manifest)) as builder:
            builder.sign_file(str(video), str(out), signer)
    except c2pa.C2paError as error:
        out.unlink(missing_ok=True)
        raise _unusable(credentials, f"cannot sign: {error}") from error
    return read_manifest(out)


def read_manifest(video: Path) -> dict[str, Any]:
    """The manifest in force of a signed video, its signature and hashes verified; not whether anybody trusts it.

    Raises:
        CheckFailed: there is none, or the file was changed since it was signed.
    """
    require_signing()
    import c2pa  # pyright: ignore[reportMissingImports]

    try:
        with c2pa.Reader(str(video)) as reader:
            found: Any = json.loads(reader.json())
            state = str(reader.get_validation_state())
    except c2pa.C2paError as error:
        raise CheckFailed(f"{video.name} holds no signature that can be read: {error}", where=str(video)) from error
    if state not in ("Valid", "Trusted"):
        codes = ", ".join(str(one["code"]) for one in found.get("validation_status", []))
        raise CheckFailed(f"the signature of {video.name} does not hold: {codes}", where=str(video))
    return cast("dict[str, Any]", found["manifests"][found["active_manifest"]])


def _unusable(credentials: Credentials, why: str) -> InputError:
    return InputError(
        f"the certificate or its key {why}",
        where=f"provenance: {credentials.certificate}, {credentials.key}",
        mend="give a PEM chain (own certificate first), the PEM key that belongs to it, and provenance.algorithm",
    )
