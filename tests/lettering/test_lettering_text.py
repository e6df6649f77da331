from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mvlocal.lettering.bidi import base_level, bidi_levels, visual_order
from mvlocal.lettering.text import clean_text, script_of, script_title, split_clusters


def test_control_and_format_characters_vanish_quietly() -> None:
    clean = clean_text("a\x00b\x1b[31m\u202ec\u2066d\u00ad\ufeffe\u200b")
    assert clean.text == "ab[31mcde"
    assert not clean.dropped_pictographs
    assert not clean.dropped_unknown


def test_white_space_of_any_kind_becomes_one_space() -> None:
    assert clean_text("  one\t\ttwo\r\nthree\u3000four\u2028five ").text == "one two three four five"


def test_emoji_and_their_parts_are_dropped_and_said() -> None:
    clean = clean_text("love ❤\ufe0f you 👩\u200d🚀🇳🇱 1\ufe0f⃣")
    assert clean.dropped_pictographs
    assert clean.text.startswith("love ❤ you")
    assert not any(ord(char) > 0xFFFF for char in clean.text)


def test_private_and_unassigned_characters_are_dropped_and_said() -> None:
    clean = clean_text("a\ue000b\U000e0fffc\ufffdd")
    assert clean.text == "abcd"
    assert clean.dropped_unknown


def test_marks_and_conjuncts_stay_with_their_base() -> None:
    assert split_clusters("e\u0301a") == ["e\u0301", "a"]
    assert split_clusters("नमस्ते") == ["न", "म", "स्ते"]
    assert split_clusters("שָׁל") == ["שָׁ", "ל"]


def test_a_tower_of_marks_is_cut() -> None:
    (cluster,) = split_clusters("a" + "\u0301" * 500)
    assert len(cluster) == 7


def test_a_mark_never_sits_on_a_space() -> None:
    assert split_clusters("a \u0301b") == ["a", " ", "\u0301", "b"]


def test_scripts_have_codes_and_names() -> None:
    assert [script_of(c) for c in ("a", "ж", "夜", "ض", "!", "1", "\u0301")] == [
        "Latn",
        "Cyrl",
        "Hani",
        "Arab",
        "Zyyy",
        "Zyyy",
        "Zyyy",
    ]
    assert script_title("Deva") == "Devanagari"
    assert script_title("Zyyy") == "symbols"


@given(st.text(max_size=80))
def test_clean_text_holds_nothing_undrawable_and_is_stable(text: str) -> None:
    clean = clean_text(text).text
    assert clean_text(clean).text == clean
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Co") for char in clean)
    assert "  " not in clean
    assert len("".join(split_clusters(clean))) <= len(clean)


def test_direction_follows_the_first_strong_character() -> None:
    assert base_level("12 - abc אבג") == 0
    assert base_level("(12) אבג abc") == 1
    assert base_level("12 !") == 0


def test_levels_of_numbers_and_brackets() -> None:
    assert bidi_levels("אב 12", 1) == [1, 1, 1, 2, 2]
    assert bidi_levels("ab אב", 0) == [0, 0, 0, 1, 1]
    # the brackets belong to the Hebrew sentence, the word in them is Latin
    assert bidi_levels("א (ab) 12", 1) == [1, 1, 1, 2, 2, 1, 1, 2, 2]


def test_visual_order_turns_runs_around() -> None:
    assert visual_order([0, 1, 0]) == [0, 1, 2]
    assert visual_order([1, 2, 1]) == [2, 1, 0]
    assert visual_order([0, 1, 2, 1, 0]) == [0, 3, 2, 1, 4]
    assert visual_order([]) == []


@given(st.text(alphabet="abאבضع12,.+%()[] -\u0301", max_size=40), st.integers(0, 1))
def test_levels_are_those_of_the_algorithm(text: str, base: int) -> None:
    levels = bidi_levels(text, base)
    assert len(levels) == len(text)
    assert all(base <= level <= base + 2 for level in levels)
    assert all(level % 2 == 1 for char, level in zip(text, levels, strict=True) if char in "אבضع")
    assert sorted(visual_order(levels)) == list(range(len(levels)))
