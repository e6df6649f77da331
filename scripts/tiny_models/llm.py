"""A language model small enough for tests: llama's architecture, byte tokens, random weights.

It does not know what is asked of the model, which under a grammar returns the right shape and no sense.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

_EMBEDDING = 64
_FEED_FORWARD = 128
_LAYERS = 2
_HEADS = 4
_CONTEXT = 32768
_SEED = 4


def make(models: Path) -> list[Path]:
    """Writes `models`/llm/tiny.gguf (about half a megabyte, the same bytes each time) and returns its path."""
    path = models / "llm" / "tiny.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    _describe(writer)
    _add_vocabulary(writer)
    _add_weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return [path]


def _describe(writer: gguf.GGUFWriter) -> None:
    writer.add_name("tiny")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_EMBEDDING)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_EMBEDDING // _HEADS)


def _add_vocabulary(writer: gguf.GGUFWriter) -> None:
    """Unknown, begin, end, and one token a byte."""
    control = [b"<unk>", b"<s>", b"</s>"]
    tokens = [*control, *(f"<0x{byte:02X}>".encode() for byte in range(256))]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL, *[gguf.TokenType.BYTE] * 256]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)


def _add_weights(writer: gguf.GGUFWriter) -> None:
    random = np.random.default_rng(_SEED)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(f"{name}.weight", random.normal(0, shape[-1] ** -0.5, shape).astype(np.float32))

    def add_norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(_EMBEDDING, np.float32))

    add("token_embd", 259, _EMBEDDING)
    for n in range(_LAYERS):
        add_norm(f"blk.{n}.attn_norm")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{n}.{part}", _EMBEDDING, _EMBEDDING)
        add_norm(f"blk.{n}.ffn_norm")
        add(f"blk.{n}.ffn_gate", _FEED_FORWARD, _EMBEDDING)
        add(f"blk.{n}.ffn_up", _FEED_FORWARD, _EMBEDDING)
        add(f"blk.{n}.ffn_down", _EMBEDDING, _FEED_FORWARD)
    add_norm("output_norm")
    add("output", 259, _EMBEDDING)
