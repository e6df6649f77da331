"""Blocking one shot at a time: words to actions, things to hands, states, refusals, groups, aspects."""

from __future__ import annotations

from typing import Any

import pytest
from blocking_songs import bible_of, person, shot_of, song_of
from hypothesis import given, settings
from hypothesis import strategies as st
from test_blocking_songs import assert_holds

from mvlocal.errors import PlanError
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Camera, Motif, Presence, Shot, StoryBible
from mvlocal.staging.blocking.frame import Frame
from mvlocal.staging.blocking.lexicon import lexicon
from mvlocal.staging.blocking.plan import block_plan, block_shot, context_of, pulse_at
from mvlocal.staging.blocking.things import thing_of
from mvlocal.staging.blocking.words import read_text, tokens_of
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.props.vocabulary import PROPS
from mvlocal.staging.rig.actions import ACTIONS
from mvlocal.staging.theatre.head_boxes import head_boxes

SONG = song_of(["I walk along the river", "We dance all night", "You light up my life"])
BIBLES = {place: bible_of(place=place) for place in PLACES}
SIZES = ("extreme-wide", "wide", "full", "medium", "close-up", "extreme-close-up")


def block(shot: Shot, bible: StoryBible | None = None, aspect: float = 16 / 9, **more: Any) -> Staging:
    return block_plan(bible or bible_of(), [shot], SONG, aspect=aspect, **more)[0]


def actions(visual: str, *people: str) -> list[str]:
    return [figure.action for figure in block(shot_of(visual, people or ("mara",))).figures]


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("We fall in love in the fall", None),
        ("I fall down the stairs", "fall"),
        ("I'm running out of time", None),
        ("Run through the rain with me", "run"),
        ("You drive me crazy", None),
        ("We drive to the ocean", "drive"),
        ("They cry wolf again", None),
        ("Cry me to sleep", "cry"),
        ("Don't play with fire", None),
        ("Play me your guitar", "play-guitar"),
        ("I don't dance", None),
        ("I never stop dancing", "dance"),
        ("stop crying now", None),
        ("Waves crash on the shore", None),
        ("wave to me from the shore", "wave"),
        ("The rain is falling", None),
        ("My watch has stopped", None),
        ("You light up my life", None),
        ("light a candle for the dead", "light-candle"),
        ("they call it love", None),
        ("call me in the morning", "phone"),
        ("hold on to the night", None),
        ("Hold me till the morning", "embrace"),
        ("turn to dust", None),
        ("turn around, bright eyes", "turn"),
        ("I can't stand the rain", None),
        ("Lie to me", None),
        ("lie down beside me", "lie"),
        ("Walkin' home alone", "walk-towards"),
        ("I've written you a letter", "write"),
        ("Sang until my throat was raw", "sing"),
        ("we swam and we sank", "float"),
        ("Mara waits, dark hedges running past the glass", None),
        ("she smiles, lovers dancing in the street", "dance"),
    ],
)
def test_words_that_mislead_and_words_that_do_not(line: str, action: str | None) -> None:
    found = [deed.action for deed in read_text(line).deeds if deed.action not in ("stand", "breathe", "lean")]
    assert (action in found) if action else not found, found


def test_who_does_it() -> None:
    deeds = read_text("I watched you walk away").deeds
    assert [(deed.action, deed.who) for deed in deeds] == [("stand", "first"), ("walk-away", "other")]
    deeds = read_text(
        "Mara and Jon dance while Ilse sits down", names=(("mara", "m"), ("jon", "j"), ("ilse", "i"))
    ).deeds
    assert [(deed.action, deed.who) for deed in deeds] == [("dance", "both"), ("sit", "i")]


def test_several_hundred_entries_all_of_known_actions_and_things() -> None:
    english = lexicon().tongues["en"]
    phrases = {phrase for group in english.actions.values() for phrase in group}
    assert len(phrases) > 800
    assert {phrase.means for phrase in phrases} - {""} == set(ACTIONS)
    for tongue in lexicon().tongues.values():
        assert {phrase.means for group in tongue.actions.values() for phrase in group} - {""} <= set(ACTIONS)
        assert {phrase.means for group in tongue.things.values() for phrase in group} <= set(PROPS)
    assert set(lexicon().emotions.values()) <= set(ACTIONS)
    assert set(lexicon().places) <= set(PLACES)
    assert set().union(*lexicon().surfaces.values(), lexicon().places_show) <= set(PLACES)


