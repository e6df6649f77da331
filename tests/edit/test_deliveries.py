"""Deliveries and hand-over of a small animatic, made from end to end and looked at as a stranger would."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import opentimelineio as otio
import pytest
from av.video.reformatter import Colorspace, Interpolation
from small_song import make_project, write_song

from mvlocal.edit.deliveries.check import Expected, failures_of
from mvlocal.edit.deliveries.table import DELIVERIES, Delivery
from mvlocal.edit.deliveries.task import DELIVER
from mvlocal.edit.thumbnails.stage import StillToShow, run_thumbnails, thumbnail_task
from mvlocal.engine.task import Json, OutputOf, TaskContext
from mvlocal.errors import CheckFailed, MissingError, SettingsError, UserError
from mvlocal.events import Event, TaskDone
from mvlocal.exporting import exports, keeping
from mvlocal.exporting.exports import ExportRequest, export_project
from mvlocal.exporting.names import NAMES, read_names
from mvlocal.exporting.work import Exported, Work
from mvlocal.media.boxes import read_boxes
from mvlocal.media.codecs import PictureCoding
from mvlocal.media.cut_sound import RATE_HZ, SoundCut, cut_sound
from mvlocal.media.decode import decode_frames
from mvlocal.media.frame import Yuv420
from mvlocal.media.image import save_png
from mvlocal.media.inspect import inspect_video
from mvlocal.media.loudness import measure_loudness
from mvlocal.media.planes import rgb_to_yuv420
from mvlocal.media.publish import Publication, publish
from mvlocal.pipeline import RenderRequest, open_studio
from mvlocal.project import Project
from mvlocal.survey import collect_garbage
from mvlocal.timing import FrameRate

SMALL: dict[str, dict[str, object]] = {
    "youtube": {"sizes": ((192, 108),), "kbps": ((400, 600),)},
    "shorts": {"sizes": ((108, 192),), "kbps": ((300, 450),), "shortest_s": 3},
    "reels": {"sizes": ((108, 192),), "kbps": ((300, 450),)},
    "tiktok": {"sizes": ((108, 192),), "kbps": ((300, 450),)},
    "square": {"sizes": ((128, 128),), "kbps": ((300, 450),)},
    "canvas": {"sizes": ((108, 192),), "kbps": ((300, 450),)},
}


CHART = Delivery("chart", "", sizes=((384, 128),), kbps=((2000, 2000),))
EXACT = (
    Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP | Interpolation.BILINEAR
)


# --- codings -----------------------------------------------------------------------------------------------


def chart() -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Bars of strong and of soft colours, over a ramp of greys: large areas, as a chart has them."""
    colours = [(255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (0, 0, 255),
               (0, 0, 0), (120, 80, 60), (200, 150, 130), (90, 120, 160), (100, 140, 60)]  # fmt: skip
    bars = np.repeat(np.array(colours, np.uint8)[None], 64, 0).repeat(32, 1)
    greys = np.repeat(np.linspace(16, 240, 12).astype(np.uint8)[None, :, None], 3, 2).repeat(64, 0).repeat(32, 1)
    return np.concatenate([bars, greys]).astype(np.uint8)


def still(count: int) -> Iterator[Yuv420]:
    planes = rgb_to_yuv420(chart())
    for _ in range(count):
        yield planes


@pytest.mark.parametrize("codec", ["h264", "h265", "av1", "prores", "dnxhr"])
def test_a_published_file_is_what_it_claims_and_its_colours_survive(tmp_path: Path, codec: Any) -> None:
    editor = codec in ("prores", "dnxhr")
    rate, frames = FrameRate.parse("30000/1001"), 40
    out = tmp_path / ("a.mov" if editor else "a.mp4")
    song = write_song(tmp_path / "song.wav", float(frames / rate.value))
    coding = PictureCoding(codec, 0 if editor else 2000)
    publish(
        Publication(out, 384, 128, rate, coding, {"title": "Chart"}),
        still(frames),
        song if editor else cut_sound(song, SoundCut()),
    )
    delivery = DELIVERIES[codec] if editor else CHART
    found = inspect_video(out)
    assert failures_of(found, Expected(delivery, codec, (384, 128), rate, frames)) == ()
    assert found.frames == frames
    with av.open(str(out)) as container:
        assert container.metadata["title"] == "Chart"
        frame = next(container.decode(video=0))
        decoded = frame.reformat(
            format="rgb24", src_colorspace=Colorspace.ITU709, dst_colorspace=Colorspace.ITU709, interpolation=int(EXACT)
        ).to_ndarray()
    middles = [
        (slice(64 * row + 24, 64 * row + 40), slice(32 * n + 12, 32 * n + 20)) for row in (0, 1) for n in range(12)
    ]
    apart = [
        np.abs(decoded[at].astype(int).mean((0, 1)) - chart()[at].astype(int).mean((0, 1))).max() for at in middles
    ]
    assert max(apart) <= 2.0, apart


def test_a_file_with_an_edit_list_or_a_late_index_is_caught(tmp_path: Path) -> None:
    out = tmp_path / "bad.mp4"
    with av.open(str(out), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 384, 128, "yuv420p"
        for planes in still(30):
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.zeros((192, 384), np.uint8) + planes.y[0, 0], "yuv420p"))
            )
        container.mux(stream.encode(None))
    found = inspect_video(out)
    assert found.edit_list
    assert not found.index_first
    wrong = " ".join(failures_of(found, Expected(CHART, "h264", (384, 128), FrameRate.parse("24"), 30)))
    assert "edit list" in wrong
    assert "faststart" in wrong
    assert "BT.709" in wrong


