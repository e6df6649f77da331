"""`bible.yaml` and `shots.yaml`: pleasant to read and edit, refused clearly when wrong, comments kept when rewritten.

It does not judge a plan; the verifier does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar, cast

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from mvlocal.errors import PlanError
from mvlocal.files import write_atomically
from mvlocal.schema.document import Document
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Shot, ShotList, StoryBible
from mvlocal.story.reading import clean
from mvlocal.strict_yaml import read_yaml, round_trip_yaml, validate

SNAP_S = 0.005
"""A time in the file this near to a beat, or to an end of the song, means that beat."""
_FLOW = frozenset({"palette", "lyric_lines", "camera", "props"})
_BIBLE_HEAD = """\
The story bible: who, where, what returns and where the story goes.
Edit what you like: this file wins over the planner until `plan --rewrite`.
Every shot takes its people, clothes and places from here, so a change here reaches all of them.
"""
_SHOTS_HEAD = """\
The shots, in song order. Edit what you like: this file wins over the planner until `plan --rewrite`.
Times are seconds of the song; one that is near a beat means that beat. `locked: true` keeps a shot for good.
A shot of `kind: abstract` that shows nobody turns, step by step on the beats, into what its `motion` says has happened
(where stills are generated). `lyric_lines` count from 0. `mvlocal verify` says what no longer holds together.
"""
_BIBLE_NOTES = {
    "logline": "the story in one sentence",
    "style": "shared by every prompt",
    "acts": "sections count from 0; every act must turn",
    "characters": "a shot names people and their clothes by id",
    "locations": "one description, light and palette (darkest to lightest, the fourth is the accent)",
    "motifs": "what a chorus returns to, and how it has changed each time",
}

_MISSING = object()

D = TypeVar("D", StoryBible, ShotList)


def read_bible(path: Path) -> StoryBible:
    """Reads a bible that a person may have edited.

    Raises:
        PlanError: names file, line and column, and the nearest known key for an unknown one.
    """
    return _read(StoryBible, path, None)


def read_shots(path: Path, song: SongMap | None) -> ShotList:
    """Reads a shot list that a person may have edited; times near a beat of `song`, if it is at hand, become that beat.

    Raises:
        PlanError: as `read_bible`.
    """
    return _read(ShotList, path, song)


def write_bible(path: Path, bible: StoryBible) -> None:
    """Writes the bible; a file that is there keeps its comments, its order and its own layout.

    Raises:
        PlanError: the file that is there cannot be read.
    """
    tree = _tree_of(path, _BIBLE_HEAD)
    fresh = not tree
    _merge_map(tree, _plain(bible), bible.model_dump(mode="json", by_alias=True))
    if fresh:
        for key, note in _BIBLE_NOTES.items():
            if key in tree:
                tree.yaml_set_comment_before_after_key(key, before=f"\n{note}")
    _write(path, tree)


def write_shots(path: Path, shots: ShotList, song: SongMap) -> None:
    """Writes the shot list; a file that is there keeps its comments, its order and its own layout.

    Raises:
        PlanError: the file that is there cannot be read.
    """
    tree = _tree_of(path, _SHOTS_HEAD)
    data = _plain(shots)
    data["shots"] = [_ordered(shot, song) for shot in shots.shots]
    _merge_map(tree, data, shots.model_dump(mode="json", by_alias=True))
    for entry, shot in zip(tree["shots"], shots.shots, strict=True):
        heard = " / ".join(clean(song.lyrics[n].text, 60) for n in shot.lyric_lines if n < len(song.lyrics))
        if heard and not _has_comment(entry, "lyric_lines"):
            entry.yaml_add_eol_comment(heard, "lyric_lines")
        if shot.section < len(song.sections) and not _has_comment(entry, "section"):
            entry.yaml_add_eol_comment(song.sections[shot.section].label, "section")
    _write(path, tree)


def snap(t: float, song: SongMap) -> float:
    """The beat, or end of the song, within 5 ms of `t`; else `t` itself."""
    beats = song.beats
    n = bisect_left(beats, t)
    near = [0.0, song.duration_s, *beats[max(0, n - 1) : n + 1]]
    best = min(near, key=lambda mark: abs(mark - t))
    return best if abs(best - t) <= SNAP_S else t


def short_time(t: float, song: SongMap) -> float:
    """`t` with three decimals where reading it back gives `t` exactly, else `t` in full."""
    rounded = round(t, 3)
    return rounded if snap(rounded, song) == t else t


def _read(model: type[D], path: Path, song: SongMap | None) -> D:
    file = read_yaml(path, error=PlanError)
    data = dict(file.data)
    if song is not None and isinstance(data.get("shots"), list):
        data["shots"] = [_snapped(shot, song) for shot in cast("list[Any]", data["shots"])]
    if data.get("schema", model.kind) != model.kind:
        raise PlanError(
            f"this is a {data['schema']} document, not {model.kind}",
            where=file.place_of(("schema",)),
            mend="check that the file is the right one",
        )
    return validate(model, data, file, error=PlanError)


def _snapped(shot: Any, song: SongMap) -> Any:
    if not isinstance(shot, dict):
        return shot
    known: dict[str, Any] = shot
    times = {
        key: snap(float(known[key]), song)
        for key in ("start_s", "end_s")
        if isinstance(known.get(key), int | float) and not isinstance(known[key], bool)
    }
    return {**known, **times}


def _plain(document: Document) -> dict[str, Any]:
    """The document as plain data, fields at their defaults left out, the schema id first."""
    data = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data.pop("schema", None)
    return {"schema": document.kind, **data}


def _ordered(shot: Shot, song: SongMap) -> dict[str, Any]:
    """One shot as plain data: its id and times first, its camera whole, defaults left out."""
    data = shot.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    head = {"id": shot.id, "start_s": short_time(shot.start_s, song), "end_s": short_time(shot.end_s, song)}
    data["camera"] = shot.camera.model_dump(mode="json")
    return {**head, **{key: value for key, value in data.items() if key not in head}}


def _tree_of(path: Path, head: str) -> CommentedMap:
    if path.exists():
        return read_yaml(path, error=PlanError).tree
    tree = CommentedMap()
    tree.yaml_set_start_comment(head)
    return tree


def _merge_map(tree: CommentedMap, data: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Makes `tree` say what `data` says, touching nothing that already does.

    `whole` is `data` with the defaults: a key that only spells one out may stay.
    """
    for key in [key for key in tree if key not in data and tree[key] != whole.get(key, _MISSING)]:
        del tree[key]
    for key, value in data.items():
        if key not in tree:
            tree[key] = _made(key, value)
        elif isinstance(value, Mapping) and isinstance(tree[key], CommentedMap):
            _merge_map(tree[key], cast("Mapping[str, Any]", value), whole[key])
        elif isinstance(value, list) and isinstance(tree[key], CommentedSeq):
            _merge_seq(tree[key], cast("list[Any]", value), whole[key], key)
        elif _same(tree[key], value):
            continue
        else:
            tree[key] = _made(key, value)