def test_the_plan_then_the_visual_then_the_line_then_the_kind_then_the_feeling() -> None:
    asked = shot_of("Mara dances.", (Presence(id="mara", wardrobe="own", action="Walk away"),))
    assert block(asked).figures[0].action == "walk-away"
    assert actions("Mara dances under a lamp.") == ["dance"]
    lined = block(shot_of("Mara, and the river.", lyric_lines=(0,)))
    assert (lined.figures[0].action, lined.figures[0].why) == ("walk", "walk: 'walk along' in line 1")
    sung = block(shot_of("Mara, close.", kind="performance", lyric_lines=(2,), size="close-up"))
    assert sung.figures[0].action == "sing"
    assert "line 3" in sung.figures[0].why
    felt = block(shot_of("Mara.", (Presence(id="mara", wardrobe="own", emotion="waiting"),)))
    assert (felt.figures[0].action, felt.figures[0].why) == ("lean", "lean: Mara is 'waiting'")
    assert actions("Mara.") == ["stand"]


def test_unknown_words_of_the_plan_are_refused_with_the_nearest() -> None:
    with pytest.raises(PlanError) as caught:
        block(shot_of("Mara.", (Presence(id="mara", wardrobe="own", action="dnace"),)))
    assert caught.value.where == "story/shots.yaml, shot s01"
    assert caught.value.mend == "did you mean dance?"
    changes: tuple[tuple[dict[str, Any], str], ...] = (({"location": "hre"}, "here"), ({"people": ("maro",)}, "mara"))
    for change, near in changes:
        with pytest.raises(PlanError, match="called") as caught:
            block(shot_of(**change))
        assert caught.value.mend == f"did you mean {near}?"
    with pytest.raises(PlanError) as caught:
        block(shot_of("Mara.", (Presence(id="mara", wardrobe="onw"),)))
    assert caught.value.mend == "did you mean own?"


def test_the_walk_away_gets_smaller_and_the_return_larger() -> None:
    away = block(shot_of("Mara walks off along the full length of the frame, getting smaller.")).figures[0]
    assert away.action == "walk-away"
    assert away.end.body < 0.6 * away.start.body
    assert abs(away.facing_deg) > 150
    back = block(shot_of("Mara comes closer.")).figures[0]
    assert back.end.body > 1.5 * back.start.body
    assert abs(back.facing_deg) < 30


def test_crossing_goes_the_way_that_is_said() -> None:
    figure = block(shot_of("Mara crosses the street from left to right.")).figures[0]
    assert figure.start.x < -0.3
    assert figure.end.x > 0.3
    assert figure.facing_deg == 90
    figure = block(shot_of("Mara runs across, right to left.")).figures[0]
    assert figure.start.x > 0 > figure.end.x


def test_nobody_walks_faster_than_people_walk() -> None:
    figure = block(shot_of("Mara walks past.", end_s=6.0)).figures[0]
    frame = Frame("wide", 16 / 9, PLACES["street"], 1)
    assert frame.apart(figure.start, figure.end) <= 0.75 + 1e-6


def test_two_face_each_other_and_an_embrace_takes_two() -> None:
    left, right = block(shot_of("Mara and Jon.", ("mara", "jon"))).figures
    assert left.facing_deg * right.facing_deg < 0
    assert (left.facing_deg > 0) == (left.start.x < right.start.x)
    assert left.phase != right.phase
    one, two = block(shot_of("Jon hugs Mara.", ("mara", "jon"))).figures
    assert (one.action, one.partner, two.action, two.partner) == ("embrace", "jon", "embrace", "mara")
    assert actions("Mara hugs Jon.") == ["breathe"]


def test_a_side_is_kept_until_somebody_crosses() -> None:
    shots = [
        shot_of("Mara waits.", (Presence(id="mara", wardrobe="own", position="right third"),), number=1),
        shot_of("Jon waits.", ("jon",), number=2, size="medium"),
        shot_of("Mara and Jon talk.", ("jon", "mara"), number=3),
        shot_of("Mara crosses the street.", number=4),
        shot_of("Mara waits.", number=5, size="close-up"),
    ]
    stagings = block_plan(bible_of(), shots, SONG, aspect=16 / 9)
    assert stagings[0].figures[0].start.x > 0 > stagings[1].figures[0].start.x
    jon, mara = stagings[2].figures
    assert mara.start.x > 0 > jon.start.x
    assert stagings[3].figures[0].end.x < 0
    assert stagings[4].figures[0].start.x < 0