def test_a_coding_whose_device_is_not_here_is_refused_with_the_mend(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    to = Publication(out, 384, 128, FrameRate.parse("24"), PictureCoding("nvenc", 2000), {})
    refused: list[MissingError] = []
    try:
        publish(to, still(30), None)
    except MissingError as error:
        refused.append(error)
    if refused:
        assert "deliver.codec: h264" in refused[0].mend
        assert list(tmp_path.iterdir()) == []
    else:  # on a machine whose card has the encoder
        silent = replace(CHART, part="loop")
        assert failures_of(inspect_video(out), Expected(silent, "nvenc", (384, 128), to.rate, 30)) == ()


def test_boxes_that_lie_about_their_size_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    for data in (b"", struct.pack(">I4s", 100, b"moov"), struct.pack(">I4s", 12, b"moov") + b"trak", b"\0" * 64):
        path.write_bytes(data)
        with pytest.raises(CheckFailed):
            read_boxes(path)


# --- sound -------------------------------------------------------------------------------------------------


def test_a_cut_of_the_song_is_exact_and_fades_at_its_ends(tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.wav", 6.0)
    whole = np.concatenate(list(cut_sound(song, SoundCut())))
    cut = np.concatenate(list(cut_sound(song, SoundCut(1.5, 4.0, 0.05, 0.5))))
    assert len(cut) == round(2.5 * RATE_HZ)
    assert whole.shape[1] == 2
    first = round(1.5 * RATE_HZ)
    middle = slice(round(0.1 * RATE_HZ), round(1.9 * RATE_HZ))
    assert np.array_equal(cut[middle], whole[first:][: len(cut)][middle])
    assert np.abs(cut[0]).max() == 0.0
    assert np.abs(cut[-1]).max() == 0.0
    louder = np.concatenate(list(cut_sound(song, SoundCut(gain_db=-6.0))))
    assert np.allclose(louder, whole * 10 ** (-6 / 20), atol=1e-6)


def test_loudness_is_that_of_the_standard(tmp_path: Path) -> None:
    """EBU Tech 3341, case 1: a 1 kHz sine at -23 dBFS on both channels measures -23 LUFS."""
    path = tmp_path / "tone.wav"
    t = np.arange(48_000 * 8) / 48_000
    tone = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2).reshape(1, -1), "flt", "stereo")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    loud = measure_loudness(path)
    assert loud.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert loud.true_peak_dbtp == pytest.approx(-23.0, abs=0.2)


