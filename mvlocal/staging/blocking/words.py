"""Reads one sentence or lyric line for what somebody does in it and which things it names.

It does not know characters or shots: who does it is said as the words say it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from mvlocal.staging.blocking.lexicon import MISLEADING, Index, Lexicon, Phrase, lexicon

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W\d_]+)*['\u2019]?|[,.;:!?\u2026()\u2014\u2013]")
_ENDINGS = ("'s", "'m", "'re", "'ve", "'ll", "'d")
_BREAKS = frozenset(",.;:!?\u2026()\u2014\u2013")
_SKIPPED = frozenset({
    "am", "is", "are", "was", "were", "be", "been", "will", "would", "can", "could", "shall", "should", "must", "may",
    "might", "gonna", "wanna", "gotta", "do", "does", "did", "have", "has", "had", "just", "still", "always", "never",
    "only", "slowly", "softly", "gently", "quietly", "quickly", "really", "ever", "then", "now", "to", "so", "all",
    "come", "comes", "came", "go", "goes", "went", "start", "starts", "started", "keep", "keeps", "kept", "begin",
    "begins", "not", "don't", "about", "keeping", "used", "like", "half", "slightly", "once", "again",
})  # fmt: skip
_PREPOSITIONS = frozenset({
    "in", "on", "at", "by", "with", "under", "over", "through", "into", "from", "of", "beside", "behind", "between",
    "along", "around", "past", "toward", "towards", "near", "like", "for", "against", "without", "before", "after",
})  # fmt: skip
_LETS = frozenset({"let", "lets", "make", "makes", "made", "watch", "see", "saw", "hear", "heard", "help", "felt"})
_NOUNS_THAT_SHOW = frozenset({"dance", "kiss", "hug", "waltz", "embrace"})
_SURE = 2
"""How many more of its small words another language must show before a line is taken to be in it."""
_NEGATION_REACH = 4
_GAP_WORDS = 3


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done. `who`: first, other, both, third, a name given by the caller, or empty where nobody is named;
    `words`: as they stand; `at`: which word; `weight`: how exact the phrase is."""

    action: str
    who: str
    words: str
    at: int
    weight: int


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A thing that the text names. `owner`: whose, as `Deed.who`, where it says so; `handled`: somebody has it in hand;
    `laid`: it lies, stands or hangs on something; `words`: with the adjective before it."""

    thing: str
    owner: str
    words: str
    at: int
    handled: bool
    laid: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A text read."""

    deeds: tuple[Deed, ...]
    things: tuple[NamedThing, ...]


@lru_cache(maxsize=4096)
def tokens_of(text: str) -> tuple[str, ...]:
    """Lower-case words and the marks between clauses; `walkin'` is walking, `I'm` is i."""
    return tuple(token for token, _ in _tokens_as_written(text))


def _tokens_as_written(text: str) -> list[tuple[str, str]]:
    """Each token with the word it was made from."""
    found: list[tuple[str, str]] = []
    for written in _WORD.findall(text.replace("\u2019", "'")):
        word = written.lower()
        if word.endswith("in'") and len(word) > 5:
            word = word[:-1] + "g"
        for ending in _ENDINGS:
            word = word.removesuffix(ending)
        word = word.strip("'") if not word.endswith("n't") else word
        if word:
            found.append((word, written))
    return found


@lru_cache(maxsize=8192)
def lemmas_of(word: str) -> frozenset[str]:
    """The dictionary forms that `word` may have, itself among them: regular endings undone, irregular ones looked up.

    Forms that are no words do no harm: nothing in the lexicon answers to them.
    """
    found = {word} | lexicon().irregular.get(word, frozenset())
    for ending, others in (("ies", ("y", "ie")), ("ied", ("y",)), ("ying", ("ie",)), ("es", ("", "e")), ("s", ("",)),
                           ("ed", ("", "e")), ("ing", ("", "e")), ("ves", ("f", "fe"))):  # fmt: skip
        base = word.removesuffix(ending)
        if base != word and len(base) >= 2 and not word.endswith("ss"):
            found |= {base + other for other in others}
            if ending in ("ed", "ing") and len(base) > 3 and base[-1] == base[-2]:
                found.add(base[:-1])
    return frozenset(form for form in found if len(form) > 2 or form == word or form in ("go", "do", "be"))


def language_of(text: str, told: str | None) -> str:
    """Which of the languages with words here `text` is in; empty: none of them. `told`: what the song's map says."""
    known = lexicon().tongues
    if told is not None and told[:2] in known:
        own = told[:2]
    elif told:
        return ""
    else:
        own = "en"
    words = set(tokens_of(text))
    letters = [c for c in text if c.isalpha()]
    if letters and sum(c < "\u0250" for c in letters) < 0.7 * len(letters):
        return ""
    counts = {name: len(words & tongue.known_by) for name, tongue in known.items()}
    best = max(counts.values())
    return own if counts[own] > best - _SURE else next(name for name in known if counts[name] == best)


