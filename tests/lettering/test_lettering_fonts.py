from __future__ import annotations

from pathlib import Path

import pytest
from lettering_support import SHAPES

from mvlocal.errors import SettingsError
from mvlocal.lettering import system_fonts
from mvlocal.lettering.faces import Face, bundled_face, covers, dejavu_faces, load_font
from mvlocal.lettering.fonts import FontBook, find_user_face, fonts_identity, han_region
from mvlocal.lettering.kerning import pair_kern_em
from mvlocal.lettering.shaping import set_paragraph, text_length

SCRIPTS = [
    ("ἀγάπη λόγος", "Greek"),
    ("夜明けの街", "Han"),
    ("नमस्ते", "Devanagari"),
    ("สวัสดี", "Thai"),
    ("달빛", "Hangul"),
]


def test_latin_greek_and_cyrillic_come_with_the_dependencies() -> None:
    book = FontBook([])
    for cluster in "aéßŁ" + "αώ" + "жЁ" + "“”…—1!":
        assert book.face_for(cluster, "caption") == bundled_face("caption")
        assert book.face_for(cluster, "note") == bundled_face("note")


def test_arabic_hebrew_and_notes_fall_back_to_dejavu() -> None:
    book = FontBook([])
    for cluster in "ضאԱქ★":
        assert book.face_for(cluster, "caption") in dejavu_faces("caption")


@pytest.mark.parametrize(("text", "name"), SCRIPTS[1:])
def test_a_script_that_nothing_covers_is_left_out_and_named(text: str, name: str) -> None:
    set_text = set_paragraph(f"abc {text} def", FontBook([text]), "caption")
    assert set_text.paragraph.text == "abc def"
    missing = [w for w in set_text.warnings if "font" in w.what]
    if SHAPES or name in ("Han", "Hangul"):
        assert any(name in w.what for w in missing)
        package = "fonts-noto-cjk" if name in ("Han", "Hangul") else "fonts-noto-core"
        assert all(f"apt install {package}" in w.mend for w in missing)


@pytest.mark.usefixtures("no_shaper")
@pytest.mark.parametrize(("text", "name"), [("ضوء", "Arabic"), ("אור", "Hebrew"), ("नमस्ते", "Devanagari")])
def test_without_fribidi_text_is_left_out_rather_than_set_wrong(text: str, name: str) -> None:
    set_text = set_paragraph(f"abc {text}", FontBook([text]), "caption")
    assert set_text.paragraph.text == "abc"
    (warning,) = set_text.warnings
    assert name in warning.what
    assert "apt install libfribidi0" in warning.mend


def test_emoji_and_unknown_letters_are_left_out_and_said() -> None:
    set_text = set_paragraph("sea 😀\ue000 🌊", FontBook([]), "caption")
    assert set_text.paragraph.text == "sea"
    assert [w.script for w in set_text.warnings] == ["Zsye", "Zzzz"]


def test_punctuation_goes_with_the_letters_beside_it() -> None:
    if not SHAPES:
        pytest.skip("needs FriBiDi")
    clusters = set_paragraph("שלום, עולם!", FontBook([]), "caption").paragraph.clusters
    assert {cluster.face for cluster in clusters} == {dejavu_faces("caption")[1]}


def test_a_user_font_comes_first_and_its_gaps_fall_back() -> None:
    mono = bundled_face("caption").path.parent.parent.parent / "matplotlib/mpl-data/fonts/ttf/cmr10.ttf"
    book = FontBook([], user=str(mono))
    assert book.face_for("a", "caption") == Face(mono)
    assert book.face_for("ж", "caption") == bundled_face("caption")


def test_a_user_font_may_be_named_by_family() -> None:
    assert find_user_face("source sans pro").path.name == "SourceSansPro-Regular.otf"


@pytest.mark.parametrize("user", ["No Such Family", "missing.ttf", "  ", "☃"])
def test_an_unknown_font_is_refused_with_a_mend(user: str) -> None:
    with pytest.raises(SettingsError) as refused:
        FontBook([], user=user)
    assert user.strip() in refused.value.where
    assert refused.value.mend


