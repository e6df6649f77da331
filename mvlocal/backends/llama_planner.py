"""The `llama` planner: a GGUF model through llama.cpp, held to a grammar, the same text for the same seed.

It does not know what is asked. The chat template inside a GGUF is never read, let alone run: the prompt is wrapped in
one of the fixed forms here, and only their own parts may become control tokens; the prompt itself stays plain text.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mvlocal.backends.base import PlannedStory, PlanRequest, Progress
from mvlocal.backends.llama_grammar import schema_to_grammar
from mvlocal.backends.written_story import Manner, Minutes, commission_of, questions_of, write_with
from mvlocal.errors import ExhaustedError, MissingError, PlanError, SettingsError, UserError
from mvlocal.story.reading import clean
from mvlocal.weights import LockedWeights, check_weights

CHUNK_TOKENS = 512
"""Tokens read at once. What is kept of an earlier prompt ends at a multiple of this, so that a prompt is always read
in the same pieces, whatever was read before: the same numbers, and so the same text."""
_ERROR_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What stands around a prompt so that a tuned model takes it for a question to it."""

    before: str
    after: str


TEMPLATES: Mapping[str, Wrapping] = {
    "plain": Wrapping("", "\n\n"),
    "chatml": Wrapping("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"),
    "llama3": Wrapping(
        "<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "mistral": Wrapping("[INST] ", " [/INST]"),
}
"""Forms by family: ChatML (Qwen and others), Llama 3, Mistral. Source: the model cards of those families."""


@dataclass(frozen=True, slots=True)
class LlamaOptions:
    """How the model is run. `gpu_layers` -1 puts all of them on the GPU; `threads` 0 takes one a core."""

    context: int
    template: str
    temperature: float
    gpu_layers: int = 0
    threads: int = 0


class LlamaPlanner:
    """A `Planner` whose story a local model writes."""

    name = "llama"

    def __init__(self, weights: LockedWeights, manner: Manner, options: LlamaOptions) -> None:
        self._weights = weights
        self._manner = manner
        self._options = options

    def plan_story(self, request: PlanRequest, progress: Progress) -> PlannedStory:
        """Plans the whole song; the model is loaded once for all passes and let go at the end.

        Raises:
            PlanError: the model gave no usable reply, or the prompts are too long for it.
            MissingError: llama.cpp cannot load the model.
            UserError: the model is not what the lock says, is split, or was made for a shorter context.
            ExhaustedError: not enough memory for the model or its context.
        """
        progress(0.0, "checking the model")
        _require_whole(self._weights.path)
        check_weights(self._weights)
        job = commission_of(request, self._manner)
        minutes = Minutes(progress, questions_of(job))
        told = (self._weights.sha256, self._options.template, self._options.temperature)
        with open_llama(self._weights.path, self._options, minutes.beat) as writer:
            return write_with(writer, job, minutes, self._manner.memory, f"llama {told}")


class LlamaWriter:
    """A loaded model that writes JSON; it keeps what it read of the prompt before."""

    def __init__(self, model: Any, options: LlamaOptions, beat: Callable[[], None]) -> None:
        self._model = model
        self._options = options
        self._beat = beat
        self._before: list[int] = []
        self.tokens_read = 0
        """Prompt tokens evaluated so far; those taken over from an earlier prompt are not among them."""

    def write_json(self, prompt: str, schema: Mapping[str, Any], seed: int, max_tokens: int) -> str:
        """The reply's text; ends where the object does, or unfinished after `max_tokens`.

        Raises:
            PlanError: prompt and reply do not fit into the context.
        """
        tokens = self._tokens(prompt)
        needed = len(tokens) + max_tokens
        if needed > self._options.context:
            raise PlanError(
                f"the prompt has {len(tokens)} tokens and the reply may have {max_tokens}; the context holds "
                f"{self._options.context}",
                where="planner.context",
                mend=f"set planner.context to {_round_up(needed)} or more, or planner.max_tokens lower",
            )
        self._read(tokens)
        return self._write(tokens, schema_to_grammar(schema), seed, max_tokens)

    def _tokens(self, prompt: str) -> list[int]:
        wrapping = TEMPLATES[self._options.template]

        def tokens_of(text: str, *, first: bool = False, control: bool = False) -> list[int]:
            return self._model.tokenize(text.encode(), add_bos=first, special=control) if text or first else []

        head = tokens_of(wrapping.before, first=True, control=True)
        return [*head, *tokens_of(prompt), *tokens_of(wrapping.after, control=True)]

    def _read(self, tokens: list[int]) -> None:
        """Evaluates the prompt, but for what the one before had in common with it, in whole pieces."""
        model = self._model
        same = _common(self._before, tokens) if _forgets(model) else 0
        keep = min(same, len(tokens) - 1) // CHUNK_TOKENS * CHUNK_TOKENS
        self._before = tokens
        if keep == 0:
            model.reset()
        model.n_tokens = keep
        for start in range(keep, len(tokens), CHUNK_TOKENS):
            self._beat()
            model.eval(tokens[start : start + CHUNK_TOKENS])
        self.tokens_read += len(tokens) - keep

    def _write(self, tokens: list[int], grammar: str, seed: int, max_tokens: int) -> str:
        from llama_cpp import LlamaGrammar  # pyright: ignore[reportMissingImports]

        model = self._model
        model.set_seed(seed)
        held = LlamaGrammar.from_string(grammar, verbose=False)
        written = bytearray()
        end = _ObjectEnd()
        stream = model.generate(
            tokens, temp=self._options.temperature, top_k=40, top_p=0.95, min_p=0.05, grammar=held
        )  # fmt: skip
        for count, token in enumerate(stream, start=1):
            piece = model.detokenize([token])
            written += piece
            if end.passed(piece) or count >= max_tokens or token == model.token_eos():
                break
            if count % 16 == 0:
                self._beat()
        return written.decode("utf-8", errors="replace")


class _ObjectEnd:
    """Watches for the brace that closes the reply's object."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_text = False

    def passed(self, piece: bytes) -> bool:
        """Whether the object is closed. Strings of these grammars hold no escapes but in enums, which hold no quote."""
        for byte in piece:
            if byte == ord('"'):
                self._in_text = not self._in_text
            elif not self._in_text and byte in b"{}":
                self._depth += 1 if byte == ord("{") else -1
                if self._depth == 0:
                    return True
        return False


@contextmanager
def open_llama(path: Path, options: LlamaOptions, beat: Callable[[], None]) -> Generator[LlamaWriter]:
    """Loads a model, silently, and lets it go afterwards.

    Raises:
        MissingError: llama.cpp cannot load the file.
        SettingsError: a longer context than the model was made for.
        ExhaustedError: there is not enough memory for the context.
    """
    model = _load(path, options)
    try:
        _require_context(model, path, options.context)
        yield LlamaWriter(model, options, beat)
    finally:
        model.close()


def _load(path: Path, options: LlamaOptions) -> Any:
    from llama_cpp import Llama  # pyright: ignore[reportMissingImports]

    _, complaints = _silence()
    complaints.clear()

    class Plain(Llama):  # pyright: ignore[reportUntypedBaseClass]
        """A model without the template that its file brings: dropped before anything could compile it."""

        @property
        def metadata(self) -> dict[str, str]:
            return self._metadata

        @metadata.setter
        def metadata(self, found: dict[str, str]) -> None:
            self._metadata = {key: text for key, text in found.items() if not key.startswith("tokenizer.chat_template")}

    threads = options.threads or len(os.sched_getaffinity(0))
    try:
        return Plain(
            str(path),
            n_ctx=options.context,
            n_batch=CHUNK_TOKENS,
            n_ubatch=CHUNK_TOKENS,
            n_gpu_layers=options.gpu_layers,
            n_threads=threads,
            n_threads_batch=threads,
            swa_full=True,
            chat_format="llama-2",
            verbose=False,
        )
    except ValueError as error:
        if "context" in str(error) or "batch" in str(error):
            raise ExhaustedError(
                f"there is not enough memory for {path.name} with a context of {options.context} tokens",
                where="planner.context",
                mend="set a smaller planner.context or planner.gpu_layers, or take a smaller model",
            ) from error
        said = clean(complaints[0], 160) if complaints else "the file is damaged, or of a kind it does not know"
        raise MissingError(
            f"llama.cpp cannot load {path.name}: {said}",
            where=str(path),
            mend="fetch it again, or take another GGUF model; `mvlocal models verify` checks the file",
        ) from error


def _require_whole(path: Path) -> None:
    """llama.cpp would load the other parts of a split model unasked, and those were never compared with the lock."""
    if re.search(r"-\d{5}-of-\d{5}\.gguf$", path.name):
        raise UserError(
            f"{path.name} is one part of a model in several files, and only whole ones are loaded",
            where="planner.model",
            mend="join the parts: llama-gguf-split --merge FIRST-PART.gguf WHOLE.gguf",
        )


def _require_context(model: Any, path: Path, context: int) -> None:
    import llama_cpp  # pyright: ignore[reportMissingImports]

    made_for = int(llama_cpp.llama_model_n_ctx_train(model.model))
    if context > made_for:
        raise SettingsError(
            f"{path.name} was made for {made_for} tokens at once, not {context}",
            where="planner.context",
            mend=f"set planner.context to {made_for} or less, or take another model",
        )


def _forgets(model: Any) -> bool:
    """Whether the end of what was read can be taken back: not in models that keep one running state."""
    import llama_cpp  # pyright: ignore[reportMissingImports]

    running = llama_cpp.llama_model_is_recurrent(model.model) or llama_cpp.llama_model_is_hybrid(model.model)
    return not running


@cache
def _silence() -> tuple[object, deque[str]]:
    """llama.cpp's log goes nowhere from here on but for its last complaints; held, since llama.cpp calls it."""
    import llama_cpp  # pyright: ignore[reportMissingImports]

    complaints: deque[str] = deque(maxlen=4)

    def hear(level: int, text: bytes, user_data: object) -> None:
        del user_data
        if level == _ERROR_LEVEL:
            complaints.append(text.decode(errors="replace"))

    callback = llama_cpp.llama_log_callback(hear)
    llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
    return callback, complaints


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two prompts begin with in common."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _round_up(tokens: int) -> int:
    return -(-tokens // 1024) * 1024


def make(weights: LockedWeights, options: Mapping[str, Any], memory: Path | None = None) -> LlamaPlanner:
    """The backend; `options` are the planner's settings, `memory` a folder for replies."""
    held = LlamaOptions(
        context=options["context"],
        template=options["template"],
        temperature=options["temperature"],
        gpu_layers=options["gpu_layers"],
        threads=options["threads"],
    )
    return LlamaPlanner(weights, Manner.of(options, memory), held)