# --- whole projects ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table() -> Iterator[None]:
    """The deliveries at sizes that a test can make."""
    with pytest.MonkeyPatch.context() as patch:
        small = {name: replace(one, **SMALL.get(name, {})) for name, one in DELIVERIES.items()}  # type: ignore[arg-type]
        patch.setattr(exports, "DELIVERIES", small)
        patch.setattr(keeping, "DELIVERIES", small)
        yield


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = make_project(tmp_path_factory.mktemp("export"), 20.0)
    text = made.settings_file.read_text(encoding="utf-8")
    made.settings_file.write_text(text.replace("width: 128, height: 128", "width: 256, height: 144"), encoding="utf-8")
    with made.settings_file.open("a", encoding="utf-8") as file:
        file.write("deliver: {preset: ultrafast, hook_s: 15}\ncuts: {min_s: 3.5}\n")
    return made


@pytest.fixture(scope="module")
def made(project: Project, table: None) -> dict[str, list[Exported]]:
    found: dict[str, list[Exported]] = {}
    for one in export_project(project, ExportRequest(("all",))):
        found.setdefault(one.name, []).append(one)
    return found


def test_everything_is_made_where_it_belongs(made: dict[str, list[Exported]], project: Project) -> None:
    assert set(made) == set(NAMES)
    for name, files in made.items():
        folder = "deliveries" if name in (*DELIVERIES, "thumbnails") else "edit"
        assert all(one.path.is_relative_to(project.out / folder) and one.path.exists() for one in files)
    assert len(made["thumbnails"]) == 6


@pytest.mark.parametrize("name", list(DELIVERIES))
def test_each_delivery_is_found_right_by_the_checker(made: dict[str, list[Exported]], name: str) -> None:
    (one,) = made[name]
    found = inspect_video(one.path)
    delivery = exports.DELIVERIES[name]
    frames = 20 * 24 if delivery.part == "song" else found.frames
    due = Expected(delivery, delivery.editor or "h264", delivery.size_for(256, 144), FrameRate.parse("24"), frames)
    assert failures_of(found, due) == ()
    beside = json.loads(one.path.with_suffix(".json").read_text(encoding="utf-8"))
    assert beside["found"]["frames"] == found.frames
    if not delivery.silent:
        assert -40 < beside["loudness"]["integrated_lufs"] < 0
        assert beside["loudness"]["gain_db"] == 0


def test_shorts_are_the_hook_and_canvas_loops_without_a_seam(made: dict[str, list[Exported]]) -> None:
    from mvlocal.edit.deliveries.loop import seam_holds
    from mvlocal.edit.deliveries.recompose import small_luma

    shorts = inspect_video(made["shorts"][0].path)
    assert shorts.frames / 24 <= 15
    assert any("downbeat" in note for note in made["shorts"][0].notes)
    canvas = [small_luma((p.y, p.u, p.v)) for p in decode_frames(made["canvas"][0].path)]
    assert 3 * 24 <= len(canvas) <= 8 * 24
    assert seam_holds(canvas)


def test_an_upright_version_is_composed_anew_and_not_cropped(made: dict[str, list[Exported]]) -> None:
    tall, wide = ([p.y.astype(int) for p in decode_frames(made[name][0].path)] for name in ("reels", "youtube"))
    assert (tall[0].shape, wide[0].shape) == ((192, 108), (108, 192))
    apart: list[float] = []
    for upright, broad in zip(tall[40::40], wide[40::40], strict=True):
        middle = cv2.resize(broad[:, 66:126].astype(np.uint8), (108, 192), interpolation=cv2.INTER_LINEAR)
        apart.append(float(np.abs(upright - middle).mean()))
    assert float(np.median(apart)) > 8.0


def test_deliveries_that_are_made_alike_are_made_once(made: dict[str, list[Exported]], project: Project) -> None:
    assert made["reels"][0].path.read_bytes() == made["tiktok"][0].path.read_bytes()
    with open_studio(project, RenderRequest()) as studio:
        keys = studio.store.latest_keys()
    assert keys["deliver/reels"] == keys["deliver/tiktok"] != keys["deliver/square"]


