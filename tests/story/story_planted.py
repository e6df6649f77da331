# ruff: noqa: E501 - one wording a line
"""Six hand-made stories that hold together, and contradictions planted in them in many wordings.

A plant changes one clean story in one way that one rule must find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from story_songs import Block, song_of

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import (
    Act,
    Brief,
    Camera,
    Character,
    Location,
    Motif,
    Presence,
    Shot,
    StoryBible,
    Wardrobe,
)
from mvlocal.story.cuts import CutRules, plan_cuts
from mvlocal.story.framing import Want, choose_camera
from mvlocal.story.rules import assign_lines, section_of
from mvlocal.story.verify import Limits
from mvlocal.timing import FrameRate

RATE = FrameRate.parse(24)
LIMITS = Limits(RATE, 7.5, brief=Brief(literalness=0.7), photos=frozenset({"one.jpg"}))


@dataclass(frozen=True, slots=True)
class Ground:
    """A location of a story and what can be seen there: scenes with {A}, views without anybody."""

    id: str
    name: str
    kind: Any
    description: str
    scenes: tuple[str, ...]
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tale:
    """What a hand-made story is built from."""

    title: str
    a: str
    b: str
    looks: str
    first: str
    last: str
    prop: str
    prop_words: tuple[str, ...]
    secret: str
    weather: Any
    hours: tuple[Any, Any, Any]
    grounds: tuple[Ground, Ground, Ground]


TALES: tuple[Tale, ...] = (
    Tale(
        "Salt", "Mara", "Tobias", "A woman of thirty with short black hair and a narrow face.",
        "a red wool coat over a grey jumper, black trousers", "a white linen dress", "suitcase",
        ("suitcase", "luggage", "valise"), "Tobias burned the house", "clear", ("dusk", "night", "dawn"),
        (
            Ground("stairwell", "the stairwell", "room", "A whitewashed brick stairwell with a green iron banister and one bulb.",
                   ("{A} climbs the stairwell with one hand on the banister", "{A} sits halfway up the stairs, listening"),
                   ("The bulb over the banister swings a little", "Dust falls through the stairwell, floor by floor")),
            Ground("pier", "the long pier", "sea", "A long wooden pier on black piles, a rope rail, a flat sea.",
                   ("{A} walks the long pier to its very end", "{A} leans on the rope rail and looks at the water"),
                   ("The sea slides between the piles of the pier", "A rope creaks on its post")),
            Ground("kitchen", "the kitchen", "room", "A small kitchen with blue tiles, a wooden table and two chairs.",
                   ("{A} lays two plates on the wooden table", "{A} stands at the sink with both taps running"),
                   ("Steam flattens along the ceiling", "A spoon lies on the wooden table")),
        ),
    ),
    Tale(
        "Northbound", "Jonas", "Elin", "A tall man of forty with long blond hair and a grey beard.",
        "a brown leather jacket over a white shirt, blue jeans", "a black suit, a white shirt", "letter",
        ("letter", "envelope"), "Elin sailed away", "rain", ("morning", "afternoon", "dusk"),
        (
            Ground("platform", "the railway platform", "station", "An open railway platform of grey stone, one iron bench, a yellow lamp.",
                   ("{A} paces the platform from lamp to lamp", "{A} sits on the iron bench with folded hands"),
                   ("The rails tremble beside the platform", "A lamp hums over the iron bench")),
            Ground("forest", "the birch forest", "forest", "A birch forest with white trunks, a narrow path, low fern.",
                   ("{A} follows the narrow path between the white trunks", "{A} kneels among the fern"),
                   ("Leaves turn over along the path", "One white trunk leans on its neighbour")),
            Ground("chapel", "the small chapel", "room", "A small chapel with bare plaster walls, six pews, a high round window.",
                   ("{A} walks up between the pews", "{A} sits in the last pew and breathes out"),
                   ("Light from the round window crosses the pews", "Wax runs down one candle")),
        ),
    ),
    Tale(
        "Neon Heart", "Priya", "Dex", "A young woman with long dark hair in a braid and brown eyes.",
        "a yellow raincoat over a black shirt, black trousers", "a green silk dress", "umbrella",
        ("umbrella", "parasol"), "Dex sold the bar", "rain", ("dusk", "night", "dawn"),
        (
            Ground("alley", "the back alley", "street", "A narrow back alley of dark brick, wet cobbles, a steel door, pink light from above.",
                   ("{A} waits by the steel door of the alley", "{A} crosses the wet cobbles without hurry"),
                   ("Steam leaves a grate in the alley", "A drop hangs from the steel door")),
            Ground("rooftop", "the flat rooftop", "skyline", "A flat rooftop of black tar, two water tanks, a low parapet, towers far off.",
                   ("{A} stands at the parapet and looks out", "{A} leans against a water tank"),
                   ("The towers blink beyond the parapet", "A pigeon struts between the water tanks")),
            Ground("bar", "the corner bar", "room", "A corner bar with a long copper counter, six stools, red lampshades.",
                   ("{A} slides onto a stool at the copper counter", "{A} turns an empty glass on the counter"),
                   ("Red lampshades hang over the stools", "A glass dries upside down on the counter")),
        ),
    ),
    Tale(
        "Harvest", "Owen", "Ruth", "An old man with short white hair and a broad face.",
        "a blue denim jacket over a checked shirt, brown trousers", "a grey suit, a blue tie", "lantern",
        ("lantern", "lamp"), "Ruth sold the farm", "wind", ("afternoon", "dusk", "night"),
        (
            Ground("barn", "the old barn", "room", "An old timber barn with a loft, straw on the floor, one tall door.",
                   ("{A} drags the tall door of the barn open", "{A} sits on an upturned bucket in the straw"),
                   ("Straw drifts across the floor of the barn", "A rope sways from the loft")),
            Ground("field", "the wheat field", "field", "A wide yellow wheat field, one oak, a gravel track.",
                   ("{A} walks into the wheat up to the waist", "{A} rests against the oak"),
                   ("The wheat bends in long rows", "A crow leaves the oak")),
            Ground("porch", "the front porch", "street", "A white wooden porch with two rocking chairs and a screen door.",
                   ("{A} rocks slowly on the porch", "{A} holds the screen door open with one foot"),
                   ("One rocking chair moves by itself", "The screen door claps in its frame")),
        ),
    ),
    Tale(
        "Glass City", "Noor", "Sam", "A slender woman of fifty with curly grey hair.",
        "a purple velvet jacket over a black blouse, grey trousers", "a cream jumper, blue jeans", "key",
        ("key", "keys"), "Sam changed the locks", "fog", ("dawn", "morning", "noon"),
        (
            Ground("lobby", "the marble lobby", "room", "A marble lobby with three brass lifts, a long desk, one palm in a pot.",
                   ("{A} crosses the marble lobby toward the lifts", "{A} waits by the palm with a straight back"),
                   ("The brass doors of a lift slide shut", "The palm stirs in the draught")),
            Ground("bridge", "the steel bridge", "bridge", "A steel footbridge with a mesh rail over eight lanes of road.",
                   ("{A} stops halfway over the bridge", "{A} runs a finger along the mesh rail"),
                   ("Headlights pour under the bridge", "The mesh rail sings")),
            Ground("garden", "the walled garden", "field", "A walled garden with box hedges, a dry fountain, a stone seat.",
                   ("{A} walks between the box hedges", "{A} sits on the rim of the dry fountain"),
                   ("A leaf circles in the dry fountain", "The hedges drip")),
        ),
    ),
    Tale(
        "Static", "Leo", "Ines", "A boy of nineteen with red hair and freckles.",
        "a black hoodie, grey trousers, white sneakers", "an orange jacket, grey trousers", "bicycle",
        ("bicycle", "bike"), "Ines moved to the coast", "clear", ("noon", "afternoon", "dusk"),
        (
            Ground("carpark", "the parking deck", "street", "A bare parking deck of pale concrete, yellow columns, low ceiling.",
                   ("{A} circles the yellow columns of the parking deck", "{A} lies flat on the deck, arms out"),
                   ("A tube light flickers over the deck", "Water drips by a yellow column")),
            Ground("hill", "the bare hill", "mountain", "A bare grassy hill with one radio mast and a bench.",
                   ("{A} pushes up the hill, head down", "{A} stands under the radio mast and looks far out"),
                   ("The radio mast hums on the hill", "Grass flattens beside the bench")),
            Ground("room", "the attic room", "room", "A low attic room with a mattress, posters turned to the wall, a skylight.",
                   ("{A} lies on the mattress under the skylight", "{A} opens the skylight and leans out"),
                   ("Dust turns under the skylight", "A sock lies beside the mattress")),
        ),
    ),
)  # fmt: skip

_BLOCKS: tuple[Block, ...] = (
    ("intro", 4, 0.2, ()),
    ("verse", 8, 0.4, ("one line about the morning", "a second line of words", "a third line here", "a fourth line ends")),
    ("chorus", 8, 0.8, ("the chorus comes around", "the chorus has a second line", "the chorus comes around", "it ends here")),
    ("verse", 8, 0.4, ("another verse begins", "with other words in it", "and yet more words", "until it ends")),
    ("chorus", 8, 0.9, ("the chorus comes around", "the chorus has a second line", "the chorus comes around", "it ends here")),
    ("outro", 4, 0.2, ()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """A clean plan, and what it was built from."""

    tale: Tale
    song: SongMap
    bible: StoryBible
    shots: tuple[Shot, ...]

    @property
    def a(self) -> str:
        return self.tale.a.lower()

    @property
    def b(self) -> str:
        return self.tale.b.lower()

    def with_shot(self, n: int, **update: Any) -> Story:
        shots = list(self.shots)
        shots[n] = shots[n].model_copy(update=update)
        return replace(self, shots=tuple(shots))

    def with_bible(self, **update: Any) -> Story:
        return replace(self, bible=self.bible.model_copy(update=update))

    def where(self, wanted: Callable[[Shot], bool], skip: int = 0) -> int:
        """Index of the shot that `wanted` picks, after leaving out `skip` of them."""
        return [n for n, shot in enumerate(self.shots) if wanted(shot)][skip]

    def scene(self, skip: int = 0) -> int:
        """Index of a shot with A whose neighbour before it is in the same section, with A too."""
        return [
            n
            for n in range(1, len(self.shots))
            if self.has_a(n) and self.has_a(n - 1) and self.shots[n].section == self.shots[n - 1].section
        ][skip]

    def has_a(self, n: int) -> bool:
        return any(presence.id == self.a for presence in self.shots[n].characters)

    def narrative(self, skip: int = 0) -> int:
        return self.where(lambda shot: bool(shot.characters) and shot.kind == "narrative", skip)

    def instrumental(self) -> int:
        return self.where(lambda shot: not shot.lyric_lines and bool(shot.characters) and shot.section == 0)


@cache
def story(index: int) -> Story:
    """One of the six stories, told over one song."""
    tale = TALES[index]
    song = song_of(_BLOCKS, bpm=(88.0, 96.0, 104.0, 112.0, 120.0, 100.0)[index])
    spans = plan_cuts(song, CutRules(max_s=7.5), RATE)
    return Story(tale, song, _bible(tale), _shots(tale, song, spans))


def _bible(tale: Tale) -> StoryBible:
    palette = ("#101418", "#303840", "#707880", "#d0a050", "#f0e8d8")
    return StoryBible(
        title=tale.title,
        artist=tale.a,
        logline=f"{tale.a} looks for {tale.b} and finds the way home.",
        style="Quiet, warm light.",
        acts=(
            Act(name="setup", first_section=0, last_section=1, turn=f"{tale.a} stops waiting and sets out."),
            Act(name="confrontation", first_section=2, last_section=3, turn=f"{tale.a} finds the door shut and sits down before it."),
            Act(name="resolution", first_section=4, last_section=5, turn="The search is given up, and the house is a home."),
        ),
        characters=(
            Character(id=tale.a.lower(), name=tale.a, trigger=f"{tale.a.lower()}x", appearance=tale.looks,
                      wardrobe=(Wardrobe(id="first", description=tale.first), Wardrobe(id="last", description=tale.last)),
                      props=(tale.prop,)),
            Character(id=tale.b.lower(), name=tale.b, appearance="A figure seen from behind.",
                      wardrobe=(Wardrobe(id="plain", description="plain dark clothes"),), sings=False),
        ),
        locations=tuple(
            Location(id=g.id, name=g.name, kind=g.kind, description=g.description, light="soft", palette=palette, seed=n)
            for n, g in enumerate(tale.grounds)
        ),
        props=(tale.prop, "violin"),
        motifs=(Motif(id="door", description="A door.", changes=("it is shut", "it stands ajar")),),
    )  # fmt: skip


def _shots(tale: Tale, song: SongMap, spans: Sequence[tuple[float, float]]) -> tuple[Shot, ...]:
    lines = assign_lines(song, spans)
    history: list[Camera] = []
    shots: list[Shot] = []
    ground_of = (0, 0, 1, 2, 1, 0)
    seen: set[str] = set()
    for n, span in enumerate(spans):
        section = section_of(song, span)
        ground = tale.grounds[ground_of[section]]
        with_a = n % 3 != 2
        text = ground.scenes[n % 2] if with_a else ground.views[n // 3 % 2]
        camera = choose_camera(
            Want("narrative" if with_a else "landscape", "" if with_a else "wide", song.sections[section].label,
                 new_place=ground.id not in seen, salt=n),
            history,
        )  # fmt: skip
        history.append(camera)
        seen.add(ground.id)
        act = 0 if section < 2 else 1 if section < 4 else 2
        presence = Presence(id=tale.a.lower(), wardrobe="last" if act == 2 else "first", position="left third",
                            emotion="calm", props=(tale.prop,))  # fmt: skip
        shots.append(
            Shot(
                id=f"s{n + 1:02d}", start_s=span[0], end_s=span[1], section=section,
                kind="narrative" if with_a else "landscape", lyric_lines=lines[n],
                visual=text.replace("{A}", tale.a) + ".", characters=(presence,) if with_a else (),
                location=ground.id, time_of_day=tale.hours[act], weather=tale.weather, camera=camera,
                motion="a slow, small movement",
            )
        )  # fmt: skip
    first_last = next(n for n, shot in enumerate(shots) if any(p.wardrobe == "last" for p in shot.characters))
    shots[first_last] = shots[first_last].model_copy(update={"changes": (f"{tale.a.lower()} wears last",)})
    return tuple(shots)


@dataclass(frozen=True, slots=True)
class Plant:
    """One contradiction: the rule that must find it, a label, and how it is planted."""

    rule: str
    label: str
    index: int
    plant: Callable[[Story], Story]

    @property
    def story(self) -> Story:
        return self.plant(story(self.index))


def plants() -> Iterator[Plant]:
    """All plants, spread over the six stories."""
    made = [*_timeline(), *_lyrics(), *_references(), *_places(), *_clothes(), *_things(), *_hours(), *_knowing(),
            *_presence(), *_chains(), *_joining(), *_hygiene(), *_drift(), *_monotony(), *_arc(), *_risk()]  # fmt: skip
    for n, (rule, label, plant) in enumerate(made):
        yield Plant(rule, label, n % len(TALES), plant)


def held_out() -> Iterator[Plant]:
    """Wordings written after the rules were done and never used to mend them: an honest, if small, second opinion."""
    yield from _plants_of(_HELD_OUT)


def reworded() -> Iterator[Plant]:
    """A first round of such wordings, from whose misses the word lists were then widened."""
    yield from _plants_of(_REWORDED)


def _plants_of(told: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[Plant]:
    n = 0
    for rule, texts in told:
        for text in texts:
            yield Plant(rule, text, n % len(TALES), lambda s, text=text: _held_out(s, text))
            n += 1


_REWORDED: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("location-continuity", (
            "{A} rests in {place}, asleep.", "{A} has reached {place} and stops there.", "Somewhere in {place}, {A} whistles.",
            "{A} paces up and down {place}.", "{A} hides behind a door in {place}.", "{A} is lying on the ground at {place}.",
            "{A} steps out onto {place}.", "{A} looks out from {place}.",
        )),
        ("wardrobe-continuity", (
            "{A} tightens the belt of a {colour} {garment}.", "Rain darkens {A}'s {colour} {garment}.", "{A} in swimwear, dripping.",
            "A {colour} {garment} is draped round {A}.", "{A} hugs bare arms against the cold.", "{A} waits in a bridal gown.",
            "{A} lifts the hood of a {colour} {garment}.", "{A}, topless, faces the wall.",
        )),
        ("time-continuity", (
            "{A} squints into the {sun}.", "{A} waits as the clock strikes {sun}.", "{sun} finds {A} awake.",
            "Hail and snow beat down on {A}.", "A snowstorm hides {A}.", "Sleet whips across {A}.",
        )),
        ("presence", (
            "{B} laughs.", "{A} leans on {B}.", "{A} follows {B} down.", "Far off, {B} is waiting.", "{A} dreams of {B}, who stands close by.",
        )),
        ("prompt-hygiene", (
            "{A} smiles, exactly as in the last shot.", "{A} has aged: an older face.", "A wall covered in slogans.",
            "{A} points to the street sign.", "A shop window with bold letters.", "The camera cranes up from {A}.",
            "{A} wears a T-shirt with a brand name.", "The door opens yet again.", "Subtitles run under {A}.",
            "The word home glows in neon.",
        )),
        ("risk", (
            "{A} solos on an electric guitar.", "{A} is lost in a sea of people.", "{A}'s reflection in the mirror blinks.",
            "{A} plucks a harp.", "A mob storms past {A}.", "{A} reads small print on a bottle.", "{A} checks the reflection in the glass.",
        )),
        ("description-drift", (
            "{A} at the foot of a marble wall in {here}.", "{A} in {here}, a glittering glass place.", "The purple walls of {here}.",
        )),
    )  # fmt: skip
_HELD_OUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("location-continuity", (
        "{A} wakes in {place}.", "Deep inside {place}, {A} coughs.", "{A} eats an apple at {place}.",
        "{A} stumbles into {place}.", "Nobody but {A} is left in {place}.", "{A} drops to the ground at the edge of {place}.",
    )),
    ("wardrobe-continuity", (
        "{A} shrugs off a {colour} {garment}.", "{A} pulls a {colour} {garment} over both knees.", "{A}, half undressed, looks round.",
        "The hem of {A}'s evening gown drags, a gown in mint.", "{A} has nothing on but a towel.", "{A} zips up the {colour} {garment}.",
    )),
    ("time-continuity", (
        "Under a {sun} sky {A} waits.", "{A} stands there, {sun} all around.", "It is {sun}; {A} looks up.", "Thick snow settles on {A}.",
    )),
    ("presence", (
        "{B} opens the door.", "A letter is pressed on {A} by {B}.", "{A} shouts at {B}.", "{B}, alone, drinks.",
    )),
    ("prompt-hygiene", (
        "{A} does it all over again.", "{A} looks just like before.", "A tattoo spelling a name.", "{A} holds a cardboard sign reading HELP.",
        "A T-shirt with a slogan.", "The title of the song fills the screen.", "{A} becomes younger and younger.", "The subtitles roll.",
    )),
    ("risk", (
        "{A} drums on a snare drum.", "Spectators press against {A}.", "{A} shaves before a bathroom mirror.", "{A} unfolds a newspaper.",
        "A choir of hundreds stands behind {A}.", "{A} plays the cello.",
    )),
)  # fmt: skip


def _held_out(s: Story, text: str) -> Story:
    n = s.scene(1)
    colour, garment = next(
        (word, following.strip(","))
        for word, following in _adjacent(s.tale.first)
        if word in _OTHER_COLOUR and following.strip(",") in {"coat", "jacket", "raincoat", "hoodie"}
    )
    own = next(g for g in s.tale.grounds if g.id == s.shots[n].location)
    sun = {
        "dawn": "midday",
        "morning": "midnight",
        "noon": "midnight",
        "afternoon": "dawn",
        "dusk": "noon",
        "night": "noon",
    }
    fill = {
        "{A}": s.tale.a, "{B}": s.tale.b, "{place}": _ground_elsewhere(s, n).name, "{here}": own.name,
        "{colour}": _OTHER_COLOUR[colour], "{garment}": garment, "{sun}": sun[s.shots[n].time_of_day],
    }  # fmt: skip
    for key, value in fill.items():
        text = text.replace(key, value)
    return s.with_shot(n, visual=text[0].upper() + text[1:])


Made = Iterator[tuple[str, str, Callable[[Story], Story]]]


def _timeline() -> Made:
    for n in range(4):
        for by in (0.1, 0.4, 1.0):
            yield "coverage", f"gap {by}", lambda s, n=n, by=by: s.with_shot(n + 3, end_s=s.shots[n + 3].end_s - by)
            yield "coverage", f"overlap {by}", lambda s, n=n, by=by: s.with_shot(n + 3, end_s=s.shots[n + 3].end_s + by)
    for by in (0.5, 1.0):
        yield "coverage", "late start", lambda s, by=by: s.with_shot(0, start_s=by)
        yield "coverage", "past the end", lambda s, by=by: s.with_shot(-1, end_s=s.song.duration_s + by)
        yield "coverage", "early end", lambda s, by=by: s.with_shot(-1, end_s=s.song.duration_s - by)
    for n in range(2, 10):
        yield "coverage", "shot left out", lambda s, n=n: replace(s, shots=s.shots[:n] + s.shots[n + 1 :])
        yield "shot-length", "two in one", lambda s, n=n: _joined(s, n)
        yield "shot-length", "a blink", lambda s, n=n: _split(s, n, 0.12)
    for n in range(2, 14):
        for by in (0.03, 0.15):
            yield "cut-on-beat", f"off by {by}", lambda s, n=n, by=by: _moved_cut(s, n, by)


def _joined(s: Story, n: int) -> Story:
    end = s.shots[min(n + 4, len(s.shots) - 1)].end_s
    joined = s.shots[n].model_copy(update={"end_s": end})
    return replace(s, shots=(*s.shots[:n], joined, *s.shots[min(n + 5, len(s.shots)) :]))


def _split(s: Story, n: int, by: float) -> Story:
    shot = s.shots[n]
    at = shot.start_s + by
    one = shot.model_copy(update={"end_s": at, "id": "x01"})
    two = shot.model_copy(update={"start_s": at, "free_cut": True})
    return replace(s, shots=(*s.shots[:n], one, two, *s.shots[n + 1 :]))


def _moved_cut(s: Story, n: int, by: float) -> Story:
    at = s.shots[n].start_s + by
    return s.with_shot(n - 1, end_s=at).with_shot(n, start_s=at)


def _lyrics() -> Made:
    for skip in range(6):
        yield "lyric-order", "line from elsewhere", lambda s, k=skip: _far_line(s, k)
        yield "lyric-order", "wrong occurrence", lambda s, k=skip: _other_occurrence(s, k)
        yield "lyric-order", "swapped", lambda s, k=skip: _swapped(s, k)
    for skip in range(12):
        yield "lyric-coverage", "line dropped", lambda s, k=skip: _without_line(s, k)


def _far_line(s: Story, k: int) -> Story:
    n = s.where(lambda shot: bool(shot.lyric_lines), k)
    far = (s.shots[n].lyric_lines[0] + 9) % len(s.song.lyrics)
    return s.with_shot(n, lyric_lines=(far,))


def _other_occurrence(s: Story, k: int) -> Story:
    chorus = [n for n, shot in enumerate(s.shots) if shot.section == 4 and shot.lyric_lines]
    n = chorus[k % len(chorus)]
    return s.with_shot(n, lyric_lines=tuple(line - 8 for line in s.shots[n].lyric_lines))


def _swapped(s: Story, k: int) -> Story:
    sung = [n for n, shot in enumerate(s.shots) if shot.lyric_lines]
    one, two = sung[k], sung[k + 3]
    lines = s.shots[one].lyric_lines, s.shots[two].lyric_lines
    return s.with_shot(one, lyric_lines=lines[1]).with_shot(two, lyric_lines=lines[0])


def _without_line(s: Story, k: int) -> Story:
    line = k % len(s.song.lyrics)
    shots = tuple(
        shot.model_copy(update={"lyric_lines": tuple(n for n in shot.lyric_lines if n != line)}) for shot in s.shots
    )
    return replace(s, shots=shots)


def _references() -> Made:
    for k in range(2):
        yield "unknown-reference", "location", lambda s, k=k: s.with_shot(k + 3, location="ballroom")
        yield "unknown-reference", "character", lambda s, k=k: _presence_update(s, k, id="nobody")
        yield "unknown-reference", "wardrobe", lambda s, k=k: _presence_update(s, k, wardrobe="third")
        yield "unknown-reference", "prop in hand", lambda s, k=k: _presence_update(s, k, props=("sextant",))
        yield "unknown-reference", "prop", lambda s, k=k: s.with_shot(k + 3, props=("sextant",))
        yield "unknown-reference", "shot", lambda s, k=k: s.with_shot(k + 3, continues="s99")
        yield "unknown-reference", "later shot", lambda s, k=k: s.with_shot(k + 3, continues="s12")
        yield "unknown-reference", "photo", lambda s, k=k: s.with_shot(k + 3, photo="missing.jpg")
        yield "unknown-reference", "section", lambda s, k=k: s.with_shot(k + 3, section=40 + k)
        yield "unknown-reference", "fact", lambda s, k=k: s.with_shot(k + 3, changes=("ghost carries lantern",))
        yield "unknown-reference", "twin id", lambda s, k=k: s.with_shot(k + 3, id="s01")


def _presence_update(s: Story, k: int, **update: Any) -> Story:
    n = s.narrative(k + 2)
    person = s.shots[n].characters[0].model_copy(update=update)
    return s.with_shot(n, characters=(person,))


def _ground_elsewhere(s: Story, n: int) -> Ground:
    here = s.shots[n].location
    own = next(g for g in s.tale.grounds if g.id == here)
    return next(g for g in s.tale.grounds if g.id != here and g.kind != own.kind)


def _places() -> Made:
    rule = "location-continuity"
    for k in range(3):
        yield (
            rule,
            "moved in a scene",
            lambda s, k=k: s.with_shot(s.scene(k), location=_ground_elsewhere(s, s.scene(k)).id),
        )
        yield rule, "twice in one shot", lambda s, k=k: _doubled(s, k)
        yield (
            rule,
            "needs to be elsewhere",
            lambda s, k=k: s.with_shot(s.scene(k), needs=(f"{s.a} at {_ground_elsewhere(s, s.scene(k)).id}",)),
        )
    for text in (
        "{A} stands in {place}, waiting.", "{A} sits quietly at {place}.", "We find {A} inside {place}.",
        "{A} walks slowly across {place}.", "Alone in {place}, {A} looks up.", "{A} leans on a wall in {place}.",
        "{A} runs through {place}.", "In the middle of {place} {A} turns round.", "{A} kneels on {place}.",
        "At {place}, {A} closes both eyes.",
    ):  # fmt: skip
        yield rule, text, lambda s, text=text: _told_elsewhere(s, text)
    for after, before in (
        ("{A} is in {here}.", "{A} is in {there}."), ("{A} waits at {here}.", "{A} waits at {there}."),
        ("{A} falls asleep in {here}.", "{A} wakes up in {there}."), ("{A} remains at {here}", "{A} stands at {there}"),
    ):  # fmt: skip
        yield rule, f"{after} / {before}", lambda s, after=after, before=before: _texts_disagree(s, after, before)


def _doubled(s: Story, k: int) -> Story:
    n = s.narrative(k)
    person = s.shots[n].characters[0]
    return s.with_shot(n, characters=(person, person.model_copy(update={"position": "right third"})))


def _told_elsewhere(s: Story, text: str) -> Story:
    n = s.scene(1)
    return s.with_shot(n, visual=text.replace("{A}", s.tale.a).replace("{place}", _ground_elsewhere(s, n).name))


def _texts_disagree(s: Story, after: str, before: str) -> Story:
    n = s.scene(1)
    own = next(g for g in s.tale.grounds if g.id == s.shots[n].location)
    fill = {"{A}": s.tale.a, "{here}": own.name, "{there}": _ground_elsewhere(s, n).name}
    for key, value in fill.items():
        after, before = after.replace(key, value), before.replace(key, value)
    return s.with_shot(n - 1, world_after=after).with_shot(n, world_before=before)


_OTHER_COLOUR = {
    "red": "turquoise",
    "brown": "scarlet",
    "yellow": "navy",
    "blue": "crimson",
    "purple": "lime",
    "black": "white",
}


def _clothes() -> Made:
    rule = "wardrobe-continuity"
    for k in range(4):
        yield rule, "changed in a scene", lambda s, k=k: _wears(s, k, "last")
        yield rule, "needs other clothes", lambda s, k=k: s.with_shot(s.scene(k % 2), needs=(f"{s.a} wears last",))
    for text in (
        "{A} shivers, bare shoulders to the wind.", "{A} turns, shirtless, toward the light.",
        "{A} smooths down a {colour} {garment}.", "{A} buttons the {colour} {garment} to the top.",
        "{A}, in a {colour} {garment}, looks up.", "{A} wraps the {colour} {garment} tighter.",
        "Wind pulls at the {colour} {garment} that {A} is wearing.", "{A} stands there bare-chested.",
        "{A} is dressed in a long ballgown tonight, a pink dress with lace.", "{A} straightens a tuxedo and wears a {colour} {garment}.",
        "{A} waits with bare arms and bare back.", "{A} kneels, naked, on the ground.",
        "A {colour} {garment} hangs open on {A}.",
    ):  # fmt: skip
        yield rule, text, lambda s, text=text: _dressed(s, text)


def _wears(s: Story, k: int, wardrobe: str) -> Story:
    n = s.scene(k % 2)
    person = s.shots[n].characters[0].model_copy(update={"wardrobe": wardrobe})
    return s.with_shot(n, characters=(person,))


def _dressed(s: Story, text: str) -> Story:
    colour, garment = next(
        (word, following.strip(","))
        for word, following in _adjacent(s.tale.first)
        if word in _OTHER_COLOUR and following.strip(",") in {"coat", "jacket", "raincoat", "hoodie"}
    )
    fill = {"{A}": s.tale.a, "{colour}": _OTHER_COLOUR[colour], "{garment}": garment}
    for key, value in fill.items():
        text = text.replace(key, value)
    return s.with_shot(s.scene(1), visual=text)


def _adjacent(text: str) -> Iterator[tuple[str, str]]:
    words = text.split()
    for n, word in enumerate(words):
        for following in words[n + 1 : n + 3]:
            yield word, following


def _things() -> Made:
    rule = "prop-continuity"
    for k in range(4):
        yield rule, "from nowhere", lambda s, k=k: _presence_update(s, k, props=("violin",))
        yield rule, "needs it", lambda s, k=k: s.with_shot(s.narrative(k), needs=(f"{s.b} carries violin",))
        yield (
            rule,
            "given up and back",
            lambda s, k=k: s.with_shot(s.narrative(k), changes=(f"{s.a} drops {s.tale.prop}",)),
        )
        yield rule, "gone for one shot", lambda s, k=k: _flicker(s)
    for text in (
        "{A} still grips the {prop}.", "{A} lifts the {prop} with one hand.", "{A} carries the {prop} up the slope.",
        "{A} is holding a {prop}.", "{A} clutches the old {prop}.", "{A} swings the {prop} at the side.",
        "{A} opens the {prop} and looks inside.", "{A} holds on to the {prop}.",
    ):  # fmt: skip
        yield rule, text, lambda s, text=text: _after_loss(s, text)


def _flicker(s: Story) -> Story:
    n = s.scene(0)
    shots = list(s.shots)
    shots[n - 1] = shots[n - 1].model_copy(update={"changes": (f"{s.a} carries violin",), "characters": (
        shots[n - 1].characters[0].model_copy(update={"props": ("violin",)}),)})  # fmt: skip
    return replace(s, shots=tuple(shots)).with_shot(n, location=shots[n - 1].location)


def _after_loss(s: Story, text: str) -> Story:
    lost = s.narrative(0)
    shots: list[Shot] = []
    for n, shot in enumerate(s.shots):
        if n > lost:
            shot = shot.model_copy(
                update={"characters": tuple(p.model_copy(update={"props": ()}) for p in shot.characters)}
            )
        shots.append(shot)
    shots[lost] = shots[lost].model_copy(update={"changes": (f"{s.a} drops {s.tale.prop}",)})
    word = s.tale.prop_words[-1]
    told = text.replace("{A}", s.tale.a).replace("{prop}", word)
    return replace(s, shots=tuple(shots)).with_shot(s.scene(2), visual=told)


_AGAINST = {
    "dawn": ("at midnight", "in the noon heat"), "morning": ("at midnight", "at sunset"), "noon": ("at midnight", "by moonlight"),
    "afternoon": ("at dawn", "at midnight"), "dusk": ("at noon", "at sunrise"), "night": ("at midday", "in the morning"),
}  # fmt: skip


def _hours() -> Made:
    rule = "time-continuity"
    for k in range(3):
        yield (
            rule,
            "other hour in a scene",
            lambda s, k=k: s.with_shot(s.scene(k), time_of_day=_far_hour(s.shots[s.scene(k)].time_of_day)),
        )
        yield rule, "weather flips", lambda s, k=k: s.with_shot(s.scene(k), weather="snow")
        yield rule, "runs backwards", lambda s, k=k: _backwards(s, k)
    for which in (0, 1):
        for text in ("{A} waits {hour}.", "{A} crosses the frame {hour}.", "It is quiet {hour}, and {A} listens."):
            yield rule, f"{text} {which}", lambda s, text=text, which=which: _told_hour(s, text, which)
    for text in (
        "A blizzard swallows {A}.", "{A} walks through heavy snowfall.", "Snow is falling on {A}.",
        "{A} stands in a snowy gust.", "Snowflakes land on {A}.",
    ):  # fmt: skip
        yield rule, text, lambda s, text=text: s.with_shot(s.scene(1), visual=text.replace("{A}", s.tale.a))


def _far_hour(hour: Any) -> str:
    return {
        "dawn": "dusk",
        "morning": "night",
        "noon": "night",
        "afternoon": "dawn",
        "dusk": "morning",
        "night": "noon",
    }[hour]


def _backwards(s: Story, k: int) -> Story:
    n = s.where(lambda shot: shot.section == 2 + k)
    earlier = {
        "dawn": "night",
        "morning": "dawn",
        "noon": "morning",
        "afternoon": "noon",
        "dusk": "afternoon",
        "night": "dusk",
    }
    hour = earlier[s.shots[n - 1].time_of_day]
    return s.with_shot(n, time_of_day=hour)


def _told_hour(s: Story, text: str, which: int) -> Story:
    n = s.scene(1)
    hour = _AGAINST[s.shots[n].time_of_day][which]
    return s.with_shot(n, visual=text.replace("{A}", s.tale.a).replace("{hour}", hour))


def _knowing() -> Made:
    rule = "knowledge"
    for k in range(4):
        yield (
            rule,
            "needs to know",
            lambda s, k=k: s.with_shot(3, needs=(f"{s.a} knows secret",)).with_shot(
                9 + k, changes=(f"{s.a} knows secret",)
            ),
        )
        yield (
            rule,
            "needs a state",
            lambda s, k=k: s.with_shot(3, needs=(f"{s.shots[3].location} is flooded",)).with_shot(
                9 + k, changes=(f"{s.shots[3].location} is flooded",)
            ),
        )
    pairs = (
        ("{A} knows that {secret}.", "{A} learns that {secret}."),
        ("{A} already knows {secret}.", "{A} discovers that {secret}."),
        ("{A} grieves because {secret}.", "{A} finds out that {secret}."),
        ("{A} is certain that {secret}.", "{A} reads that {secret}."),
        ("{A} is aware that {secret}.", "{A} hears that {secret}."),
        ("{A} remembers how {secret}.", "{A} realises that {secret}."),
        ("Because {secret}, {A} turns back.", "{A} sees that {secret}."),
        ("{A} knew that {secret}.", "{A} is told that {secret}."),
    )
    for early, late in pairs:
        for field in ("world_before", "visual"):
            yield (
                rule,
                f"{early} ({field})",
                lambda s, early=early, late=late, field=field: _too_early(s, early, late, field),
            )


def _too_early(s: Story, early: str, late: str, field: str) -> Story:
    fill = {"{A}": s.tale.a, "{secret}": s.tale.secret}
    for key, value in fill.items():
        early, late = early.replace(key, value), late.replace(key, value)
    presences = s.shots[3].characters
    shots = s.with_shot(3, **{field: early}, characters=presences or s.shots[s.narrative(0)].characters)
    if field == "visual":
        other = Presence(id=s.b, wardrobe="plain", position="right third")
        shots = shots.with_shot(3, characters=(*shots.shots[3].characters, other))
    return shots.with_shot(12, world_after=late)


def _presence() -> Made:
    rule = "presence"
    for text in (
        "{B} waves from far off.", "{A} hands the cup to {B}.", "Behind {A}, {B} waits.", "{B}'s shadow falls across the floor.",
        "{A} and {B} dance.", "{B} is gone before {A} turns.",
    ):  # fmt: skip
        yield (
            rule,
            text,
            lambda s, text=text: s.with_shot(s.scene(0), visual=text.replace("{A}", s.tale.a).replace("{B}", s.tale.b)),
        )
    yield rule, "performance in the intro", lambda s: s.with_shot(s.instrumental(), kind="performance")
    yield (
        rule,
        "performance in the outro",
        lambda s: s.with_shot(-1, kind="performance", characters=s.shots[0].characters),
    )
    for text in (
        "{A} sings to the window.", "{A} is singing under the breath.", "{A} croons to nobody.", "{A} belts it out.",
        "{A} mouths the chorus.", "{A} hums and raps against the wall.",
    ):  # fmt: skip
        yield (
            rule,
            f"instrumental: {text}",
            lambda s, text=text: s.with_shot(s.instrumental(), visual=text.replace("{A}", s.tale.a)),
        )
    for k in range(4):
        yield rule, "wrong singer", lambda s, k=k: s.with_shot(
            s.narrative(2 + k), kind="performance", visual="A voice in the dark.",
            characters=(Presence(id=s.b, wardrobe="plain"),),
        )  # fmt: skip
        yield (
            rule,
            "nobody sings it",
            lambda s, k=k: s.with_shot(s.narrative(2 + k), kind="performance", visual="An empty chair.", characters=()),
        )


def _chains() -> Made:
    rule = "chain-budget"
    for k in range(3):
        yield rule, "across places", lambda s, k=k: _chained(s, k, location=True)
        yield rule, "across clothes", lambda s, k=k: _chained(s, k, wardrobe=True)
        yield rule, "across hours", lambda s, k=k: _chained(s, k, hour=True)
        yield rule, "too long", lambda s, k=k: _long_chain(s, 5 + k)
        yield rule, "from a landscape", lambda s, k=k: _from_landscape(s, k)
    for text in (
        "{A} is seen from behind.", "{A} turns away.", "{A} walks off into the dark.", "{A} stands in silhouette.",
        "Only the hands of {A} are in frame, only the hands.", "{A} leaves the frame.",
    ):  # fmt: skip
        yield rule, f"faceless: {text}", lambda s, text=text: _faceless(s, text)


def _chained(s: Story, k: int, *, location: bool = False, wardrobe: bool = False, hour: bool = False) -> Story:
    n = s.scene(k)
    made = s.with_shot(n, continues=s.shots[n - 1].id)
    if location:
        made = made.with_shot(n, location=_ground_elsewhere(s, n).id)
    if wardrobe:
        person = s.shots[n].characters[0]
        other = "first" if person.wardrobe == "last" else "last"
        made = made.with_shot(
            n, characters=(person.model_copy(update={"wardrobe": other}),), changes=(f"{s.a} wears {other}",)
        )
    if hour:
        made = made.with_shot(n, jump="hours later", time_of_day=_far_hour(s.shots[n].time_of_day))
    return made


def _long_chain(s: Story, length: int) -> Story:
    shots = list(s.shots)
    base = shots[0]
    for n in range(1, length):
        shots[n] = shots[n].model_copy(
            update={
                "continues": shots[n - 1].id,
                "location": base.location,
                "characters": base.characters,
                "kind": "narrative",
            }
        )
    return replace(s, shots=tuple(shots))


def _from_landscape(s: Story, k: int) -> Story:
    n = [n for n in range(1, len(s.shots)) if s.has_a(n) and s.shots[n - 1].kind == "landscape"][k]
    return s.with_shot(n, continues=s.shots[n - 1].id)


def _faceless(s: Story, text: str) -> Story:
    n = s.scene(0)
    return s.with_shot(n - 1, visual=text.replace("{A}", s.tale.a)).with_shot(n, continues=s.shots[n - 1].id)


def _hygiene() -> Made:
    rule = "prompt-hygiene"
    for motion in (
        "her long hair blows back", "the red coat flaps", "a tall man walks", "wearing a hat, turning slowly",
        "a beautiful face turns", "dressed in white, drifting", "the beard moves in the wind",
        "a dolly zoom on the face", "crane up over the roofs", "orbiting the figure", "handheld, running behind",
        "a drone rises", "whip pan to the door", "steadicam glide", "zooms in fast", "rack focus to the hand",
    ):  # fmt: skip
        yield rule, motion, lambda s, motion=motion: s.with_shot(4, motion=motion)
    for text in (
        "{A} looks older.", "{A} laughs again.", "{A} waits once more.", "The same door, as before.", "{A} takes another step.",
        "A younger {A} at the window.", "{A} is happier now.", "The room is darker than before.",
        "A neon sign that says OPEN.", "{A} holds up a banner.", "A newspaper headline about {A}.", "A logo on the wall.",
        "The word “home” is painted on the floor.", "Graffiti spelling out a name.", "Handwriting fills the page.",
        "A title card with the text of the song.",
    ):  # fmt: skip
        yield rule, text, lambda s, text=text: s.with_shot(s.scene(0), visual=text.replace("{A}", s.tale.a))
    yield (
        rule,
        "a move the backend lacks",
        lambda s: s.with_shot(4, camera=s.shots[4].camera.model_copy(update={"move": "drift"})),
    )


def _drift() -> Made:
    rule = "description-drift"
    told: dict[int, tuple[str, ...]] = {
        0: ("{A} climbs the grey concrete stairs.", "{A} sits on the red steel staircase.", "A blue wooden banister."),
        1: (
            "{A} waits on the red brick platform.",
            "{A} walks along the wooden platform.",
            "A white plastic bench, a glass bench.",
        ),
        2: ("{A} stands in a white marble alley.", "{A} leans on the wooden door.", "Yellow brick, a green alley."),
        3: ("{A} opens the concrete barn.", "{A} sits in a red brick barn.", "A steel door, a glass door."),
        4: ("{A} crosses the wooden lobby.", "{A} waits in a red brick lobby.", "A pink concrete lobby."),
        5: (
            "{A} circles the red columns, the brick deck.",
            "{A} lies on the wooden deck.",
            "A marble deck, a purple ceiling.",
        ),
    }
    for index, texts in told.items():
        for text in texts:
            yield rule, f"{index}: {text}", lambda _s, index=index, text=text: _at_first_ground(story(index), text)
    looks: dict[int, tuple[str, ...]] = {
        0: ("{A} shakes out long blonde hair.",), 1: ("{A} runs a hand through short black hair.",),
        2: ("{A} flicks back red hair.",), 3: ("{A} combs long dark hair.",), 4: ("{A} ties back straight black hair.",),
        5: ("{A} pushes back blond hair.",),
    }  # fmt: skip
    for index, texts in looks.items():
        for text in texts:
            yield rule, f"{index}: {text}", lambda _s, index=index, text=text: _at_first_ground(story(index), text)


def _at_first_ground(s: Story, text: str) -> Story:
    n = s.where(lambda shot: bool(shot.characters) and shot.location == s.tale.grounds[0].id, 1)
    return s.with_shot(n, visual=text.replace("{A}", s.tale.a))


def _joining() -> Made:
    rule = "transition"
    for kind in ("whip", "match"):
        yield rule, f"{kind} from nothing", lambda s, kind=kind: s.with_shot(0, transition=kind)
    yield rule, "whip at the end", lambda s: s.with_shot(-1, transition="whip")
    for n, kind in enumerate(("dissolve", "dip", "whip", "match"), start=3):
        yield rule, f"no room for a {kind}", lambda s, n=n, kind=kind: _no_room(s, n, kind, 0.25)
        yield rule, f"{kind} along a chain", lambda s, n=n, kind=kind: _along_chain(s, n, kind)
    for n in (4, 7):
        yield rule, "a dissolve cut short", lambda s, n=n: _no_room(s, n, "dissolve", 0.6)
    for k, kind in enumerate(("dissolve", "dip", "match")):
        yield rule, f"{kind} within a scene", lambda s, k=k, kind=kind: s.with_shot(s.scene(k), transition=kind)
    for k in range(3):
        yield rule, "match of nothing", lambda s, k=k: _match_of_nothing(s, k)
        yield rule, "match of two sizes", lambda s, k=k: _match_of_sizes(s, k)
    yield (
        rule,
        "three on end",
        lambda s: s.with_shot(4, transition="whip").with_shot(5, transition="dip").with_shot(6, transition="dissolve"),
    )
    for step in (1, 2):
        yield rule, "everywhere", lambda s, step=step: _everywhere(s, step)
    yield rule, "two whips", lambda s: s.with_shot(4, transition="whip").with_shot(6, transition="whip")


def _no_room(s: Story, n: int, kind: Any, length_s: float) -> Story:
    """Shot `n` lasts `length_s`, and the one after it comes in by a transition."""
    at = s.shots[n].start_s + length_s
    s = s.with_shot(n, end_s=at)
    return s.with_shot(n + 1, start_s=at, transition=kind, jump="an hour later", free_cut=True)


def _along_chain(s: Story, n: int, kind: Any) -> Story:
    return s.with_shot(n, transition=kind, continues=s.shots[n - 1].id, jump="an hour later")


def _match_of_nothing(s: Story, k: int) -> Story:
    """Into a view without anybody that shares no word with the shot before."""
    n = s.where(lambda shot: not shot.characters and shot.start_s > 0, k)
    return s.with_shot(n, transition="match", jump="an hour later", visual="Qualms.")


def _match_of_sizes(s: Story, k: int) -> Story:
    n = s.scene(k)
    s = s.with_shot(n - 1, camera=Camera(size="extreme-wide", angle="low"))
    return s.with_shot(n, transition="match", jump="an hour later", camera=Camera(size="close-up"))


def _everywhere(s: Story, step: int) -> Story:
    for n in range(1, len(s.shots), step):
        s = s.with_shot(n, transition="dissolve", jump="an hour later")
    return s


def _monotony() -> Made:
    rule = "monotony"
    for k in range(6):
        yield rule, "one framing twice", lambda s, k=k: s.with_shot(k + 4, camera=s.shots[k + 3].camera)
        yield rule, "one size on end", lambda s, k=k: _one_size(s, k + 2)
    for k in range(3):
        yield rule, "no wide shot", lambda s, k=k: _no_wide(s, k)
        yield rule, "line crossed", lambda s, k=k: _crossed(s, k)


def _one_size(s: Story, n: int) -> Story:
    angles: tuple[Any, ...] = ("low", "high", "eye-level", "low", "high")
    for k, angle in enumerate(angles):
        s = s.with_shot(n + k, camera=Camera(size="medium", angle=angle, move=("static", "drift")[k % 2]))
    return s


def _no_wide(s: Story, k: int) -> Story:
    ground = s.tale.grounds[k]
    first = s.where(lambda shot: shot.location == ground.id)
    for n in range(first, first + 3):
        s = s.with_shot(
            n, camera=Camera(size=("close-up", "medium", "extreme-close-up")[n % 3], angle=("low", "high")[n % 2])
        )
    return s


def _crossed(s: Story, k: int) -> Story:
    n = s.scene(k)
    other = Presence(id=s.b, wardrobe="plain", position="right third")
    a = s.shots[n].characters[0]
    before = s.with_shot(n - 1, characters=(a.model_copy(update={"position": "left of frame"}), other))
    return before.with_shot(
        n,
        characters=(
            a.model_copy(update={"position": "frame right"}),
            other.model_copy(update={"position": "on the left"}),
        ),
    )


def _arc() -> Made:
    rule = "arc"
    for n in range(3):
        for turn in ("", "Nothing changes.", "TBD"):
            yield rule, f"act {n}: {turn!r}", lambda s, n=n, turn=turn: _turn(s, n, turn)
    yield rule, "two acts", lambda s: s.with_bible(acts=s.bible.acts[:2])
    yield rule, "one turn twice", lambda s: _turn(s, 1, s.bible.acts[0].turn)
    for changes in (
        ("it is shut", "it is shut"), ("chorus 1: it is shut", "chorus 2: it is shut"), ("it is shut", "unchanged"),
        ("a door, shut", "shut, a door"), ("it is shut",),
    ):  # fmt: skip
        yield (
            rule,
            str(changes),
            lambda s, changes=changes: s.with_bible(motifs=(Motif(id="door", description="A door.", changes=changes),)),
        )
    yield (
        rule,
        "the end answers nothing",
        lambda s: s.with_shot(
            -1, location=s.tale.grounds[2].id, characters=(), visual="Nothing.", kind="landscape", props=()
        ),
    )


def _turn(s: Story, n: int, turn: str) -> Story:
    acts = list(s.bible.acts)
    acts[n] = acts[n].model_copy(update={"turn": turn})
    return s.with_bible(acts=tuple(acts))


def _risk() -> Made:
    for text in (
        "{A} plays the guitar by the fire.", "{A}'s fingers on the piano keys.", "{A} strums a banjo.", "Hands pound the drums.",
        "{A} bows a violin with eyes shut.", "A crowd lifts {A} up.", "Thousands of fans reach for {A}.",
        "{A} walks into the packed stadium audience.", "{A} stares into the mirror.", "A cracked mirror shows {A}.",
        "{A} reads the newspaper on the bench.", "{A} types at a typewriter.", "{A} picks at the strings of a ukulele.",
    ):  # fmt: skip
        yield "risk", text, lambda s, text=text: s.with_shot(s.scene(0), visual=text.replace("{A}", s.tale.a))
