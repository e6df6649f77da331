"""Weights: found by name, loaded only as recorded, fetched whole, never unpickled."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from weights_support import ORIGIN, Files, manifest_of, put, safetensors_bytes, serving

from mvlocal.errors import ExhaustedError, MissingError, MvlocalError, SettingsError, UserError
from mvlocal.weights import check_weights, find_weights, locked_weights, models_folder
from mvlocal.weights import transfer as transfer_module
from mvlocal.weights.convert import convert_pickle
from mvlocal.weights.fetch import fetch_model
from mvlocal.weights.inventory import FOLDERS, record_weights, state_of, verify_weights
from mvlocal.weights.lock import LockedFile, add_to_lock, read_lock
from mvlocal.weights.manifest import Manifest, ModelFile, read_manifest
from mvlocal.weights.sound import measure
from mvlocal.weights.transfer import Source, fetch_file

SHIPPED = read_manifest()


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("MVLOCAL_MODELS", str(folder))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return folder


def quiet(_place: str) -> None: ...


def no_progress(_name: str, _here: int, _total: int | None) -> None: ...


# --- the manifest ----------------------------------------------------------------------------------------


def test_shipped_manifest_is_sound() -> None:
    manifest = read_manifest()
    assert len(manifest.models) > 20
    for model in manifest.models:
        assert bool(model.needed_by) != bool(model.later), f"{model.name}: either needed now, or later"
        for file in model.files:
            assert file.place.split("/")[0] in FOLDERS
            pickled = file.url.endswith((".pt", ".ckpt", ".pth", ".th", ".pkl"))
            assert pickled == (file.convert is not None), f"{file.url} would be loaded as a pickle"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("place: ../x.safetensors", "place"),
        ("place: whisper/../../x", "place"),
        ("place: /etc/x", "place"),
        ("url: http://weights.example/x", "https"),
        ("sha256: abc", "sha256"),
        ("size_bytes: 0", "size_bytes"),
        ("sise_bytes: 5", "sise_bytes"),
    ],
)
def test_manifest_mistakes_are_named_with_their_line(tmp_path: Path, wrong: str, said: str) -> None:
    rows = {"place": "place: llm/x.gguf", "url": "url: https://weights.example/x", "more": ""}
    rows[wrong.split(":")[0] if wrong.split(":")[0] in rows else "more"] = wrong
    lines = "".join(f"        {row}\n" for row in rows.values() if row)
    path = tmp_path / "manifest.yaml"
    path.write_text(
        "schema: mvlocal.models/1\nmodels:\n  - name: x\n    family: y\n    licence: MIT\n    files:\n      -\n" + lines
    )
    with pytest.raises(SettingsError) as caught:
        read_manifest(path)
    assert said in caught.value.what
    assert f"{path}:" in caught.value.where


def test_an_unknown_model_gets_a_near_name() -> None:
    with pytest.raises(UserError) as caught:
        read_manifest().model("wisper-medium")
    assert "whisper-medium" in caught.value.mend


# --- finding ---------------------------------------------------------------------------------------------


def test_models_folder_follows_the_variable(models: Path) -> None:
    assert models_folder() == models


def test_weights_are_found_by_bare_name_by_file_name_and_by_path(models: Path, tmp_path: Path) -> None:
    path = put(models, "llm/small.v1-q4.gguf", b"GGUF" + bytes(20))
    assert find_weights("llm", "small.v1-q4", where="planner.model") == path
    assert find_weights("llm", "small.v1-q4.gguf", where="planner.model") == path
    elsewhere = tmp_path / "mine.gguf"
    elsewhere.write_bytes(b"GGUF" + bytes(8))
    with pytest.raises(MissingError, match="never recorded"):
        find_weights("llm", str(elsewhere), where="planner.model")
    add_to_lock(models, {str(elsewhere): measure(elsewhere)})
    assert find_weights("llm", str(elsewhere), where="planner.model") == elsewhere


def test_missing_weights_say_where_they_belong_and_how_to_get_them(models: Path) -> None:
    with pytest.raises(MissingError) as caught:
        find_weights("whisper", "medium", where="song.whisper_model")
    assert str(models / "whisper/medium.safetensors") in caught.value.where
    assert "song.whisper_model" in caught.value.where
    assert caught.value.mend == "mvlocal models fetch whisper-medium"
    with pytest.raises(MissingError) as caught:
        find_weights("whisper", "mine", where="song.whisper_model")
    assert "--record" in caught.value.mend


@pytest.mark.parametrize("name", ["", "..", "../lock", "a/../../b"])
def test_names_that_leave_the_folder_are_refused(models: Path, name: str) -> None:
    with pytest.raises(UserError):
        find_weights("whisper", name, where="song.whisper_model")


def test_a_pickled_file_is_never_found(models: Path) -> None:
    put(models, "whisper/medium.pt", b"\x80\x04.", record=False)
    with pytest.raises(MissingError, match=r"medium\.pt, a pickled file") as caught:
        find_weights("whisper", "medium", where="song.whisper_model")
    assert caught.value.mend == "mvlocal models fetch whisper-medium"
    with pytest.raises(UserError, match="pickled"):
        find_weights("whisper", "medium.pt", where="song.whisper_model")


def test_comfyui_folders_and_the_hugging_face_cache_are_read(models: Path, tmp_path: Path) -> None:
    manifest = read_manifest()
    comfy = tmp_path / "comfy/models/checkpoints/sd_xl_base_1.0.safetensors"
    comfy.parent.mkdir(parents=True)
    comfy.write_bytes(safetensors_bytes())
    models.mkdir()
    (models / "extra_model_paths.yaml").write_text(
        f"comfyui:\n    base_path: {tmp_path / 'comfy'}\n    is_default: true\n"
        "    checkpoints: |\n        models/other/\n        models/checkpoints/\n"
    )
    cached = tmp_path / "hub/models--adefossez--HTDemucs/snapshots/abc/955717e8.safetensors"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(safetensors_bytes(b"\x09"))
    assert record_weights(manifest, quiet) == ["checkpoints/sd_xl_base_1.0.safetensors", "demucs/htdemucs.safetensors"]
    assert find_weights("checkpoints", "sd_xl_base_1.0", where="test") == comfy
    assert find_weights("demucs", "htdemucs", where="test") == cached
    assert list(models.rglob("*.safetensors")) == []


# --- the lock --------------------------------------------------------------------------------------------


def test_unrecorded_weights_are_refused_until_recorded(models: Path) -> None:
    path = put(models, "beats/mine.safetensors", safetensors_bytes(), record=False)
    with pytest.raises(MissingError, match="never recorded") as caught:
        find_weights("beats", "mine", where="song.beats_model")
    assert "--record" in caught.value.mend
    assert record_weights(SHIPPED, quiet) == ["beats/mine.safetensors"]
    check_weights(locked_weights("beats", "mine", where="song.beats_model"))
    assert read_lock(models)["beats/mine.safetensors"].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_a_recorded_file_is_refused(models: Path, data: st.DataObject) -> None:
    content = safetensors_bytes(bytes(range(64)))
    path = put(models, "beats/mine.safetensors", content)
    weights = locked_weights("beats", "mine", where="test")
    kind = data.draw(st.sampled_from(["flip", "cut", "longer"]))
    at = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    if kind == "flip":
        changed[at] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "cut":
        del changed[at:]
    else:
        changed += bytes(at + 1)
    path.write_bytes(changed)
    with pytest.raises(UserError):
        check_weights(weights)
    assert [problem.kind for problem in verify_weights(SHIPPED, quiet)] == ["changed"]
    if kind != "flip":
        with pytest.raises(UserError, match="not what the lock says"):
            find_weights("beats", "mine", where="test")


def test_two_recorded_files_that_changed_places_are_refused(models: Path) -> None:
    one = put(models, "beats/one.safetensors", safetensors_bytes(b"\x01"))
    two = put(models, "beats/two.safetensors", safetensors_bytes(b"\x02"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    for name in ("one", "two"):
        with pytest.raises(UserError, match="not what the lock says"):
            check_weights(locked_weights("beats", name, where="test"))
    assert record_weights(SHIPPED, quiet) == []  # recording does not bless what changed
    assert [problem.kind for problem in verify_weights(SHIPPED, quiet)] == ["changed", "changed"]


def test_verify_names_what_is_missing_unrecorded_and_pickled(models: Path) -> None:
    put(models, "beats/gone.safetensors", safetensors_bytes()).unlink()
    put(models, "llm/new.gguf", b"GGUF", record=False)
    put(models, "whisper/old.pt", b"PK\x03\x04", record=False)
    problems = {problem.place: problem.kind for problem in verify_weights(SHIPPED, quiet)}
    assert problems == {
        "beats/gone.safetensors": "missing",
        "llm/new.gguf": "unrecorded",
        "whisper/old.pt": "pickled",
    }


def test_a_pickle_under_another_name_is_not_recorded(models: Path) -> None:
    put(models, "beats/sly.safetensors", pickle.dumps([1, 2, 3]), record=False)
    with pytest.raises(UserError, match="not a whole safetensors file"):
        record_weights(SHIPPED, quiet)
    put(models, "beats/sly.safetensors", safetensors_bytes(), record=False)
    put(models, "rife/sly.bin", pickle.dumps([1]), record=False)
    with pytest.raises(UserError, match="pickled"):
        record_weights(SHIPPED, quiet)
    assert read_lock(models) == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cut_or_wild_file_is_not_taken_for_safetensors(tmp_path: Path, data: st.DataObject) -> None:
    path, content = tmp_path / "x.safetensors", safetensors_bytes(bytes(range(64)))
    wild = st.one_of(st.binary(max_size=200), st.text(max_size=40).map(lambda t: header_bytes(t.encode())))
    cut = st.integers(0, len(content) - 1).map(lambda at: content[:at])
    path.write_bytes(data.draw(st.one_of(cut, wild, st.just(content + b"x"))))
    with pytest.raises(UserError, match="safetensors"):
        measure(path)
    path.write_bytes(content)
    measure(path)


def header_bytes(header: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header + bytes(8)


def test_a_spoiled_lock_is_refused_and_not_trusted(models: Path) -> None:
    put(models, "beats/mine.safetensors", safetensors_bytes())
    (models / "lock.yaml").write_text("files: {beats/mine.safetensors: {size_bytes: 1}}\n")
    with pytest.raises(SettingsError):
        find_weights("beats", "mine", where="test")


# --- transfers -------------------------------------------------------------------------------------------

BODY = safetensors_bytes(os.urandom(3_000_000))


def test_a_whole_file_arrives(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    with serving(Files({"/x": BODY})) as files:
        fetch_file(Source(f"{files.address}/x"), tmp_path / "x.part", lambda here, total: told.append((here, total)))
    assert (tmp_path / "x.part").read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert [here for here, _ in told] == sorted(here for here, _ in told)


def test_a_cut_transfer_is_resumed_where_it_stopped(tmp_path: Path) -> None:
    with serving(Files({"/x": BODY}, cuts=[1_000_000, 500_000])) as files:
        fetch_file(Source(f"{files.address}/x"), tmp_path / "x.part", lambda *_: None)
    assert (tmp_path / "x.part").read_bytes() == BODY
    assert [asked.get("Range") for asked in files.asked] == [None, "bytes=1000000-", "bytes=1500000-"]


def test_a_transfer_cut_again_and_again_ends_in_one_error_and_is_resumed_later(tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    with serving(Files({"/x": BODY}, cuts=[1000] * transfer_module.TRIES)) as files:
        with pytest.raises(MissingError, match=r"4000 bytes are kept"):
            fetch_file(Source(f"{files.address}/x"), part, lambda *_: None)
        fetch_file(Source(f"{files.address}/x"), part, lambda *_: None)
    assert part.read_bytes() == BODY
    assert files.asked[-1]["Range"] == "bytes=4000-"


def test_a_file_that_changed_at_its_source_is_not_mixed_with_the_old_one(tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    other = bytes(reversed(BODY))
    with serving(Files({"/x": BODY}, cuts=[1000] * transfer_module.TRIES)) as files:
        with pytest.raises(MissingError):
            fetch_file(Source(f"{files.address}/x"), part, lambda *_: None)
        files.content["/x"], files.etag = other, '"two"'
        fetch_file(Source(f"{files.address}/x"), part, lambda *_: None)
    assert part.read_bytes() == other


def test_without_a_mark_of_the_source_nothing_is_resumed(tmp_path: Path) -> None:
    with serving(Files({"/x": BODY}, etag="", cuts=[1000])) as files:
        fetch_file(Source(f"{files.address}/x"), tmp_path / "x.part", lambda *_: None)
    assert (tmp_path / "x.part").read_bytes() == BODY
    assert [asked.get("Range") for asked in files.asked] == [None, None]


def test_another_size_than_published_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    told: list[int] = []
    with serving(Files({"/x": BODY})) as files, pytest.raises(UserError, match="another file than it should"):
        fetch_file(Source(f"{files.address}/x", len(BODY) + 1), tmp_path / "x.part", lambda here, _: told.append(here))
    assert told == []


@pytest.mark.parametrize(("status", "said"), [(404, "no such file"), (401, "accept its licence"), (403, "accept")])
def test_refusals_of_the_source_are_said_plainly(tmp_path: Path, status: int, said: str) -> None:
    with serving(Files({"/x": BODY}, status=[status])) as files, pytest.raises(UserError, match=said):
        fetch_file(Source(f"{files.address}/x"), tmp_path / "x.part", lambda *_: None)
    assert len(files.asked) == 1


def test_a_server_in_trouble_is_asked_again(tmp_path: Path) -> None:
    with serving(Files({"/x": BODY}, status=[503, 500])) as files:
        fetch_file(Source(f"{files.address}/x"), tmp_path / "x.part", lambda *_: None)
    assert (tmp_path / "x.part").read_bytes() == BODY


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://weights.example/x", "http://weights.example/x"])
def test_only_https_is_fetched_also_after_a_redirect(tmp_path: Path, url: str) -> None:
    with pytest.raises(UserError, match="only https"):
        fetch_file(Source(url), tmp_path / "x.part", lambda *_: None)
    with serving(Files(redirect=url)) as files, pytest.raises(MvlocalError):
        fetch_file(Source(f"{files.address}/x"), tmp_path / "x.part", lambda *_: None)
    assert not (tmp_path / "x.part").exists()


def test_a_token_does_not_follow_a_redirect(tmp_path: Path) -> None:
    with serving(Files({"/x": BODY})) as there, serving(Files(redirect=f"{there.address}/x")) as first:
        source = Source(f"{first.address}/x", headers={"Authorization": "Bearer secret"})
        fetch_file(source, tmp_path / "x.part", lambda *_: None)
    assert first.asked[0]["Authorization"] == "Bearer secret"
    assert "Authorization" not in there.asked[0]


def test_no_room_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_module, "free_bytes", lambda _folder: 1_000_000)
    with serving(Files({"/x": BODY})) as files, pytest.raises(ExhaustedError, match="no room"):
        fetch_file(Source(f"{files.address}/x"), tmp_path / "x.part", lambda *_: None)


# --- fetching a model ------------------------------------------------------------------------------------


def one_file(**more: object) -> Manifest:
    row = ModelFile.model_validate({"place": "beats/one.safetensors", "url": f"{ORIGIN}/one.safetensors", **more})
    return manifest_of(row)


def fetch(manifest: Manifest, files: Files, *, renew: bool = False) -> list[Path]:
    return fetch_model(manifest.models[0], manifest, no_progress, renew=renew, transfer=files.transfer)


def test_a_fetched_model_is_recorded_and_found(models: Path) -> None:
    manifest = one_file(sha256=hashlib.sha256(BODY).hexdigest(), size_bytes=len(BODY))
    with serving(Files({"/one.safetensors": BODY}, cuts=[100])) as files:
        assert state_of(manifest.models[0], manifest, read_lock(models)) == "missing"
        (path,) = fetch(manifest, files)
        assert state_of(manifest.models[0], manifest, read_lock(models)) == "ready"
        asked = len(files.asked)
        assert fetch(manifest, files) == [path]
        assert len(files.asked) == asked  # what is here is not fetched again
    check_weights(locked_weights("beats", "one", where="test"))
    assert read_lock(models)["beats/one.safetensors"].source == f"{ORIGIN}/one.safetensors"
    assert sorted(file.name for file in path.parent.iterdir()) == ["one.safetensors"]


def test_a_file_with_another_hash_than_published_is_thrown_away(models: Path) -> None:
    manifest = one_file(sha256="0" * 64)
    with serving(Files({"/one.safetensors": BODY})) as files, pytest.raises(UserError, match="publishes"):
        fetch(manifest, files)
    assert list((models / "beats").iterdir()) == []
    assert read_lock(models) == {}


def test_what_is_fetched_again_must_be_what_was_recorded(models: Path) -> None:
    manifest, other = one_file(), safetensors_bytes(b"other")
    with serving(Files({"/one.safetensors": BODY})) as files:
        (path,) = fetch(manifest, files)
        path.unlink()
        files.content["/one.safetensors"], files.etag = other, '"two"'
        with pytest.raises(UserError, match="not what was recorded"):
            fetch(manifest, files)
        assert list(path.parent.iterdir()) == []
        assert fetch(manifest, files, renew=True)[0].read_bytes() == other


def test_a_pickle_offered_as_safetensors_does_not_reach_its_place(models: Path) -> None:
    with (
        serving(Files({"/one.safetensors": pickle.dumps([1])})) as files,
        pytest.raises(UserError, match="safetensors"),
    ):
        fetch(one_file(), files)
    assert list((models / "beats").iterdir()) == []


# --- converting ------------------------------------------------------------------------------------------


class Canary:
    """Unpickling this makes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.target),)