def test_timelines_name_clips_whose_files_hold_what_they_say(made: dict[str, list[Exported]], project: Project) -> None:
    timeline: Any = otio.adapters.read_from_file(str(made["otio"][0].path))
    folder = made["otio"][0].path.parent
    total = 0
    for clip in timeline.tracks[0]:
        if not isinstance(clip, otio.schema.Clip):
            continue
        held = clip.media_reference.available_range
        facts = inspect_video(folder / clip.media_reference.target_url)
        assert facts.frames == held.duration.value
        source = clip.source_range
        assert source.start_time.value + source.duration.value <= held.duration.value
        total += source.duration.value
    assert total == 20 * 24
    (song,) = timeline.tracks[1]
    assert (folder / song.media_reference.target_url).resolve().samefile(project.root.parent / "song.wav")


def own_frames(otio_file: Path, shot: int) -> list[Any]:
    """The luma of a shot's own frames, out of its separate clip."""
    timeline: Any = otio.adapters.read_from_file(str(otio_file))
    clip = [one for one in timeline.tracks[0] if isinstance(one, otio.schema.Clip)][shot]
    start, length = (int(t.value) for t in (clip.source_range.start_time, clip.source_range.duration))
    held = [planes.y.astype(int) for planes in decode_frames(otio_file.parent / clip.media_reference.target_url)]
    return held[start : start + length]


def test_a_shots_own_frames_are_the_same_with_and_without_handles(project: Project, table: None) -> None:
    def exported(*overrides: str) -> list[Any]:
        files = export_project(project, ExportRequest(("clips", "otio"), overrides=overrides))
        return own_frames(next(one.path for one in files if one.name == "otio"), 1)

    bare, wide = exported("deliver.handles=0"), exported("deliver.handles=12")
    assert len(bare) == len(wide)
    # coded from another key frame on, so not bit for bit
    assert max(float(np.abs(a - b).mean()) for a, b in zip(bare, wide, strict=True)) < 1.0
    assert max(float(np.abs(a - b).mean()) for a, b in pairwise(wide)) > 0.0


def made_anew(project: Project, request: ExportRequest) -> list[str]:
    """The tasks that an export had to run."""
    ran: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, TaskDone) and not event.cached:
            ran.append(event.task_id)

    export_project(project, request, hear)
    return ran


def test_a_second_export_makes_nothing_again(made: dict[str, list[Exported]], project: Project, table: None) -> None:
    assert made_anew(project, ExportRequest(("all",))) == []


def test_a_collection_of_garbage_spares_what_exports_are_made_of(
    made: dict[str, list[Exported]], project: Project, table: None
) -> None:
    other = ExportRequest(("square",), overrides=("seed=7",))
    assert f"{DELIVER}square" in made_anew(project, other)
    with open_studio(project, RenderRequest()) as studio:
        assert collect_garbage(studio, RenderRequest()).records > 0  # what the other seed made, at least
    assert made_anew(project, ExportRequest(("all",))) == []
    assert f"{DELIVER}square" in made_anew(project, other)


def test_without_clips_a_timeline_names_the_finished_video(project: Project, table: None) -> None:
    (one,) = export_project(project, ExportRequest(("otio",)))
    timeline: Any = otio.adapters.read_from_file(str(one.path))
    names = {clip.media_reference.target_url for clip in timeline.tracks[0]}
    assert names == {"../small-song-animatic.mp4"}
    assert (one.path.parent / next(iter(names))).is_file()