@pytest.mark.parametrize("content", [b"", b"not a font", b"\x00\x01\x00\x00" + b"\xff" * 64, b"ttcf" + b"\x00" * 20])
def test_a_broken_font_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"broken\.ttf"):
        FontBook([], user=str(path))


def test_a_cut_font_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.otf"
    path.write_bytes(bundled_face("caption").path.read_bytes()[:3000])
    with pytest.raises(SettingsError, match=r"cut\.otf"):
        FontBook([], user=str(path))


def test_regions_of_han_letters() -> None:
    assert han_region("夜明けの街", None) == "JP"
    assert han_region("달 月", None) == "KR"
    assert han_region("月亮", None) == "SC"
    assert han_region("月亮", "zh-Hant") == "TC"
    assert han_region("月亮", "zh-HK") == "HK"
    assert han_region("月亮", "ja") == "JP"


def test_system_families_are_taken_by_weight_and_never_slanted(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["NotoSansThai-Bold.ttf", "NotoSerifThai-Regular.ttf", "NotoSerifThai-Bold.ttf", "NotoSerifThaiX.ttf"]
    names += ["NotoSerifThai[wght].ttf", "NotoSerifThai-Italic.ttf"]
    monkeypatch.setattr(system_fonts, "font_files", lambda: tuple(map(Path, sorted(names))))
    found = [path.name for path in system_fonts.preferred_files("Thai", "Thai", True, 600, "")]
    assert found[0] == "NotoSerifThai-Bold.ttf"
    assert found[-1] == "NotoSansThai-Bold.ttf"
    assert "NotoSerifThai-Italic.ttf" not in found
    assert "NotoSerifThaiX.ttf" not in found


def test_a_system_font_that_covers_a_script_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = dejavu_faces("note")[0].path.parent
    monkeypatch.setattr(system_fonts, "font_files", lambda: (folder / "cmr10.ttf", folder / "DejaVuSans.ttf"))
    assert system_fonts.find_covering("ض") == folder / "DejaVuSans.ttf"
    assert system_fonts.find_covering("夜") is None


def test_identity_follows_the_letters_and_names_no_path() -> None:
    latin, arabic = fonts_identity(["home"]), fonts_identity(["home ضوء"])
    assert latin == fonts_identity(["home"])
    assert all(len(v) == 64 for k, v in latin.items() if k.startswith("SourceSerifPro"))
    assert set(latin) < set(arabic)
    assert any(k.startswith("DejaVu") for k in arabic)
    assert not any("/" in part for item in arabic.items() for part in item)


def test_faces_are_judged_by_what_they_cover() -> None:
    face = bundled_face("caption")
    assert covers(face, "é")
    assert not covers(face, "夜")
    assert load_font(face, 20.0).getlength("home") > 20


def test_pairs_are_kerned_where_no_engine_can(no_shaper: None) -> None:
    face = bundled_face("title")
    assert pair_kern_em(face, "A", "V") < -0.02
    assert pair_kern_em(face, "n", "n") == 0
    assert pair_kern_em(face, "夜", "明") == 0
    apart = text_length("A", face, 0, 50.0) + text_length("V", face, 0, 50.0)
    assert text_length("AV", face, 0, 50.0) < apart - 1


@pytest.mark.skipif(not SHAPES, reason="compares with the shaping engine")
def test_kerning_without_an_engine_matches_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    face = bundled_face("title")
    words = ["AVATAR", "Wave", "To", "Темный", "Yes,", "LTY"]
    shaped = [text_length(word, face, 0, 60.0) for word in words]
    text_length.cache_clear()
    load_font.cache_clear()
    monkeypatch.setattr("mvlocal.lettering.faces.can_shape", lambda: False)
    assert [text_length(word, face, 0, 60.0) for word in words] == pytest.approx(shaped, abs=0.6)
