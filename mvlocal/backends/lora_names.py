"""What the layers of SDXL are called: by diffusers, and in kohya's LoRA files; from one to the other and back.

It knows no tensors.

Source: the names that Stability AI's own code gives to SDXL's modules, after which kohya's files call them.
"""

from __future__ import annotations

import re

SDXL_LAYERS_PER_BLOCK = 2
PARTS = {"lora_unet_": "unet.", "lora_te1_": "text_encoder.", "lora_te2_": "text_encoder_2."}
_LEAVES = {
    name.replace(".", "_"): name
    for name in (
        *(f"attn{n}.{end}" for n in (1, 2) for end in ("to_q", "to_k", "to_v", "to_out.0")),
        *("ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"),
        *(f"self_attn.{letter}_proj" for letter in ("q", "k", "v", "out")),
        *("mlp.fc1", "mlp.fc2"),
    )
}
_RESNET = {
    "conv1": "in_layers_2",
    "time_emb_proj": "emb_layers_1",
    "conv2": "out_layers_3",
    "conv_shortcut": "skip_connection",
}
_WHOLE = {
    "conv_in": "input_blocks_0_0",
    "time_embedding.linear_1": "time_embed_0",
    "time_embedding.linear_2": "time_embed_2",
    "add_embedding.linear_1": "label_emb_0_0",
    "add_embedding.linear_2": "label_emb_0_2",
    "conv_out": "out_2",
}


def name_to_kohya(name: str, layers_per_block: int = SDXL_LAYERS_PER_BLOCK) -> str:
    """What kohya's files call a layer: `lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q`.

    Raises:
        ValueError: SDXL has no such layer.
    """
    for theirs, ours in PARTS.items():
        if name.startswith(ours):
            path = name.removeprefix(ours)
            return theirs + (_unet_to_sgm(path, layers_per_block) if ours == "unet." else path.replace(".", "_"))
    raise ValueError(f"{name} is no layer of it")


def kohya_to_name(stem: str, layers_per_block: int = SDXL_LAYERS_PER_BLOCK) -> str:
    """The layer that a kohya file calls `stem`, be it by Stability AI's or by diffusers' names.

    Raises:
        ValueError: SDXL has no such layer.
    """
    for theirs, ours in PARTS.items():
        if stem.startswith(theirs):
            rest = stem.removeprefix(theirs)
            path = _sgm_to_unet(rest, layers_per_block) if ours == "unet." else _encoder_path(rest)
            return ours + path
    raise ValueError(f"{stem} is no layer of it")


def _unet_to_sgm(path: str, per_block: int) -> str:
    if path in _WHOLE:
        return _WHOLE[path]
    match = re.fullmatch(
        r"(down_blocks|up_blocks|mid_block)(?:\.(\d+))?\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)",
        path,
    )
    if match is None:
        raise ValueError(f"{path} is no layer of it")
    side, block, kind, number, rest = match[1], int(match[2] or 0), match[3], int(match[4]), match[5]
    if kind == "attentions" and (side, block) == ("down_blocks", 0) and per_block == SDXL_LAYERS_PER_BLOCK:
        raise ValueError(f"{path} is a layer of an earlier Stable Diffusion")
    inner = _RESNET.get(rest, "") if kind == "resnets" else rest.replace(".", "_")
    if kind == "resnets" and not inner:
        raise ValueError(f"{path} is no layer of it")
    if side == "mid_block":
        return f"middle_block_{1 if kind == 'attentions' else 2 * number}_{inner}"
    if kind == "downsamplers":
        return f"input_blocks_{(block + 1) * (per_block + 1)}_0_op"
    if kind == "upsamplers":
        return f"output_blocks_{block * (per_block + 1) + per_block}_2_conv"
    place = block * (per_block + 1) + number
    column = 1 if kind == "attentions" else 0
    return (
        f"input_blocks_{place + 1}_{column}_{inner}"
        if side == "down_blocks"
        else f"output_blocks_{place}_{column}_{inner}"
    )


def _sgm_to_unet(rest: str, per_block: int) -> str:
    whole = {theirs: ours for ours, theirs in _WHOLE.items()}
    if rest in whole:
        return whole[rest]
    if (match := re.fullmatch(r"(input|output)_blocks_(\d+)_(\d)_(.+)", rest)) is not None:
        return _numbered(match[1], int(match[2]), int(match[3]), match[4], per_block)
    if (match := re.fullmatch(r"middle_block_([012])_(.+)", rest)) is not None:
        place = int(match[1])
        own = (
            f"attentions.0.{_attention_path(match[2])}"
            if place == 1
            else f"resnets.{place // 2}.{_resnet_path(match[2])}"
        )
        return f"mid_block.{own}"
    return _underscored(rest, per_block)


def _numbered(side: str, place: int, column: int, inner: str, per_block: int) -> str:
    """The path of what Stability AI numbers through all blocks of a side."""
    place -= 1 if side == "input" else 0
    block, number = divmod(place, per_block + 1)
    name = f"{'down' if side == 'input' else 'up'}_blocks.{block}"
    if inner == "op":
        return f"{name}.downsamplers.0.conv"
    if inner == "conv" and side == "output":
        return f"{name}.upsamplers.0.conv"
    if column == 1:
        return f"{name}.attentions.{number}.{_attention_path(inner)}"
    return f"{name}.resnets.{number}.{_resnet_path(inner)}"


def _underscored(rest: str, per_block: int) -> str:
    """The path of a layer that is called by diffusers' name with underscores for dots."""
    match = re.fullmatch(r"(down_blocks_\d+|up_blocks_\d+|mid_block)_(attentions|resnets)_(\d+)_(.+)", rest)
    if match is None:
        raise ValueError(f"{rest} is no layer of it")
    block = match[1] if match[1] == "mid_block" else match[1].replace("blocks_", "blocks.")
    if match[2] == "attentions":
        path = f"{block}.attentions.{match[3]}.{_attention_path(match[4])}"
    elif match[4] in _RESNET:
        path = f"{block}.resnets.{match[3]}.{match[4]}"
    else:
        raise ValueError(f"{rest} is no layer of it")
    _unet_to_sgm(path, per_block)  # raises where SDXL has no such layer
    return path


def _attention_path(inner: str) -> str:
    match = re.fullmatch(r"(?:transformer_blocks_(\d+)_)?(.+)", inner)
    leaf = _LEAVES.get(match[2]) if match else None
    if match is None or leaf is None:
        raise ValueError(f"{inner} is no layer of it")
    return f"transformer_blocks.{match[1]}.{leaf}" if match[1] else leaf


def _resnet_path(inner: str) -> str:
    own = next((ours for ours, theirs in _RESNET.items() if theirs == inner), None)
    if own is None:
        raise ValueError(f"{inner} is no layer of it")
    return own


def _encoder_path(rest: str) -> str:
    match = re.fullmatch(r"text_model_encoder_layers_(\d+)_(.+)", rest)
    leaf = _LEAVES.get(match[2]) if match else None
    if match is None or leaf is None:
        raise ValueError(f"{rest} is no layer of it")
    return f"text_model.encoder.layers.{match[1]}.{leaf}"
