"""Settings: where they come from, who wins, and how a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvlocal.config import Settings
from mvlocal.errors import SettingsError
from mvlocal.machine import Gpu
from mvlocal.settings import Sources, choose_profile, load_profile, profile_names, resolve
from mvlocal.strict_yaml import parse_yaml, read_yaml

SIX = ["animatic", "rtx-12gb", "rtx-16gb", "rtx-24gb", "rtx-8gb", "tiny"]


def settle(project: Path | None = None, **given: object) -> Settings:
    sources = Sources(project, environment=given.pop("environment", {}), **given)  # type: ignore[arg-type]
    return resolve(sources, None, {}).settings


def test_the_six_profiles_are_shipped() -> None:
    assert profile_names() == SIX


@pytest.mark.parametrize("name", SIX)
def test_every_profile_loads(name: str) -> None:
    settings = load_profile(name)
    needed = {"rtx-8gb": 8, "rtx-12gb": 12, "rtx-16gb": 16, "rtx-24gb": 24}.get(name, 0)
    assert settings.machine.vram_gib == needed
    assert settings.video.width * settings.video.height >= 256 * 144


def test_later_sources_win(tmp_path: Path) -> None:
    file = tmp_path / "mvlocal.yaml"
    file.write_text("profile: rtx-12gb\nvideo: {height: 800}\nseed: 3\n")
    settings = settle(file, environment={"MVLOCAL_VIDEO_HEIGHT": "810"}, overrides=["video.height=820"])
    assert (settings.video.width, settings.video.height) == (1920, 820)
    assert settle(file, environment={"MVLOCAL_VIDEO_HEIGHT": "810"}).video.height == 810
    assert settle(file).video.height == 800
    assert settings.seed == 3
    assert settings.profile == "rtx-12gb"


def test_the_command_line_profile_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mvlocal.yaml"
    file.write_text("profile: rtx-12gb\n")
    assert settle(file, profile="animatic").video.width == 1280


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("vidio: {width: 1280}\n", "1:1", "did you mean 'video'"),
        ("video:\n  widht: 1280\n", "2:3", "did you mean 'width'"),
        ("video:\n  width: wide\n", "2:3", "valid integer"),
        ("video:\n  width: true\n", "2:3", "valid integer"),
        ("video:\n  width: '1280'\n", "2:3", "valid integer"),
        ("video:\n  width: 1281\n", "2:3", "even number"),
        ("video:\n  fps: 30000/1002000\n", "2:3", "from 1 to 120"),
        ("brief:\n  literalness: 1.5\n", "2:3", "less than or equal to 1"),
        ("title: 1999\n", "1:1", "put it in quotes"),
        ("words: {captions: no}\n", "1:9", "valid boolean"),
        ("seed: 1\nseed: 2\n", "2:1", "duplicate key"),
        ("a: &x 1\nb: *x\n", "1:4", "anchors"),
        ("seed: !!python/name:os.system x\n", "1:7", "tags"),
        ("video:\n\twidth: 3\n", "2:1", "not valid YAML"),
        ("- 1\n", "1:1", "mapping"),
        ("cuts:\n  at: [1.5, soon]\n", "2:13", "valid number"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, line: str, says: str) -> None:
    file = tmp_path / "mvlocal.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        settle(file)
    assert f"mvlocal.yaml:{line}" in caught.value.where
    assert says in str(caught.value)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"overrides": ["video.widht=3"]}, "did you mean 'width'"),
        ({"overrides": ["video.width"]}, "not a.b=c"),
        ({"overrides": ["video=3"]}, "--set video=3"),
        ({"overrides": ["seed=[1"]}, "cannot read the value"),
        ({"environment": {"MVLOCAL_VIDEO_WIDHT": "3"}}, "did you mean MVLOCAL_VIDEO_WIDTH"),
        ({"environment": {"MVLOCAL_SEED": "x"}}, "environment MVLOCAL_SEED"),
        ({"profile": "rtx12gb"}, "did you mean 'rtx-12gb'"),
        ({"profile": "nowhere.yaml"}, "cannot read nowhere.yaml"),
    ],
)
def test_a_mistake_on_the_line_is_named(options: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settle(**options)
    assert says in str(caught.value)


def test_a_dict_setting_can_be_set_by_key() -> None:
    settings = settle(overrides=["brief.literalness_by_section.chorus=0.3"])
    assert settings.brief.literalness_by_section == {"chorus": 0.3}


def test_deep_nesting_and_size_are_bounded(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nested deeper"):
        parse_yaml("a: " + "{b: " * 5000, source="x.yaml")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 4_000_001)
    with pytest.raises(SettingsError, match="the most is"):
        read_yaml(large)


def test_yaml_says_what_it_means() -> None:
    data = parse_yaml("a: no\nb: 1:30\nc: 0x10\nd: on\n", source="x").data
    assert data == {"a": "no", "b": "1:30", "c": 16, "d": "on"}


def test_auto_picks_the_fullest_profile_and_says_why() -> None:
    card = Gpu("NVIDIA GeForce RTX 4080", 15.99, "580")
    assert choose_profile(card, {}) == ("rtx-16gb", "NVIDIA GeForce RTX 4080 has 16 GiB of VRAM")
    name, why = choose_profile(card, {"stills.sdxl": "the sdxl backend needs diffusers, not installed here"})
    assert name == "animatic"
    assert "rtx-16gb" in why
    assert "sdxl" in why
    assert choose_profile(None, {})[0] == "animatic"
    assert choose_profile(Gpu("old card", 4, "1"), {})[0] == "animatic"


def test_a_profile_file_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("video: {width: 640, height: 360}\n")
    assert settle(profile=str(own)).video.width == 640
    own.write_text("profile: animatic\n")
    with pytest.raises(SettingsError, match="cannot name a profile"):
        settle(profile=str(own))