def test_the_canary_sings_when_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Canary(tmp_path / "sang")))
    assert (tmp_path / "sang").exists()


def pickled_weights(tmp_path: Path, content: object) -> Path:
    import torch

    path = tmp_path / "upstream.pth"
    torch.save(content, path)
    return path


@pytest.mark.parametrize("old_form", [True, False])
def test_a_pickle_with_code_is_refused_and_not_run(tmp_path: Path, old_form: bool) -> None:
    content = {"params": {"a": Canary(tmp_path / "sang")}}
    path = tmp_path / "upstream.pth"
    if old_form:
        path.write_bytes(pickle.dumps(content))
    else:
        path = pickled_weights(tmp_path, content)
    with pytest.raises(UserError, match="not converted"):
        convert_pickle(path, tmp_path / "out.safetensors", "state_dict", "upstream")
    assert not (tmp_path / "sang").exists()
    assert not (tmp_path / "out.safetensors").exists()


def test_a_pickle_put_in_its_place_is_converted_without_fetching(models: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    shared = torch.arange(6.0)
    path = pickled_weights(tmp_path, {"params_ema": {"a": shared.reshape(2, 3), "b": shared}})
    row = ModelFile(place="upscale_models/up.safetensors", url=f"{ORIGIN}/upstream.pth", convert="state_dict")
    put(models, "upscale_models/upstream.pth", path.read_bytes(), record=False)
    manifest = manifest_of(row)
    with serving(Files()) as files:
        (made,) = fetch(manifest, files)
    assert files.asked == []
    assert (models / "upscale_models/upstream.pth").exists()
    assert torch.equal(load_file(made)["a"], shared.reshape(2, 3))
    check_weights(locked_weights("upscale_models", "up", where="test"))


def test_a_fetched_pickle_is_converted_and_removed(models: Path, tmp_path: Path) -> None:
    import torch

    body = pickled_weights(tmp_path, {"a": torch.ones(3)}).read_bytes()
    row = ModelFile(
        place="upscale_models/up.safetensors",
        url=f"{ORIGIN}/upstream.pth",
        sha256=hashlib.sha256(body).hexdigest(),
        convert="state_dict",
    )
    with serving(Files({"/upstream.pth": body})) as files:
        (made,) = fetch(manifest_of(row), files)
    assert [path.name for path in made.parent.iterdir()] == ["up.safetensors"]


def test_lock_entries_survive_a_round_trip(models: Path) -> None:
    entry = LockedFile(size_bytes=5, sha256="a" * 64, source="somewhere")
    add_to_lock(models, {"llm/a b.gguf": entry, "/elsewhere/ünï.gguf": entry})
    assert read_lock(models) == {"llm/a b.gguf": entry, "/elsewhere/ünï.gguf": entry}