@lru_cache(maxsize=4096)
def read_text(text: str, language: str = "en", names: tuple[tuple[str, str], ...] = ()) -> Told:
    """What `text` says. `names`: (words of a name, who that is), which count as subjects beside pronouns."""
    tongue = lexicon().tongues.get(language)
    if tongue is None:
        return Told((), ())
    pairs = _tokens_as_written(text)
    tokens = tuple(token for token, _ in pairs)
    lemmas = tuple(lemmas_of(token) if language == "en" else frozenset({token}) for token in tokens)
    written = tuple(word for _, word in pairs)
    sentence = _Sentence(tokens, written, lemmas, _subjects(tokens, names), language == "en", lexicon())
    deeds = tuple(_deeds(sentence, tongue.actions))
    return Told(deeds, tuple(_things(sentence, tongue.things)))


@dataclass(frozen=True, slots=True)
class _Sentence:
    tokens: tuple[str, ...]
    written: tuple[str, ...]
    lemmas: tuple[frozenset[str], ...]
    subjects: dict[int, str]
    english: bool
    words: Lexicon

    def subject(self, at: int) -> str:
        """Who is named last before `at`; two joined by `and` are both."""
        before = [n for n in self.subjects if n < at]
        if not before:
            return ""
        last = max(before)
        if len(before) > 1 and "and" in self.tokens[sorted(before)[-2] + 1 : last]:
            other = self.subjects[sorted(before)[-2]]
            joined = last - sorted(before)[-2] <= 5 and other != self.subjects[last]
            if joined and not any(token in _BREAKS for token in self.tokens[sorted(before)[-2] : last]):
                return "both"
        return self.subjects[last]

    def quoted(self, start: int, end: int) -> str:
        """The words as they stand."""
        return " ".join(self.written[start:end])

    def clause(self, at: int) -> int:
        """Where the clause of the word at `at` begins."""
        return next((n + 1 for n in range(at - 1, -1, -1) if self.tokens[n] in _BREAKS), 0)

    def denied(self, at: int) -> bool:
        """Whether an odd number of negations stands before `at` in its clause."""
        count = 0
        for n in range(at - 1, max(-1, at - 1 - _NEGATION_REACH), -1):
            if self.tokens[n] in _BREAKS:
                break
            after = self.tokens[n + 1] if n + 1 < len(self.tokens) else ""
            count += not self.words.negations.isdisjoint(self.lemmas[n] | {self.tokens[n]}) and (
                after not in self.words.not_after
            )
        return count % 2 == 1


def _subjects(tokens: tuple[str, ...], names: tuple[tuple[str, str], ...]) -> dict[int, str]:
    found: dict[int, str] = {}
    for n, token in enumerate(tokens):
        who = lexicon().subjects.get(token) or _person(token)
        if who is not None:
            found[n] = who
    for name, who in names:
        words = tokens_of(name)
        for n in range(len(tokens) - len(words) + 1):
            if words and tokens[n : n + len(words)] == words:
                found[n + len(words) - 1] = who
    return found


def _person(token: str) -> str | None:
    """A noun for somebody is `third` like she and they."""
    return "third" if any(token in words for words in lexicon().people.values()) else None


def _deeds(sentence: _Sentence, index: Index) -> list[Deed]:
    found: list[Deed] = []
    n = 0
    while n < len(sentence.tokens):
        end, phrase = _longest(sentence, index, n)
        if phrase is None:
            n += 1
            continue
        if phrase.means != MISLEADING and _is_done(sentence, n, phrase):
            words = sentence.quoted(n, end)
            found.append(Deed(phrase.means, sentence.subject(n), words, n, phrase.weight))
        n = max(end, n + 1) if phrase.weight > 1 else n + 1
    return found


def _longest(sentence: _Sentence, index: Index, at: int) -> tuple[int, Phrase | None]:
    best: tuple[int, Phrase | None] = at, None
    for lemma in sorted(sentence.lemmas[at]):
        for phrase in index.get(lemma, ()):
            better = best[1] is None or (phrase.weight, phrase.means == MISLEADING) > (
                best[1].weight, best[1].means == MISLEADING,
            )  # fmt: skip
            if better and (end := _match(phrase.parts, sentence, at)) is not None:
                best = end, phrase
    return best


def _match(parts: tuple[frozenset[str], ...], sentence: _Sentence, n: int) -> int | None:
    """The index after the phrase where it stands at `n`; a gap does not cross a mark."""
    if not parts:
        return n
    if "~" in parts[0]:
        for k in range(n, min(n + _GAP_WORDS, len(sentence.tokens)) + 1):
            if k > n and sentence.tokens[k - 1] in _BREAKS:
                return None
            end = _match(parts[1:], sentence, k)
            if end is not None:
                return end
        return None
    if n >= len(sentence.tokens) or ("_" not in parts[0] and parts[0].isdisjoint(sentence.lemmas[n])):
        return None
    return _match(parts[1:], sentence, n + 1)


def _is_done(sentence: _Sentence, at: int, phrase: Phrase) -> bool:
    """Whether the words at `at` are a deed: not denied, no noun, and not done by a thing."""
    if sentence.denied(at):
        return False
    if not sentence.english:
        return True
    if phrase.weight == 1 and not sentence.lemmas[at] & _NOUNS_THAT_SHOW and _is_noun(sentence, at):
        return False
    return not _done_by_thing(sentence, at)