def _same(old: Any, new: Any) -> bool:
    if isinstance(new, bool) or isinstance(old, bool):
        return old is new
    return bool(old == new)


def _merge_seq(tree: CommentedSeq, data: Sequence[Any], whole: Sequence[Any], key: str) -> None:
    """Entries are matched by id where they have one, else by place."""
    by_id = {item["id"]: item for item in tree if isinstance(item, CommentedMap) and "id" in item}
    if [_id_of(item) for item in tree] == [_id_of(item) for item in data] and len(tree) == len(data):
        for n, item in enumerate(data):
            if isinstance(item, Mapping) and isinstance(tree[n], CommentedMap):
                _merge_map(tree[n], cast("Mapping[str, Any]", item), whole[n])
            elif isinstance(item, list) and isinstance(tree[n], CommentedSeq):
                _merge_seq(tree[n], cast("list[Any]", item), whole[n], key)
            elif not _same(tree[n], item):
                tree[n] = _made(key, item)
        return
    merged: list[Any] = []
    for item, full in zip(data, whole, strict=True):
        known = by_id.get(_id_of(item))
        if known is not None:
            _merge_map(known, item, full)
            merged.append(known)
        else:
            merged.append(_made(key, item))
    tree.clear()
    tree.extend(merged)


def _id_of(item: Any) -> Any:
    if isinstance(item, Mapping):
        return cast("Mapping[str, Any]", item).get("id", "")
    return None


def _made(key: str, value: Any) -> Any:
    """Plain data as ruamel's nodes, short lists and the camera on one line."""
    if isinstance(value, Mapping):
        made = CommentedMap()
        for inner, item in cast("Mapping[str, Any]", value).items():
            made[inner] = _made(inner, item)
        if key in _FLOW:
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        items = cast("list[Any]", value)
        seq = CommentedSeq([_made(key, item) for item in items])
        if key in _FLOW or not items:
            seq.fa.set_flow_style()
        return seq
    return value


def _has_comment(entry: Any, key: str) -> bool:
    return not isinstance(entry, CommentedMap) or key not in entry or key in entry.ca.items


def _write(path: Path, tree: CommentedMap) -> None:
    stream = StringIO()
    round_trip_yaml().dump(tree, stream)
    write_atomically(path, stream.getvalue())
