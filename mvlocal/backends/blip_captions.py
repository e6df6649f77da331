"""What a photo shows, in one sentence, by BLIP. It does not know what becomes of the sentence.

Source: Li and others, "BLIP: Bootstrapping Language-Image Pre-training for Unified Vision-Language Understanding and
Generation" (2022); the model is asked without a prompt, and its beams have no chance in them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.loading import on_device
from mvlocal.backends.picture_inputs import prepare, read_picture_input
from mvlocal.backends.vision_folders import load_tokenizer, load_vision_model
from mvlocal.weights.folders import LockedFolder

_BEAMS, _LONGEST, _NO_REPEAT = 3, 40, 3
"""Beams, tokens of a sentence at the most, and the length of runs of tokens that are never said twice."""


class BlipCaptions:
    """A `PhotoDescriber`."""

    name = "blip"

    def __init__(self, folder: LockedFolder, hardware: Hardware) -> None:
        self._folder = folder
        self._hardware = hardware

    def describe(self, picture: NDArray[np.uint8]) -> str:
        """What a picture (H, W, 3) shows, as the model writes it; the same picture, the same words.

        Raises:
            UserError: the folder is not what the lock says, or holds another model.
        """
        import torch

        model = load_vision_model(self._folder, self._hardware, "BlipForConditionalGeneration")
        tokenizer = load_tokenizer(self._folder, "BertTokenizer")
        pixels = torch.from_numpy(prepare(picture, read_picture_input(self._folder.path)))[None]
        with on_device(self._hardware, model):
            written: Any = model.generate(
                pixel_values=pixels.to(model.device, model.dtype),
                do_sample=False,
                num_beams=_BEAMS,
                max_new_tokens=_LONGEST,
                no_repeat_ngram_size=_NO_REPEAT,
            )[0]
        asked = model.config.text_config
        marks = {asked.bos_token_id, asked.sep_token_id, asked.eos_token_id, asked.pad_token_id}
        words = [int(token) for token in written if int(token) not in marks]
        return str(tokenizer.decode(words, skip_special_tokens=True))


def make(folder: LockedFolder, hardware: Hardware) -> BlipCaptions:
    """The registry's factory."""
    return BlipCaptions(folder, hardware)