def test_finished_pictures_are_reframed_where_shots_cannot_be_drawn_anew(
    project: Project, table: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What generated shots go through: the master's segments without words, cut about the subject, then lettered."""
    monkeypatch.setattr(Work, "drawn", property(lambda _self: False))
    made = {one.name: one for one in export_project(project, ExportRequest(("reels", "clips", "otio")))}
    found = inspect_video(made["reels"].path)
    due = Expected(exports.DELIVERIES["reels"], "h264", (108, 192), FrameRate.parse("24"), 20 * 24)
    assert failures_of(found, due) == ()
    timeline: Any = otio.adapters.read_from_file(str(made["otio"].path))
    for clip in timeline.tracks[0]:
        if isinstance(clip, otio.schema.Clip):
            facts = inspect_video(made["otio"].path.parent / clip.media_reference.target_url)
            assert facts.frames == clip.media_reference.available_range.duration.value


def test_loudness_changes_only_when_asked_and_never_past_the_peaks(project: Project, table: None) -> None:
    (one,) = export_project(project, ExportRequest(("shorts",), overrides=("deliver.loudness=-14",)))
    loud: Any = (one.facts or {})["loudness"]
    assert loud["gain_db"] != 0
    assert loud["true_peak_dbtp"] <= -0.9
    assert loud["integrated_lufs"] <= -13.9


# --- names and refusals ------------------------------------------------------------------------------------


def test_names_are_read_in_any_order_with_commas_and_other_names() -> None:
    assert read_names(("edl,OTIO", "youtube")) == ("youtube", "otio", "edl")
    assert read_names(("fcpxml7", "mid")) == ("xml", "midi")
    assert read_names(("srt", "all")) == NAMES


@pytest.mark.parametrize(
    ("given", "mend"), [("youtub", "youtube"), ("fcp", "fcp7"), ("qqqq", "choose from"), ("", "choose")]
)
def test_a_name_that_is_not_known_is_refused_with_the_nearest(given: str, mend: str) -> None:
    with pytest.raises(UserError) as refused:
        read_names((given,))
    assert mend in refused.value.mend


def test_a_rate_that_no_platform_takes_is_refused_before_anything_is_drawn(project: Project, table: None) -> None:
    with pytest.raises(SettingsError, match="tiktok takes 23 to 60"):
        export_project(project, ExportRequest(("tiktok",), overrides=("video.fps=12",)))


def test_captions_of_a_song_without_words_are_refused(tmp_path: Path) -> None:
    bare = make_project(tmp_path, 3.0)
    request = ExportRequest(("srt",), overrides=("song.lyrics=",))
    with pytest.raises(UserError, match="no timed lyrics"):
        export_project(bare, request)


# --- the command -------------------------------------------------------------------------------------------


def mvlocal(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mvlocal", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def test_the_command_speaks_json_and_takes_several_names_and_no_folder(project: Project) -> None:
    done = mvlocal("export", "--to", "srt,vtt", "midi", "--json", cwd=project.root)
    assert done.returncode == 0, done.stderr
    exports = json.loads(done.stdout)["exports"]
    assert [one["name"] for one in exports] == ["srt", "vtt", "midi"]
    assert all(Path(one["path"]).is_file() for one in exports)


def test_the_command_says_what_was_meant(project: Project) -> None:
    done = mvlocal("export", project.root, "--to", "youtub", cwd=project.root)
    assert done.returncode == 2
    assert "did you mean youtube?" in done.stderr
    assert "Traceback" not in done.stderr
    nothing = mvlocal("export", project.root, cwd=project.root)
    assert nothing.returncode == 2
    assert "choose from" in nothing.stderr


# --- thumbnails --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heads", "place"), [([], "middle"), ([(0.4, 0.2, 0.62, 0.75)], "left"), ([(0.1, 0.2, 0.5, 0.8)], "right")]
)
def test_a_thumbnails_title_keeps_off_the_heads_that_are_known(
    tmp_path: Path, heads: list[tuple[float, float, float, float]], place: str
) -> None:
    rgb = np.random.default_rng(4).integers(90, 110, (181, 321, 3), np.uint8)
    save_png(tmp_path / "still.png", rgb)
    shown = StillToShow("s01", OutputOf("keyframes/s01", "image"), None, heads, chorus=True)
    words: dict[str, Json] = {"title": "Last Train, First Light", "artist": "Ilse Marren", "font": "", "language": None}
    task = thumbnail_task([shown], words)
    inputs = {"still.s01": tmp_path / "still.png"}
    context = TaskContext(
        task.id, task.params, inputs, None, tmp_path, lambda _f, _n: None, placement=dict(task.placement)
    )
    made = run_thumbnails(context)
    assert made.notes["t1-title"] == f"with the title, {place}"
    bare, titled = (cv2.imread(str(made.files[name])) for name in ("t1", "t1-title"))
    assert bare is not None
    assert titled is not None
    assert bare.shape == (720, 1280, 3)
    bright = np.argwhere(titled.max(2) > 200)[:, 1] / 1280
    left, right = {"middle": (0.05, 0.95), "left": (0.0, 0.5), "right": (0.5, 1.0)}[place]
    assert len(bright) > 500
    assert left < bright.min() < bright.max() < right
