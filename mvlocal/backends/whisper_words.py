"""Hears words with Whisper: known lines are aligned (stable-ts), unknown ones written down. It decodes no files.

It does not know what the lyrics are for. No text is fetched, no ffmpeg is called: samples go in as arrays.

Source: Radford et al.: Robust speech recognition via large-scale weak supervision (2022); Jian: stable-ts.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import HeardLine, HeardWord
from mvlocal.backends.processor import ready_processor
from mvlocal.errors import UserError
from mvlocal.weights import LockedWeights

if TYPE_CHECKING:
    from whisper.model import Whisper

KLASS = "whisper.model.Whisper"
MODEL_RATE_HZ = 16_000
WINDOW_S = 30
TOKENS_AT_ONCE = 100
"""Tokens aligned in one pass: stable-ts's own choice, where the model's context has room for them."""
PLACED_SHARE = 0.5
"""A line counts as placed when at least this share of its words got a length."""

Samples = NDArray[np.float32]


class WhisperWords:
    """Whisper on one device, as a lyric aligner and as a transcriber. Decoding is greedy, so that it repeats.

    `language` is the song's where it is known: it stands in for None in the calls.
    """

    name = "whisper"

    def __init__(self, weights: LockedWeights, device: str, threads: int, language: str | None = None) -> None:
        self._song_language = language
        self._weights = weights
        self._device = device
        self._threads = threads
        self._model: Whisper | None = None

    def align_lyrics(
        self, samples: Samples, sample_rate_hz: int, lines: Sequence[str], language: str | None
    ) -> Sequence[HeardLine | None]:
        """Aligns `lines`, in song order, with mono `samples` (n,): one entry a line, None where no place was found.

        Times are in seconds of `samples`. `language` is a code such as `en`; None: the one that the model hears.

        Raises:
            UserError: a language that the model does not know, or weights that are not what the lock says.
        """
        with _known_warnings():
            from stable_whisper.alignment import align

        wanted = [" ".join(line.split()) for line in lines]
        if not any(wanted) or not len(samples):
            return [None] * len(lines)
        heard, model = to_model_rate(samples, sample_rate_hz), self._loaded()
        spoken = self._language(heard, language)
        with _known_warnings(), _inference():
            result: Any = align(
                model,
                heard,
                "\n".join(line for line in wanted if line),
                language=spoken,
                original_split=True,
                token_step=min(TOKENS_AT_ONCE, model.dims.n_text_ctx - 6),
                verbose=None,
                vad=False,
                ignore_compatibility=True,
            )
        if result is None:
            return [None] * len(lines)
        words = [HeardWord(*_word(word)) for segment in result.segments for word in segment.words]
        return words_to_lines(words, wanted, len(samples) / sample_rate_hz)

    def transcribe(
        self, samples: Samples, sample_rate_hz: int, language: str | None
    ) -> tuple[str, Sequence[HeardLine]]:
        """The language (a code such as `en`) and the lines sung in mono `samples` (n,), in song order.

        Raises:
            UserError: as `align_lyrics`.
        """
        with _known_warnings():
            from stable_whisper.whisper_word_level.original_whisper import transcribe_stable

        heard, model = to_model_rate(samples, sample_rate_hz), self._loaded()
        spoken = self._language(heard, language)
        with _known_warnings(), _inference():
            result: Any = transcribe_stable(
                model,
                heard,
                language=spoken,
                temperature=0.0,
                condition_on_previous_text=False,
                fp16=self._device != "cpu",
                verbose=None,
                vad=False,
                ignore_compatibility=True,
            )
        duration_s = len(samples) / sample_rate_hz
        lines = [
            line
            for segment in result.segments
            if (line := _line_of([HeardWord(*_word(word)) for word in segment.words], segment.text, duration_s))
        ]
        return spoken, sorted(lines, key=lambda line: line.start_s)

    def _loaded(self) -> Whisper:
        if self._model is None:
            self._model = _build(self._weights, self._device, self._threads)
        return self._model

    def _language(self, heard: Samples, language: str | None) -> str:
        """The language asked for, or the one heard in the loudest half minute."""
        from whisper.tokenizer import LANGUAGES

        model: Any = self._loaded()
        language = language or self._song_language
        if language is not None:
            if language not in LANGUAGES:
                raise UserError(
                    f"Whisper knows no language {language!r}",
                    where="song.language",
                    mend="write a code such as en, de, ja; or leave it empty: it is heard",
                )
            return language
        if not model.is_multilingual:
            return "en"
        from whisper.audio import log_mel_spectrogram, pad_or_trim

        mel = log_mel_spectrogram(pad_or_trim(loudest_window(heard)), model.dims.n_mels).to(model.device)
        with _known_warnings(), _inference():
            heard_in: Any = model.detect_language(mel)
        chances: dict[str, float] = heard_in[1]
        return max(sorted(chances), key=chances.__getitem__)


def to_model_rate(samples: Samples, sample_rate_hz: int) -> Samples:
    """Mono samples at 16 kHz."""
    if sample_rate_hz == MODEL_RATE_HZ:
        return np.ascontiguousarray(samples, np.float32)
    import soxr

    return np.ascontiguousarray(soxr.resample(samples, sample_rate_hz, MODEL_RATE_HZ), np.float32)


def loudest_window(samples: Samples) -> Samples:
    """The 30 s of `samples` (n,) at 16 kHz with the most energy, on whole seconds; all of a shorter song."""
    seconds = len(samples) // MODEL_RATE_HZ
    if seconds <= WINDOW_S:
        return samples
    power = np.square(samples[: seconds * MODEL_RATE_HZ].reshape(seconds, -1)).sum(axis=1, dtype=np.float64)
    first = int(np.argmax(np.convolve(power, np.ones(WINDOW_S), "valid")))
    return samples[first * MODEL_RATE_HZ : (first + WINDOW_S) * MODEL_RATE_HZ]


def words_to_lines(words: Sequence[HeardWord], lines: Sequence[str], duration_s: float) -> list[HeardLine | None]:
    """Gives aligned words (the text of all `lines`, in order) back to their lines, by their letters.

    One entry a line: None for an empty line, and for one of whose words fewer than half got a length.
    """
    left = list(words)
    found: list[HeardLine | None] = []
    for line in lines:
        letters, taken = len(_letters(line)), list[HeardWord]()
        while left and letters > 0:
            word = left.pop(0)
            letters -= len(_letters(word.text))
            taken.append(word)
        found.append(_line_of(taken, line, duration_s) if line else None)
    return found


def _letters(text: str) -> str:
    return "".join(text.split())


def _line_of(words: Sequence[HeardWord], text: str, duration_s: float) -> HeardLine | None:
    """A line around its placed words, inside the song; None when too few of them have a length."""
    placed = [word for word in words if word.end_s > word.start_s and word.start_s < duration_s]
    if not placed or len(placed) < PLACED_SHARE * len(words):
        return None
    inside = tuple(
        HeardWord(word.text, max(0.0, word.start_s), min(word.end_s, duration_s), word.confidence) for word in placed
    )
    sure = sum(word.confidence for word in placed) / len(words)  # a word without a place counts as not heard
    start_s, end_s = min(word.start_s for word in inside), max(word.end_s for word in inside)
    return HeardLine(
        " ".join(text.split()), start_s, end_s, min(1.0, sure), inside if len(placed) == len(words) else ()
    )


def _word(word: Any) -> tuple[str, float, float, float]:
    chance = float(word.probability) if word.probability is not None else 0.0
    return str(word.word).strip(), float(word.start), float(word.end), min(1.0, max(0.0, chance))


@contextmanager
def _inference() -> Generator[None]:
    import torch

    with torch.no_grad():
        yield


@contextmanager
def _known_warnings() -> Generator[None]:
    """What stable-ts warns of is in the result: lines and words that it could not place. Its own source warns too."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="invalid escape sequence")
        warnings.filterwarnings("ignore", message="unclosed file.*tiktoken", category=ResourceWarning)
        warnings.filterwarnings("ignore", message="Cannot clamp due to missing")
        warnings.filterwarnings("ignore", message=".*Result contains no text")
        warnings.filterwarnings("ignore", message=r".*(failed to align|Failed to align).*")
        yield


def _build(weights: LockedWeights, device: str, threads: int) -> Whisper:
    from whisper.model import ModelDimensions, Whisper

    from mvlocal.weights.load import read_model_state

    ready_processor(threads)
    state = read_model_state(weights, KLASS)
    model = Whisper(ModelDimensions(**state.kwargs))
    model.load_state_dict(dict(state.tensors))
    heads = state.metadata.get("alignment_heads")
    if heads:
        model.set_alignment_heads(heads.encode("ascii"))
    return model.to(device).eval()


def make(weights: LockedWeights, device: str, threads: int = 1, language: str | None = None) -> WhisperWords:
    """The registry's factory."""
    return WhisperWords(weights, device, threads, language)
