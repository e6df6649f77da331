"""A project folder: how it is made, found and read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvlocal.config import Settings
from mvlocal.errors import InputError, UserError
from mvlocal.project import NewProject, create_project, find_project, project_beside
from mvlocal.strict_yaml import read_yaml, validate


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "my_song-final.wav"
    path.write_bytes(b"RIFF")
    return path


def settings_of(root: Path) -> Settings:
    file = read_yaml(root / "mvlocal.yaml")
    return validate(Settings, file.data, file)


@pytest.mark.parametrize("title", ['He said "no": it\'s #1', "1999", "true", "{a: b}", "夜の電車", "- x", ""])
def test_what_was_given_is_read_back(tmp_path: Path, song: Path, title: str) -> None:
    create_project(NewProject(tmp_path / "video", song, title=title, artist="A & B", brief="line: one"))
    settings = settings_of(tmp_path / "video")
    assert settings.title == (title or "My Song Final")
    assert (settings.artist, settings.brief.text) == ("A & B", "line: one")
    assert find_project(tmp_path / "video").resolve(settings.song.file).samefile(song)


def test_every_commented_line_is_a_true_default(tmp_path: Path, song: Path) -> None:
    project = create_project(NewProject(tmp_path / "video", song))
    lines = project.settings_file.read_text().split("\n")[3:]
    opened = [line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in lines]
    project.settings_file.write_text("\n".join(opened).replace("every_beats:  #", "every_beats: null  #"))
    given = {"title": settings_of(project.root).title, "song": settings_of(project.root).song}
    assert settings_of(project.root) == Settings().model_copy(update=given)


def test_songs_far_away_are_named_whole_and_near_ones_relative(tmp_path: Path, song: Path) -> None:
    near = create_project(NewProject(tmp_path / "near", song))
    far = create_project(NewProject(tmp_path / "a" / "b" / "far", song))
    assert settings_of(near.root).song.file == "../my_song-final.wav"
    assert settings_of(far.root).song.file == str(song)


def test_copy_brings_everything_along(tmp_path: Path, song: Path) -> None:
    photos = tmp_path / "pictures"
    photos.mkdir()
    (photos / "a.png").write_bytes(b"x")
    project = create_project(NewProject(tmp_path / "video", song, photos=photos, copy=True))
    assert (project.root / song.name).read_bytes() == song.read_bytes()
    assert (project.root / "photos" / "a.png").exists()


def test_a_bare_song_gets_a_project_beside_it(tmp_path: Path, song: Path) -> None:
    song.with_suffix(".lrc").write_text("[00:01.00]hello")
    project = project_beside(song)
    assert project.root == tmp_path / "my_song-final-video"
    assert settings_of(project.root).song.lyrics == "../my_song-final.lrc"
    before = project.settings_file.read_bytes()
    assert project_beside(song) == project
    assert project.settings_file.read_bytes() == before


def test_nothing_is_overwritten_and_nothing_missing_is_accepted(tmp_path: Path, song: Path) -> None:
    create_project(NewProject(tmp_path / "video", song))
    with pytest.raises(UserError, match="a project here already"):
        create_project(NewProject(tmp_path / "video", song))
    with pytest.raises(InputError, match="no song called"):
        create_project(NewProject(tmp_path / "other", tmp_path / "none.wav"))
    with pytest.raises(InputError, match="is a folder"):
        create_project(NewProject(tmp_path / "other", tmp_path))
    with pytest.raises(InputError, match="photos folder is missing"):
        create_project(NewProject(tmp_path / "other", song, photos=tmp_path / "nope"))
    with pytest.raises(UserError, match=r"no mvlocal\.yaml here"):
        find_project(tmp_path)
    with pytest.raises(UserError, match="there is no folder"):
        find_project(tmp_path / "gone")
    assert not (tmp_path / "other").exists()