def test_more_than_four_become_a_small_group_at_the_back() -> None:
    staging = block(shot_of("They wait.", ("mara", "jon", "ilse", "tom", "ana", "eva")))
    assert len(staging.figures) == 6
    front = min(figure.start.body for figure in staging.figures[:4])
    assert all(figure.start.body < 0.8 * front for figure in staging.figures[4:])
    assert_holds(staging)


def test_children_are_small() -> None:
    bible = bible_of([person("mara", sings=True), person("lil", looks="a small girl", age="six")])
    mara, lil = block(shot_of("Mara and Lil wait.", ("mara", "lil")), bible).figures
    assert lil.traits.height < 0.8 * mara.traits.height


def test_strangers_of_the_visual_are_staged() -> None:
    (figure,) = block(shot_of("A small dark figure runs the whole width of the frame.", ())).figures
    assert (figure.action, figure.character) == ("run", "somebody-1")
    assert len(block(shot_of("Children bow down together.", ())).figures) == 3
    assert block(shot_of("A woman's hand.", ())).figures == ()


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("red-letter", "letter"), ("umbrella", "umbrella"), ("fathers-old-watch", "watch"), ("phone", "mobile-phone"),
        ("electric_guitar", "electric-guitar"), ("house-keys", "key"), ("paper-boat", "paper-boat"), ("gizmo", None),
        ("grand-piano", "piano"), ("roses", "rose"),
    ],
)  # fmt: skip
def test_free_ids_are_matched_by_their_words(words: str, thing: str | None) -> None:
    assert thing_of(words) == thing


def test_things_go_to_the_hand_that_holds_them() -> None:
    staging = block(shot_of("Jon lifts up his lantern and Mara waits.", ("mara", "jon")))
    assert {f.character: [p.thing for p in f.holds] for f in staging.figures} == {"mara": [], "jon": ["lantern"]}
    assert staging.figures[1].action == "wave"
    held = block(shot_of("Mara.", (Presence(id="mara", wardrobe="own", props=("red-letter", "umbrella")),)))
    assert [prop.thing for prop in held.figures[0].holds] == ["letter"]
    assert [prop.thing for prop in held.props] == ["umbrella"]
    tools = block(shot_of("Mara answers the phone."))
    assert [prop.thing for prop in tools.figures[0].holds] == ["mobile-phone"]
    drummer = block(shot_of("Mara plays the drums."))
    assert "drum-kit" in [prop.thing for prop in drummer.props]


def test_what_cannot_be_drawn_is_said_and_left_out() -> None:
    staging = block(shot_of("Mara.", props=("flux-capacitor",)))
    assert staging.props == ()
    assert any(why.startswith("flux-capacitor: not drawn") for why in staging.why)


def test_what_belongs_outdoors_stays_there_and_seats_are_sat_on() -> None:
    assert block(shot_of("A child draws ships on the pane.", ()), BIBLES["train"]).props == ()
    (bed,) = block(shot_of("Mara lies in bed.", size="full"), BIBLES["room"]).props
    figure = block(shot_of("Mara lies in bed.", size="full"), BIBLES["room"]).figures[0]
    assert bed.thing == "bed"
    assert bed.above < -0.2
    assert abs(bed.at.x - figure.start.x) < 0.01
    assert block(shot_of("Mara sleeps."), BIBLES["train"]).figures[0].action == "sit"


def test_a_detail_shows_its_thing_large() -> None:
    for thing, words in (("key", "A key lies on the sill."), ("piano", "The piano, closed."), ("ring", "A ring.")):
        (prop,) = block(shot_of(words, (), size="close-up", kind="detail")).props
        facts = PROPS[thing]
        assert prop.thing == thing
        assert 0.3 < max(facts.height, facts.width / (16 / 9)) * prop.at.body < 0.85


