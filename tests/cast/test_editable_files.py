"""Files that a person may edit: edits win, untouched files follow, and nothing is written when only looking."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvlocal.editable import EditableFile, settle_file


def write_line(path: Path, text: str) -> None:
    path.write_text(f"{text}\n")


@pytest.fixture
def file(tmp_path: Path) -> EditableFile[str]:
    return EditableFile(
        tmp_path / "made" / "a.txt",
        tmp_path / "memory.json",
        lambda path: path.read_text().strip(),
        write_line,
        str,
    )


def test_an_untouched_file_follows_and_an_edited_one_stays(file: EditableFile[str]) -> None:
    assert settle_file(file, "one", rewrite=False) == ("one", False)
    assert settle_file(file, "two", rewrite=False) == ("two", False)
    file.path.write_text("mine\n")
    assert settle_file(file, "three", rewrite=False) == ("mine", True)
    assert file.path.read_text() == "mine\n"
    assert settle_file(file, "three", rewrite=True) == ("three", False)
    assert file.path.read_text() == "three\n"


def test_an_edit_that_says_the_same_is_none(file: EditableFile[str]) -> None:
    settle_file(file, "one", rewrite=False)
    file.path.write_text("one\n\n\n")
    assert settle_file(file, "one", rewrite=False) == ("one", False)
    assert settle_file(file, "two", rewrite=False) == ("two", False)


def test_looking_writes_nothing(file: EditableFile[str]) -> None:
    assert settle_file(file, "one", rewrite=False, dry=True) == ("one", False)
    assert not file.path.exists()
    assert not file.memory.exists()


def test_a_lost_memory_takes_a_file_that_differs_for_an_edit(file: EditableFile[str]) -> None:
    settle_file(file, "one", rewrite=False)
    file.memory.write_text("{broken")
    assert settle_file(file, "two", rewrite=False) == ("one", True)
