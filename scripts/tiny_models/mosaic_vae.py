"""An AutoencoderKL whose weights are set by hand: it encodes tiles of 8x8 pixels as their mean colours, and back.

It is trained on nothing. Decoding is exact for what it can hold: a picture of even tiles comes back as it was, and
latents that are decoded and encoded again are the same. Networks that work in its latents see mosaics.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKL

CHANNELS = 8
_LEVELS = 4
_LOUD = 64.0
"""Two channels of plus and minus this much make every other one small beside them, so that norms become linear."""
_LINEAR = 20.0
"""Where SiLU is the identity plus this, to 4e-8."""
_TO_LATENT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1 / 3, 1 / 3, 1 / 3))
"""Latents are red, green, blue and grey, in [-1, 1] before scaling."""


def mosaic_vae() -> AutoencoderKL:
    """The autoencoder; four levels as in SDXL's, so that each side of a picture is eight times its latents'."""
    torch.manual_seed(0)
    vae = AutoencoderKL(
        block_out_channels=(CHANNELS,) * _LEVELS,
        down_block_types=("DownEncoderBlock2D",) * _LEVELS,
        up_block_types=("UpDecoderBlock2D",) * _LEVELS,
        layers_per_block=1,
        norm_num_groups=1,
        latent_channels=4,
        sample_size=128,
        scaling_factor=2.0,
        force_upcast=True,
    )
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            silent = ".conv2." in name or ".to_out." in name
            if silent or "conv_in" in name or "conv_out" in name or "sampler" in name or "quant_conv" in name:
                parameter.zero_()  # a block whose last layer is silent passes on what it was given
        _set_encoder(vae)
        _set_decoder(vae)
    return vae.eval()


def _set_encoder(vae: AutoencoderKL) -> None:
    encoder: Any = vae.encoder
    for colour in range(3):
        encoder.conv_in.weight[colour, colour, 1, 1] = 1.0
    _add_loud(encoder.conv_in)
    for block in encoder.down_blocks:
        for sampler in block.downsamplers or ():
            for channel in range(CHANNELS):
                sampler.conv.weight[channel, channel, :2, :2] = 0.25
    _make_linear(encoder.conv_norm_out)
    for latent, mix in enumerate(_TO_LATENT):
        for colour, share in enumerate(mix):
            encoder.conv_out.weight[latent, colour, 1, 1] = share
        encoder.conv_out.weight[latent, 5, 1, 1] = -1.0  # an empty channel: what the norm's mean did to each
    quant: Any = vae.quant_conv
    for channel in range(4):
        quant.weight[channel, channel, 0, 0] = 1.0
    quant.bias[4:] = -30.0  # no spread: encoding has no chance in it


def _set_decoder(vae: AutoencoderKL) -> None:
    decoder: Any = vae.decoder
    post: Any = vae.post_quant_conv
    for channel in range(4):
        post.weight[channel, channel, 0, 0] = 1.0
    for colour in range(3):
        decoder.conv_in.weight[colour, colour, 1, 1] = 1.0
    _add_loud(decoder.conv_in)
    for block in decoder.up_blocks:
        for sampler in block.upsamplers or ():
            for channel in range(CHANNELS):
                sampler.conv.weight[channel, channel, 1, 1] = 1.0
    _make_linear(decoder.conv_norm_out)
    for colour in range(3):
        decoder.conv_out.weight[colour, colour, 1, 1] = 1.0
        decoder.conv_out.weight[colour, 5, 1, 1] = -1.0


def _add_loud(convolution: Any) -> None:
    convolution.bias[3], convolution.bias[4] = _LOUD, -_LOUD


def _make_linear(norm: Any) -> None:
    """The norm divides by the spread of all channels, which the two loud ones decide; its weight undoes that."""
    norm.weight.fill_(_LOUD * (2 / CHANNELS) ** 0.5)
    norm.bias.fill_(_LINEAR)