def test_states_come_from_words_facts_and_motifs() -> None:
    assert "open" in block(shot_of("An open umbrella.", (), size="close-up", kind="detail")).props[0].state
    bible = bible_of(
        props=("lantern",), motifs=(Motif(id="lantern", description="the lantern", changes=("lit", "broken")),)
    )
    shots = [
        shot_of("A lantern.", (), number=n, size="close-up", kind="detail", section=part, needs=need, changes=change)
        for n, part, need, change in (
            (1, 1, (), ()), (2, 2, (), ("here is flooded",)), (3, 1, ("here is dark",), ("here is no longer flooded",)),
            (4, 1, (), ()),
        )
    ]  # fmt: skip
    song = song_of(["a line", "a line", "a line"])
    found = block_plan(bible, shots, song, aspect=16 / 9)
    assert [staging.state for staging in found] == [(), (), ("flooded", "dark"), ("dark",)]
    assert found[1].props[0].state == "lit"


def test_pulse_energy_and_photo() -> None:
    pulse = pulse_at(SONG, 5.3, 10.3)
    assert (pulse.beat_s, pulse.beats_per_bar) == (0.5, 4)
    assert (5.3 + pulse.first_s) in SONG.downbeats or pulse.first_s == pytest.approx(-1.3)
    assert block(shot_of(section=1)).energy == SONG.sections[1].energy
    assert pulse_at(SONG.model_copy(update={"beats": (), "downbeats": ()}), 5, 10).beat_s == 0
    shown = shot_of("Mara.", photo="mara.jpg")
    assert block(shown).photo is not None
    mixed = block(shown, bible_of(place="room"), look="mixed").photo
    assert mixed is not None
    assert mixed.stands_as == "frame"


def test_one_shot_alone_is_blocked_as_in_the_plan() -> None:
    shot = shot_of("Mara dances.")
    assert block_shot(shot, context_of(bible_of(), SONG, aspect=1.0)) == block(shot, aspect=1.0)


@pytest.mark.parametrize("aspect", [16 / 9, 2.39, 1.0, 4 / 5, 9 / 16])
@pytest.mark.parametrize("size", SIZES)
def test_every_action_fits_every_frame(size: Any, aspect: float) -> None:
    places = ("street", "room", "window", "train", "mountain", "stairwell", "sea")
    crowds = (("mara",), ("mara", "jon"), ("mara", "jon", "ilse"), ("mara", "jon", "ilse", "tom", "ana"))
    for n, action in enumerate(sorted(ACTIONS)):
        for people in (crowds[n % 4], crowds[(n + 1) % 4]):
            present = tuple(Presence(id=name, wardrobe="own", action=action) for name in people)
            bible = BIBLES[places[n % len(places)]]
            assert_holds(block(shot_of("Mara.", present, size=size), bible, aspect))


@pytest.mark.parametrize("action", ["throw", "kneel", "dance", "cry", "row", "reach"])
def test_a_head_that_swings_stays_in_an_upright_close_up(action: str) -> None:
    shot = shot_of("Mara.", (Presence(id="mara", wardrobe="own", action=action),), size="close-up")
    bible = BIBLES["street"]
    home = next(location for location in bible.locations if location.id == shot.location)
    ((left, _, right, _),) = head_boxes(block(shot, bible, 9 / 16), home)
    spare = 0.05
    assert -spare < left < right < 1 + spare


@given(visual=st.text(max_size=120), line=st.text(max_size=80), aspect=st.floats(0.4, 3))
@settings(max_examples=60, deadline=None)
def test_any_words_are_blocked(visual: str, line: str, aspect: float) -> None:
    song = song_of([line[:80]], None)
    shot = shot_of(visual, ("mara", "jon"), lyric_lines=(0,), size="full")
    (staging,) = block_plan(bible_of(), [shot], song, aspect=aspect)
    assert_holds(staging)


def test_tokens_hold_contractions_together() -> None:
    assert tokens_of("I'm walkin', don't you know?") == ("i", "walking", ",", "don't", "you", "know", "?")


def test_camera_and_place_are_handed_on() -> None:
    staging = block(shot_of(camera=Camera(size="medium", angle="low", move="push-in")))
    assert (staging.camera.angle, staging.place, staging.seed, staging.length_s) == ("low", "street", 7, 5.0)
    assert len({figure.character for figure in staging.figures}) == 1
