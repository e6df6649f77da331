from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mvlocal.backends import minilm_sentences
from mvlocal.errors import MissingError
from mvlocal.story.meaning import likeness

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "mara", "burned", "the", "house", "a", "dog", "barks", ".")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BertModel of random weights with a word list for a tokenizer, saved as a real one is."""
    path = tmp_path_factory.mktemp("sentences")
    (path / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    transformers.BertTokenizer(str(path / "vocab.txt")).save_pretrained(path)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    transformers.BertModel(config).save_pretrained(path)
    return path


def test_texts_become_unit_vectors_that_do_not_depend_on_their_company(folder: Path) -> None:
    model = minilm_sentences.make(str(folder))
    texts = ["Mara burned the house.", "a dog", "the dog barks . " * 100]
    vectors = model.embed(texts)
    assert vectors.shape == (3, 16)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.allclose(model.embed(texts[:1])[0], vectors[0], atol=1e-5)


def test_one_text_means_itself_and_less_another(folder: Path) -> None:
    model = minilm_sentences.make(str(folder))
    same = likeness(model, "Mara burned the house.", "Mara burned the house.")
    assert same == pytest.approx(1.0, abs=1e-5)
    assert likeness(model, "Mara burned the house.", "a dog barks") < same - 1e-3


def test_a_folder_without_a_model_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(MissingError, match="no sentence model here"):
        minilm_sentences.make(str(tmp_path))
    (tmp_path / "config.json").write_text((folder / "config.json").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(MissingError, match="does not load"):
        minilm_sentences.make(str(tmp_path))