def _is_noun(sentence: _Sentence, at: int) -> bool:
    token = sentence.tokens[at]
    before = sentence.tokens[at - 1] if at else ""
    if before in ("her", "his") and at > 1 and sentence.tokens[at - 2] in _LETS:
        return False
    if before in sentence.words.determiners or before in ("of", "more"):
        return True
    nounish = bool(sentence.lemmas[at] & sentence.words.noun_too)
    if nounish and token.endswith("s") and token not in sentence.words.noun_too:
        return not any(n < at for n in sentence.subjects) or before in _PREPOSITIONS
    if nounish and at > 1 and sentence.tokens[at - 2] in sentence.words.determiners:
        return before not in sentence.words.still_subjects and at - 1 not in sentence.subjects
    return nounish and before in _PREPOSITIONS and not token.endswith("ing")


def _done_by_thing(sentence: _Sentence, at: int) -> bool:
    """`The rain is falling`, `coat flying`, but not `in the rain, falling` or `dancing in the rain`."""
    n = at - 1
    while n >= 0 and sentence.tokens[n] in _SKIPPED:
        n -= 1
    first = sentence.clause(at)
    if n < first or n in sentence.subjects:
        return False
    hanging = sentence.tokens[at].endswith("ing") and n == at - 1
    if hanging and sentence.tokens[first] in _PREPOSITIONS:
        return False
    known = not sentence.lemmas[n].isdisjoint(sentence.words.still_subjects | _thing_words())
    if hanging and not known:
        named = any(k in sentence.subjects for k in range(first, at))
        return not named and (first > 0 or sentence.tokens[first] in sentence.words.determiners)
    return known


_HANDLING = frozenset({
    "hold", "carry", "lift", "raise", "take", "grab", "clutch", "read", "open", "fold", "wind", "light", "bring",
    "with", "swing", "throw", "drop", "drink", "keep", "turn", "shake", "wear", "play", "grip", "tear", "break",
    "put", "press", "hand", "pick", "tie", "strike", "smell", "count", "empty", "give", "show", "crumple", "unfold",
    "sip", "strum", "catch", "pull", "drag", "shoulder", "twist", "fly", "wave", "send", "write",
})  # fmt: skip
_LAID = frozenset({"on", "upon", "onto", "lies", "stands", "hangs", "waits", "laid", "left", "in", "under", "against",
                   "by", "beside"})  # fmt: skip
_HANDLING_REACH = 5


@cache
def _thing_words() -> frozenset[str]:
    phrases = [phrase for group in lexicon().tongues["en"].things.values() for phrase in group]
    return frozenset(word for phrase in phrases if phrase.weight == 1 for word in phrase.parts[0])


def _things(sentence: _Sentence, index: Index) -> list[NamedThing]:
    found: list[NamedThing] = []
    n = 0
    while n < len(sentence.tokens):
        end, phrase = _longest(sentence, index, n)
        if phrase is None or sentence.denied(n) or (sentence.english and not _names(sentence, n, phrase)):
            n += 1
            continue
        found.append(_named(sentence, n, end, phrase.means))
        n = end
    return found


def _names(sentence: _Sentence, at: int, phrase: Phrase) -> bool:
    """A word that may be a verb names a thing only behind an article or the like."""
    token = sentence.tokens[at]
    if phrase.weight > 1 or (sentence.lemmas[at].isdisjoint(sentence.words.verbs_too)):
        return True
    if token.endswith("s") and not token.endswith("ss"):
        before = sentence.tokens[at - 1] if at else ","
        return before in sentence.words.determiners or before in _PREPOSITIONS | _BREAKS | {"and", "or"}
    if token.endswith(("ing", "ed")) and token not in sentence.words.verbs_too:
        return False
    return any(word in sentence.words.determiners for word in sentence.tokens[max(0, at - 3) : at])


def _named(sentence: _Sentence, at: int, end: int, thing: str) -> NamedThing:
    start = max(0, at - _HANDLING_REACH)
    for n in range(at - 1, start - 1, -1):
        if sentence.tokens[n] in _BREAKS:
            start = n + 1
            break
    before = sentence.tokens[start:at]
    handled = any(_HANDLING & sentence.lemmas[n] for n in range(start, at))
    owner = {"my": "first", "your": "other", "our": "both", "his": "third", "her": "third", "their": "third"}
    whose = next((owner[word] for word in before[-2:] if word in owner), "")
    whose = sentence.subject(at) or whose if whose == "third" else whose
    laid = bool(before[-2:]) and any(word in _LAID for word in before[-2:])
    after = sentence.tokens[end : end + 2]
    laid = (
        laid
        or (bool(after) and after[0] in _LAID and after[0] not in ("in", "by"))
        or (len(after) > 1 and after[0] in ("is", "are", "lies") and after[1] in _LAID)
    )
    words = sentence.quoted(max(start, at - 1), end)
    return NamedThing(thing, whose or sentence.subject(at), words, at, handled or bool(whose), laid)
