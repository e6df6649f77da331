"""The command line as a contract: exit codes, JSON on stdout alone, errors as what, where, mend."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from small_song import write_song

from mvlocal.cli.options import read_shot_numbers
from mvlocal.errors import UserError
from mvlocal.project import Project

TINY = ["--set", "video.width=128", "--set", "video.height=128"]


def mvlocal(*arguments: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mvlocal", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **more},
    )


def test_help_of_every_command() -> None:
    commands = "new render analyze plan verify train keyframes animate finish export status doctor models store"
    top = mvlocal("--help")
    assert top.returncode == 0
    for command in commands.split():
        assert f"  {command}" in top.stdout
        shown = mvlocal(command, "--help")
        assert shown.returncode == 0, command
        assert "-v" in shown.stdout
        assert "--no-color" in shown.stdout.replace("\n  ", "")


def test_render_speaks_json_and_nothing_else(project: Project) -> None:
    done = mvlocal("render", project.root, "--json", *TINY)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert set(document) == {
        *("output", "profile", "duration_s", "fps", "shots", "tasks_run", "tasks_cached", "seconds"),
    }
    assert Path(document["output"]).exists()
    assert document["profile"] == "animatic"
    assert document["fps"] == "24"
    assert set(document["seconds"]) == {"total", "models"}
    assert "\x1b" not in done.stderr

    again = mvlocal("render", project.root, *TINY)
    assert again.stdout.splitlines()[-1].endswith("small-song-animatic.mp4")
    quiet = mvlocal("render", project.root, "-q", *TINY)
    assert quiet.stdout.strip().endswith(".mp4")
    assert quiet.stderr == ""

    status = json.loads(mvlocal("status", project.root, "--json", *TINY).stdout)
    assert [stage["name"] for stage in status["stages"]] == [
        *("analyze", "plan", "train", "keyframes", "animate", "finish"),
    ]
    assert all(stage["done"] == stage["total"] for stage in status["stages"])

    assert mvlocal("store", "verify", project.root).returncode == 0
    blob = max((project.state / "store").rglob("*.mp4"), key=lambda path: path.stat().st_size)
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.chmod(0o644)
    blob.write_bytes(content)
    damaged = mvlocal("store", "verify", project.root, "--json")
    assert damaged.returncode == 1
    assert len(json.loads(damaged.stdout)["problems"]) == 1


def test_dry_run_says_what_and_why(project: Project) -> None:
    dry = mvlocal("render", project.root, "--dry-run", *TINY)
    assert dry.returncode == 0
    assert "would run analyze/song: new" in dry.stdout
    assert not (project.root / "story" / "shots.yaml").exists()
    assert mvlocal("render", project.root, *TINY, "-q").returncode == 0
    dry = mvlocal("render", project.root, "--dry-run", "--explain", *TINY, "--set", "encode.crf=30")
    assert "would run animate/s01" in dry.stdout
    assert "encode" in dry.stdout
    assert "keyframes/s01" not in dry.stdout


def test_analyze_plan_and_verify(project: Project, tmp_path: Path) -> None:
    heard = mvlocal("analyze", tmp_path / "song.wav", "--lyrics", tmp_path / "song.lrc", "--json")
    document = json.loads(heard.stdout)
    assert document["schema"] == "mvlocal.song_map/1"
    assert {"duration_s", "tempo_bpm", "beats_per_bar", "beats", "downbeats", "sections", "vocals"} <= set(document)
    assert next(line["text"] for line in document["lyrics"]) == "I leave the house in the rain"
    assert document["sections"][0]["start_s"] == 0

    labels, picture = tmp_path / "labels.txt", tmp_path / "map.png"
    drawn = mvlocal("analyze", project.root, "--plot", picture, "--export", labels)
    assert drawn.returncode == 0, drawn.stderr
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "\t" in labels.read_text()

    assert mvlocal("plan", project.root).returncode == 0
    good = mvlocal("verify", project.root, "--json")
    assert good.returncode == 0
    assert json.loads(good.stdout)["ok"] is True
    shots = project.shots_file.read_text()
    start = shots.index("location: ")
    end = shots.index("\n", start)
    project.shots_file.write_text(shots[:start] + "location: atlantis" + shots[end:])
    bad = mvlocal("verify", project.root, "--json")
    assert bad.returncode == 1
    problem = json.loads(bad.stdout)["problems"][0]
    assert set(problem) == {"rule", "severity", "shots", "message", "mend"}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["render", "nowhere"], 2, "there is no folder"),
        (["render", "."], 2, "not a project"),
        (["render", "--profle", "x"], 2, "--profle"),
        (["conquer"], 2, "conquer"),
        (["render", "video", "--set", "video.widht=3"], 2, "did you mean 'width'"),
        (["render", "video", "--until", "lunch"], 2, "no stage called"),
        (["render", "video", "--shots", "9-3"], 2, "runs backwards"),
        (["render", "video", "--profile", "rtx-8gb"], 3, "mend:"),
        (["train", "video"], 2, "draws its pictures"),
        (["export", "video", "--to", "youtubes"], 2, "did you mean"),
        (["export", "video"], 2, "nothing to export"),
        (["models", "fetch", "sdxl"], 2, "licence with limits"),
        (["models", "fetch", "nobody"], 2, "no model called"),
        (["new", "video", "--song", "song.wav"], 2, "a project here already"),
        (["new", "other", "--song", "gone.wav"], 2, "no song called"),
        (["analyze", "gone.wav"], 2, "no song called"),
        (["verify", "video", "--set", "song.file=gone.wav"], 2, "no song called"),
    ],
)
def test_refusals(project: Project, tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = mvlocal(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "mend:" in done.stderr


BAD_SONGS = {
    "empty.wav": b"",
    "noise.mp3": bytes(range(256)) * 40,
    "playlist.mp3": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.ts\n#EXT-X-ENDLIST\n",
    "concat.wav": b"ffconcat version 1.0\nfile secret.wav\n",
    "text.flac": b"hello",
}


@pytest.mark.parametrize("name", BAD_SONGS)
def test_bad_songs_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BAD_SONGS[name])
    for command in ("analyze", "render"):
        done = mvlocal(command, tmp_path / name)
        assert done.returncode == 2, done.stderr
        assert name in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"one\x00two\n", ""),
        ("[00:01.00]first line\n[00:02.00]second\n".encode("utf-16"), None),
        (b"\xff\xd8\xff\xe0" + bytes(300), ""),
        (b"[00:99.00]late\n[00:aa.00]x\n", ""),
    ],
)
def test_odd_lyrics_are_read_or_refused(project: Project, content: bytes, says: str | None) -> None:
    lyrics = project.root.parent / "song.lrc"
    lyrics.write_bytes(content)
    done = mvlocal("analyze", project.root)
    assert done.returncode == (0 if says is None else 2), done.stderr
    assert "Traceback" not in done.stderr
    if says is not None:
        assert "song.lrc" in done.stderr
        assert says in done.stderr


def test_ten_thousand_lines_of_lyrics(project: Project) -> None:
    (project.root.parent / "song.lrc").write_text("[00:01.00]la la the rain\n" * 10_000)
    done = mvlocal("render", project.root, *TINY, "--until", "plan")
    assert done.returncode == 0, done.stderr


def test_a_silent_song_still_makes_a_video(tmp_path: Path) -> None:
    song = write_song(tmp_path / "loud.wav", 3.0)
    silent = bytearray(song.read_bytes())
    silent[44:] = bytes(len(silent) - 44)
    (tmp_path / "silent.wav").write_bytes(silent)
    done = mvlocal("render", tmp_path / "silent.wav", *TINY)
    assert done.returncode == 0, done.stderr
    assert "warning:" in done.stderr
    assert (tmp_path / "silent-video" / "out" / "silent-animatic.mp4").exists()


def test_a_very_short_song_is_refused(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "one.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(np.zeros(1, "<i2").tobytes())
    done = mvlocal("render", tmp_path / "one.wav")
    assert done.returncode == 2
    assert "one.wav" in done.stderr


def test_a_second_render_names_the_first(project: Project) -> None:
    first = subprocess.Popen([sys.executable, "-m", "mvlocal", "render", str(project.root)], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not (project.state / "lock").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.1)
        second = mvlocal("render", project.root)
        assert second.returncode == 2
        assert str(first.pid) in second.stderr
    finally:
        first.kill()
        first.wait()


def test_ctrl_c_stops_soon_says_how_to_go_on_and_leaves_no_orphan(project: Project) -> None:
    command = [sys.executable, "-m", "mvlocal", "render", str(project.root), "--set", "video.width=1280"]
    running = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not project.now_file.exists() and time.monotonic() < deadline:  # it says there what it is making
        time.sleep(0.05)
    time.sleep(0.5)
    began = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=15)
    assert time.monotonic() - began < 10
    assert running.returncode == 130
    assert "un the same command again" in said
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


def test_shot_numbers() -> None:
    assert read_shot_numbers("3,7-9") == (3, 7, 8, 9)
    assert read_shot_numbers("s03, 3") == (3,)
    assert read_shot_numbers("") == ()
    for bad in ("x", "1-", "3..4", "9-2", "-1"):
        with pytest.raises(UserError):
            read_shot_numbers(bad)


def test_doctor_says_what_runs(tmp_path: Path) -> None:
    done = mvlocal("doctor", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["codecs"]["ok"]
    assert {"gpu", "disk", "profile: auto", "extra gpu", "keyframes"} <= set(checks)
    assert all(check["mend"] for check in checks.values() if not check["ok"])
