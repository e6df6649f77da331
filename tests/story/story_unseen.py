# ruff: noqa: E501 - one wording a line
"""A second opinion on the verifier: contradictions in idioms, passives, pronouns and other registers, and decoys.

Written before the word families were widened, and never used to widen them: what is found here at the first try is the
recall on wordings that nobody tuned for. The decoys use the same words innocently and must raise no error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from story_planted import Plant, Story

from mvlocal.schema.story import Motif, Presence

Told = tuple[tuple[int, str], ...]
"""(story, sentence)."""

_ELSEWHERE: Told = (
    (0, "Salt wind tugs at Mara where she sits at the far end of the jetty."),
    (0, "Mara's spoon goes round and round in the kitchen, though nobody is eating."),
    (0, "She has left it all behind; the pier is where she stands."),
    (1, "In the hush of the chapel, he kneels."),
    (1, "Deep among the birches Jonas loses the path."),
    (2, "High over the city, up on the roof, Priya lets the wind do as it likes."),
    (2, "A cloth is passed round Priya, who is propped up at the bar."),
    (3, "Wheat closes behind Owen as he wades on through the field."),
    (3, "Owen is to be found on the porch, whittling."),
    (4, "Noor has got as far as the middle of the footbridge."),
    (4, "The garden has swallowed Noor up."),
    (5, "Leo, out of breath, tops the hill."),
    (5, "Up in the attic Leo stares at nothing."),
    (5, "Under the eaves of his bedroom he listens."),
)
_CLOTHES: Told = (
    (0, "Mara's shoulders are bare."),
    (0, "A blue anorak has been thrown over Mara."),
    (1, "Not a stitch on Jonas."),
    (1, "The jacket Jonas wears is of green tweed."),
    (2, "Priya, in her nightdress, shivers."),
    (2, "The raincoat, red as a pillar box, drips from her."),
    (3, "Owen has stripped to the waist."),
    (3, "Owen's jacket, a scarlet one, is done up wrong."),
    (4, "Dressed to the nines in a ball dress, Noor goes by."),
    (4, "Noor gathers up her green skirts."),
    (5, "Leo stands there in his birthday suit."),
    (5, "Leo in nothing but boxers."),
    (5, "He has swapped the hoodie for a pinstripe suit."),
    (5, "His hoodie is a loud orange."),
)
_THINGS: Told = (
    (0, "The luggage has not left Mara's side."),
    (0, "Mara sets her case down and takes it up."),
    (1, "An envelope turns over and over between Jonas's fingers."),
    (1, "Jonas slips the note into a sleeve."),
    (2, "Under her brolly Priya stays dry."),
    (2, "Priya shakes the rain from her umbrella."),
    (3, "Owen goes first, a torch held high."),
    (3, "By the glow of the lamp in his fist, Owen counts."),
    (4, "Noor jangles her keys."),
    (4, "The key is warm in Noor's palm."),
    (5, "Leo pedals in slow circles on his bike."),
    (5, "Astride the bicycle, he waits."),
)
_HOURS: Told = (
    (0, "The sun is straight overhead and Mara has no shadow."),
    (0, "A cock crows; Mara has not slept."),
    (0, "Mara is soaked to the skin by the downpour."),
    (1, "Stars prick the sky above Jonas."),
    (1, "The last of the daylight leaves Jonas."),
    (2, "It is high noon for Priya, and no shade."),
    (2, "Over breakfast Priya says nothing."),
    (3, "The moon has risen behind Owen."),
    (3, "In the small hours Owen is still up."),
    (4, "Noor squints: the midday glare is merciless."),
    (4, "Night has fallen round Noor."),
    (5, "Leo walks by the light of the moon."),
    (5, "At the crack of dawn Leo is up."),
    (5, "It is bucketing down on Leo."),
)
_KNOWING: tuple[tuple[int, str, str], ...] = (
    (0, "It is no news to Mara that Tobias burned the house.", "Only now does it dawn on Mara: Tobias burned the house."),
    (0, "Mara cannot forgive Tobias for burning the house.", "Mara is shown the proof that Tobias burned the house."),
    (1, "Jonas has long since guessed that Elin sailed away.", "News reaches Jonas that Elin sailed away."),
    (1, "Ever since Elin sailed away Jonas has kept a lamp lit.", "Jonas gets word that Elin sailed away."),
    (2, "Priya is in on it: Dex sold the bar.", "It comes out that Dex sold the bar."),
    (2, "Priya reproaches Dex for selling the bar.", "Priya catches on: Dex sold the bar."),
    (3, "Owen, no stranger to Ruth selling the farm, packs.", "Owen is informed that Ruth sold the farm."),
    (3, "It weighs on Owen that Ruth sold the farm.", "Ruth confesses to Owen that she sold the farm."),
    (4, "Noor brings new tools, as Sam changed the locks.", "Noor is taken aback: Sam changed the locks."),
    (4, "Noor is resigned to it: Sam changed the locks.", "The truth sinks in: Sam changed the locks."),
    (5, "Leo writes to the coast, where Ines moved.", "A neighbour lets slip that Ines moved to the coast."),
    (5, "Leo blames himself that Ines moved to the coast.", "It turns out that Ines moved to the coast."),
)  # fmt: skip
_COMPANY: Told = (
    (0, "Tobias has the last word."),
    (0, "Mara is kissed on the brow by Tobias."),
    (1, "A nod from Elin is all that Jonas gets."),
    (2, "Between Priya and Dex lies an arm's length of dark."),
    (3, "It is Ruth's hand that Owen takes."),
    (4, "Sam, of all people, holds the lift."),
    (4, "Elbow to elbow with Sam, Noor stares ahead."),
    (5, "Leo is overtaken by Ines."),
)
_SINGING: Told = (
    (1, "Jonas bursts into song."),
    (2, "Priya gives voice to the tune, head back."),
    (3, "A ballad rises from Owen's lips."),
    (5, "Leo hollers the refrain into the empty air."),
)
_FACELESS: Told = (
    (0, "Mara's back is all one sees."),
    (1, "Of Jonas nothing shows but a shadow on the wall."),
    (2, "Priya has hidden her face in both hands."),
    (3, "Owen dwindles to a speck on the horizon."),
    (4, "Noor, back turned, keeps still."),
    (5, "Leo ducks out of view."),
    (0, "A hood hides Mara's features."),
    (1, "Jonas is gone; the place stands empty."),
    (2, "The frame holds no more than Priya's boots."),
    (3, "Seen from the rear, Owen waits."),
    (4, "Noor buries her face in her arms."),
    (5, "Leo is a black outline against the light."),
)
_MOTION: Told = (
    (0, "her braid swings to and fro"),
    (1, "the camera snakes round the table"),
    (2, "pull focus from hand to face"),
    (3, "a bird's-eye flight over the roofs"),
    (4, "a lanky youth turns round"),
    (5, "sweeping through the window in one unbroken shot"),
)
_WORDING: Told = (
    (0, "Mara has put on ten years since."),
    (0, "Once again the door swings, and Mara starts."),
    (1, "Jonas, greyer by now, waits."),
    (2, "Unlike in the opening, Priya stands alone."),
    (3, "Scrawled on the wall: a name, and Owen under it."),
    (4, "A poster shouts the name of the band at Noor."),
    (4, "Chalk letters cover the floor around Noor."),
    (5, "Leo's shirt bears the words of a joke."),
    (5, "A ticker of words runs along behind Leo."),
)
_DRIFT: Told = (
    (0, "The banister, carved from oak, is cold to Mara."),
    (0, "Pink steps lead Mara down."),
    (1, "The platform is laid with timber planks."),
    (1, "Jonas strokes a black moustache."),
    (2, "The door, of green oak, stays shut before Priya."),
    (2, "Priya's hair is short and fair."),
    (3, "The barn around Owen is all corrugated iron."),
    (3, "Owen's hair is jet black."),
    (4, "Noor's locks, straight and blonde, fall forward."),
    (4, "The lobby has been done up in plywood."),
    (5, "Columns of polished granite surround Leo."),
    (5, "The deck under Leo is paved in red clay."),
    (5, "His hair is raven black."),
)
_RISKS: Told = (
    (0, "Mara's bow is drawn over the strings."),
    (0, "The morning paper lies open before Mara."),
    (0, "Row after row of guests rise behind Mara."),
    (1, "Jonas tickles the ivories."),
    (1, "Jonas scrolls through messages."),
    (2, "All the town has turned out around Priya."),
    (2, "A brass band strikes up behind Priya."),
    (3, "A looking glass gives Owen back his face."),
    (3, "Owen thumps away at an upright piano."),
    (4, "Noor meets her own eyes in the polished glass."),
    (4, "Noor fingers a chord on the lute."),
    (5, "Leo is wedged in among the festival-goers."),
    (5, "Thousands upon thousands of faces turn to Leo."),
)
_TURNS: Told = (
    (0, "All is as it ever was."),
    (1, "Things simply carry on."),
    (2, "Priya ends up where she began, no wiser."),
    (3, "Not a thing is different afterwards."),
    (4, "The situation persists."),
    (5, "To be decided."),
)
_MOTIFS: tuple[tuple[str, str], ...] = (
    ("it is shut", "it has not changed"), ("it is shut", "the same again"), ("it is closed", "it is shut"),
    ("a shut door", "the door, still shut"),
)  # fmt: skip
_SIDES: tuple[tuple[str, str, str, str], ...] = (
    ("camera left", "camera right", "camera right", "camera left"),
    ("left foreground", "right background", "the right-hand edge", "the left-hand edge"),
    ("on the left-hand side", "to the right", "at far right", "at far left"),
    ("screen left", "screen right", "screen right", "screen left"),
    ("left of the table", "right of the table", "right of the table", "left of the table"),
    ("the leftmost third", "the rightmost third", "the rightmost third", "the leftmost third"),
)
_EYELINES: tuple[tuple[str, str], ...] = (
    ("left third, looking right", "right third, looking right"),
    ("frame left, her face turned to the right", "frame right, facing right"),
    ("at the left, eyes to the right", "at the right, gaze to the right"),
)
_TRAVEL: tuple[tuple[int, str, str], ...] = (
    (0, "Mara walks from left to right.", "Mara walks from right to left."),
    (2, "Priya hurries toward the right edge of frame.", "Priya hurries off to the left."),
    (3, "Owen is crossing rightwards, bent.", "Owen goes on leftwards, bent."),
)


def unseen() -> Iterator[Plant]:
    """Every unseen contradiction, over six stories."""
    rows: tuple[tuple[str, Told], ...] = (
        ("location-continuity", _ELSEWHERE), ("wardrobe-continuity", _CLOTHES), ("time-continuity", _HOURS),
        ("presence", _COMPANY), ("prompt-hygiene", _WORDING), ("risk", _RISKS),
    )  # fmt: skip
    for rule, told in rows:
        for index, text in told:
            yield Plant(rule, text, index, partial(_told, text=text))
    for index, text in _SINGING:
        yield Plant("presence", text, index, partial(_at, find="instrumental", text=text))
    for index, text in _DRIFT:
        yield Plant("description-drift", text, index, partial(_at, find="ground", text=text))
    for index, text in _MOTION:
        yield Plant("prompt-hygiene", text, index, partial(_motion, text=text))
    for index, text in _THINGS:
        yield Plant("prop-continuity", text, index, partial(_after_loss, text=text))
    for index, early, late in _KNOWING:
        yield Plant("knowledge", early, index, partial(_too_early, early=early, late=late))
    for index, text in _FACELESS:
        yield Plant("chain-budget", text, index, partial(_faceless, text=text))
    for index, text in _TURNS:
        yield Plant("arc", text, index, partial(_turn, n=index % 3, text=text))
    for n, changes in enumerate(_MOTIFS):
        yield Plant("arc", str(changes), n, partial(_motif, changes=changes))
    for n, sides in enumerate(_SIDES):
        yield Plant("monotony", str(sides), n, partial(_sides, sides=sides))
    for n, pair in enumerate(_EYELINES):
        yield Plant("monotony", str(pair), n + 2, partial(_eyeline, pair=pair))
    for index, one, two in _TRAVEL:
        yield Plant("monotony", two, index, partial(_travel, one=one, two=two))


def _told(s: Story, text: str) -> Story:
    return s.with_shot(s.scene(1), visual=text)


def _at(s: Story, find: str, text: str) -> Story:
    if find == "instrumental":
        return s.with_shot(s.instrumental(), visual=text)
    return s.with_shot(
        s.where(lambda shot: bool(shot.characters) and shot.location == s.tale.grounds[0].id, 1), visual=text
    )


def _motion(s: Story, text: str) -> Story:
    return s.with_shot(4, motion=text)


def _after_loss(s: Story, text: str) -> Story:
    lost, late = s.scene(0), s.scene(2)
    empty = [
        shot if n <= lost else shot.model_copy(update={"characters": tuple(p.model_copy(update={"props": ()}) for p in shot.characters)})
        for n, shot in enumerate(s.shots)
    ]  # fmt: skip
    return (
        replace(s, shots=tuple(empty))
        .with_shot(lost, changes=(f"{s.a} drops {s.tale.prop}",))
        .with_shot(late, visual=text)
    )


def _too_early(s: Story, early: str, late: str) -> Story:
    with_b = (*s.shots[s.narrative(0)].characters, Presence(id=s.b, wardrobe="plain", position="right third"))
    return s.with_shot(3, visual=early, characters=with_b).with_shot(12, world_after=late)


def _faceless(s: Story, text: str) -> Story:
    n = s.scene(0)
    return s.with_shot(n - 1, visual=text).with_shot(n, continues=s.shots[n - 1].id)


def _turn(s: Story, n: int, text: str) -> Story:
    acts = list(s.bible.acts)
    acts[n] = acts[n].model_copy(update={"turn": text})
    return s.with_bible(acts=tuple(acts))


def _motif(s: Story, changes: tuple[str, str]) -> Story:
    return s.with_bible(motifs=(Motif(id="door", description="A door.", changes=changes),))


def _sides(s: Story, sides: tuple[str, str, str, str]) -> Story:
    n = s.scene(0)
    a, b = s.shots[n].characters[0], Presence(id=s.b, wardrobe="plain")

    def both(left: str, right: str) -> tuple[Presence, ...]:
        return (a.model_copy(update={"position": left}), b.model_copy(update={"position": right}))

    return s.with_shot(n - 1, characters=both(*sides[:2])).with_shot(n, characters=both(*sides[2:]))


def _eyeline(s: Story, pair: tuple[str, str]) -> Story:
    """One and then the other alone in frame: who face each other must look opposite ways."""
    n = s.scene(0)
    a, b = s.shots[n].characters[0], Presence(id=s.b, wardrobe="plain", position=pair[1])
    one = s.with_shot(
        n - 1, characters=(a.model_copy(update={"position": pair[0]}),), visual=f"{s.tale.a} faces {s.tale.b}."
    )
    one = one.with_shot(n - 1, visual="A face, turned to somebody.")
    return one.with_shot(n, characters=(b,), visual=f"{s.tale.b} looks back at the one who waits.")


def _travel(s: Story, one: str, two: str) -> Story:
    n = s.scene(0)
    return s.with_shot(n - 1, visual=one).with_shot(n, visual=two)


_FRESH: tuple[tuple[str, Told], ...] = (
    (
        "location-continuity",
        (
            (0, "INT. KITCHEN. Mara peels an orange and keeps the peel in one piece."),
            (0, "Mara has taken her shoes off and dangles her legs from the pier."),
            (1, "The chapel door is pulled shut behind Jonas, and it is dim."),
            (1, "Jonas gets lost in the forest."),
            (2, "Priya orders at the bar and does not drink."),
            (2, "The rooftop is where Priya is waiting tonight."),
            (3, "Owen mows a strip of the field."),
            (4, "Noor leans over the bridge and drops a coin."),
            (4, "A gardener ignores Noor, who naps in the garden."),
            (5, "We are back on the hill with Leo."),
        ),
    ),
    (
        "wardrobe-continuity",
        (
            (0, "Mara's coat, once so plain, is now bright blue."),
            (0, "Mara wades in wearing only a slip."),
            (1, "Jonas pulls his green jacket closed."),
            (1, "Jonas dries off in a bathrobe."),
            (2, "The pink raincoat Priya has on squeaks."),
            (3, "Owen is clad in a tuxedo for the occasion."),
            (3, "Owen bares his chest to the wind."),
            (4, "Noor twirls in a gown of gold."),
            (5, "Leo's hood is white against the wall, a white hoodie."),
            (5, "Leo sunbathes in swimming trunks."),
        ),
    ),
    (
        "time-continuity",
        (
            (0, "Mara eats lunch in the glare of midday."),
            (1, "Fireflies and a midnight sky surround Jonas."),
            (2, "The noon bells ring over Priya."),
            (3, "Owen watches the sunrise."),
            (4, "Noor looks up at the Milky Way."),
            (5, "Dusk settles on Leo's shoulders."),
            (5, "Leo shelters from the hail."),
        ),
    ),
    (
        "presence",
        (
            (0, "Tobias leans in the doorway."),
            (1, "Elin's laugh makes Jonas turn."),
            (2, "Priya hands Dex a glass."),
            (3, "Ruth and Owen share a bench."),
            (4, "Noor pushes past Sam."),
            (5, "It was Ines who left the light on."),
        ),
    ),
    (
        "prompt-hygiene",
        (
            (0, "Mara repeats the gesture from before."),
            (1, "A torn ticket with a date printed on it lies by Jonas."),
            (2, "Priya reads the menu above the counter, every word sharp."),
            (3, "Owen looks much older now."),
            (4, "A newspaper headline blows past Noor."),
            (5, "Leo carves his name into the wood."),
        ),
    ),
    (
        "risk",
        (
            (0, "Mara plays a waltz on the accordion."),
            (1, "Jonas is swept along by commuters."),
            (2, "Priya fixes her lipstick in a mirror."),
            (3, "Owen saws at a fiddle."),
            (4, "A hundred dancers circle Noor."),
            (5, "Leo texts, thumbs flying over the screen."),
        ),
    ),
)


def fresh() -> Iterator[Plant]:
    """A third set, written after the first widening and measured once; the families were widened from it again."""
    for rule, told in _FRESH:
        for index, text in told:
            yield Plant(rule, text, index, partial(_told, text=text))


_LAST: tuple[tuple[str, Told], ...] = (
    (
        "location-continuity",
        (
            (0, "Nothing stirs in the kitchen except Mara, who is washing up."),
            (0, "The planks of the pier give under Mara's heels."),
            (1, "Jonas has climbed into a pew of the chapel and put his feet up."),
            (1, "The forest closes over Jonas like water."),
            (2, "It is on the roof that Priya finally sits."),
            (2, "Priya is the last customer in the pub."),
            (3, "Knee-high wheat parts for Owen."),
            (3, "Owen dozes in a rocking chair on the porch."),
            (4, "Mid-bridge, Noor lets go of the rail."),
            (5, "The summit at last: Leo throws both arms up."),
        ),
    ),
    (
        "wardrobe-continuity",
        (
            (0, "A violet coat swings from Mara's shoulders."),
            (0, "Mara steps out in pyjamas."),
            (1, "Jonas, stripped to his vest and shorts, stretches."),
            (1, "He wears the jacket, now olive, inside out."),
            (2, "Priya's raincoat gleams silver."),
            (2, "Somebody has lent Priya a fur."),
            (3, "Owen's denim has given way to a velvet jacket."),
            (4, "Noor hitches up a wedding dress and runs."),
            (5, "Leo wears a sweatshirt the colour of blood and a blue hoodie on top."),
            (5, "Leo has no shirt on."),
        ),
    ),
    (
        "time-continuity",
        (
            (0, "Mara yawns; breakfast is over."),
            (1, "Moonlight has found Jonas."),
            (2, "The sun burns right above Priya's head."),
            (3, "Owen lights his pipe at the stroke of midnight."),
            (4, "It is late in the evening and Noor is still there."),
            (5, "The morning mist has not lifted from round Leo."),
            (5, "Thunder cracks and Leo is drenched by rain."),
        ),
    ),
    (
        "presence",
        (
            (0, "Mara and Tobias quarrel without a sound."),
            (1, "Jonas watches Elin tie a lace."),
            (2, "Dex pours."),
            (3, "Owen is held up by Ruth."),
            (4, "Noor is not alone: Sam is here."),
            (5, "Leo races Ines to the end."),
        ),
    ),
    (
        "prop-continuity",
        (
            (0, "Mara's suitcase thumps down step by step."),
            (1, "Jonas tears the letter in two."),
            (2, "Priya points with the tip of her umbrella."),
            (3, "The lantern lights Owen from below."),
            (4, "Noor tries the key."),
            (5, "Leo skids to a halt, bike and all."),
        ),
    ),
    (
        "prompt-hygiene",
        (
            (0, "Mara is twice as sad as in the shot before."),
            (1, "Jonas finds a note that says come home."),
            (2, "A neon OPEN sign buzzes by Priya."),
            (3, "Owen, now an older man, rests."),
            (4, "The logo of the bank shines above Noor."),
            (5, "Leo does the same thing once more."),
        ),
    ),
    (
        "risk",
        (
            (0, "Mara picks out a tune on a toy piano."),
            (1, "Jonas shoulders through the crowd."),
            (2, "Priya sees herself in a hand mirror."),
            (3, "Owen blows a trumpet."),
            (4, "Noor is jostled by shoppers, dozens of them."),
            (5, "Leo squints at a newspaper."),
        ),
    ),
)
_LAST_CLEAN: Told = (
    (0, "Mara listens for the sea."), (0, "A red thread hangs from Mara's sleeve."), (0, "Mara taps the green banister."),
    (0, "Mara has no wish to sing."), (1, "A train is due; Jonas does not look up."), (1, "Rain ticks on the leather."),
    (1, "Jonas counts the lamps."), (1, "Jonas turns the iron bench's one loose bolt."), (2, "Priya steps over a puddle."),
    (2, "The yellow sleeve is soaked through."), (2, "Somewhere above a radio plays."), (2, "Priya lets a taxi go by."),
    (3, "Owen brushes straw from a blue sleeve."), (3, "A hen watches Owen."), (3, "Owen whittles a peg."),
    (3, "Wind finds every gap in the timber."), (4, "Noor presses the button and waits."), (4, "A lift opens on nobody."),
    (4, "Noor's grey curls are wet with fog."), (4, "Noor straightens the velvet collar."), (5, "Leo kicks a can along."),
    (5, "Leo's shadow is short."), (5, "A black hood, a yellow column, and no sound."), (5, "Leo ties one white sneaker."),
)  # fmt: skip


def last() -> Iterator[Plant]:
    """A fourth set, written after the second widening, run once and left as it was found."""
    for rule, told in _LAST:
        for index, text in told:
            plant = partial(_after_loss if rule == "prop-continuity" else _told, text=text)
            yield Plant(rule, text, index, plant)


def last_decoys() -> Iterator[Plant]:
    """Innocent sentences of the same day."""
    for index, text in _LAST_CLEAN:
        yield Plant("none", text, index, partial(_told, text=text))


_CLEAN: Told = (
    (0, "Mara thinks of the pier and of nobody on it."),
    (0, "A gull from the pier cries somewhere outside; Mara looks up."),
    (0, "Mara's red coat brushes the banister."),
    (0, "The red wool darkens where Mara's tears have fallen."),
    (0, "Mara, not cold at all, undoes one button."),
    (0, "The last light goes from the stairs."),
    (1, "Jonas looks toward the distant trees."),
    (1, "Rain runs down the brown leather of Jonas's sleeve."),
    (1, "Jonas warms both hands on a paper cup."),
    (1, "The iron bench is wet; he stays standing."),
    (1, "Nobody has come to meet Jonas."),
    (1, "A clock without hands hangs above Jonas."),
    (2, "Priya stares up at the rooftops."),
    (2, "The yellow of Priya's raincoat is the one bright thing."),
    (2, "Puddles shake as Priya passes."),
    (2, "Priya breathes on cold fingers."),
    (2, "Pink light pools about her boots."),
    (2, "A cat slips under the steel door."),
    (3, "Owen thinks of bread."),
    (3, "Through a gap in the boards Owen sees the field."),
    (3, "The blue denim is white with dust."),
    (3, "Straw clings to Owen's brown trousers."),
    (3, "The wind bangs the tall door."),
    (3, "Owen's hands rest on his knees."),
    (4, "Noor counts the brass lifts."),
    (4, "The palm shivers; Noor does not."),
    (4, "Grey light fills the doors."),
    (4, "Her velvet sleeve catches on the desk."),
    (4, "Noor has no wish to go up."),
    (4, "Outside the fog has eaten the road."),
    (5, "Leo draws up his black hood."),
    (5, "A yellow column hides half of Leo."),
    (5, "Leo's bicycle lies beside him."),
    (5, "White sneakers tap the concrete."),
    (5, "He whistles through his teeth."),
    (5, "The heat of noon stands in the ramp."),
)
_UNKNOWING = (
    "{A} has no idea that {secret}.", "{A} does not know yet that {secret}.", "Nobody has told {A} that {secret}.",
    "{A} never learnt whether {secret}.", "{A} cannot know that {secret}.", "{A} is unaware that {secret}.",
)  # fmt: skip


def decoys() -> Iterator[Plant]:
    """Innocent sentences (rule `none`): an error found in one of them is a false error."""
    for index, text in _CLEAN:
        yield Plant("none", text, index, partial(_told, text=text))
    for index, text in enumerate(_UNKNOWING):
        yield Plant("none", text, index, partial(_unknowing, text=text))


def _unknowing(s: Story, text: str) -> Story:
    told = text.replace("{A}", s.tale.a).replace("{secret}", s.tale.secret)
    learns = f"{s.tale.a} learns that {s.tale.secret}."
    return s.with_shot(3, world_before=told).with_shot(12, world_after=learns)


__all__ = ["decoys", "fresh", "last", "last_decoys", "unseen"]
