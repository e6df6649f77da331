"""LoRA files: kohya's layout and diffusers', both ways without loss, with names that others use; what is refused."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from weights_support import safetensors_bytes

from mvlocal.backends.lora_layouts import (
    LoraLayers,
    LoraModule,
    diffusers_to_layers,
    kohya_to_layers,
    layers_to_diffusers,
    layers_to_kohya,
    read_lora,
    save_diffusers,
    save_kohya,
)
from mvlocal.backends.lora_names import kohya_to_name, name_to_kohya
from mvlocal.errors import InputError

SDXL: dict[str, Any] = {
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048,
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
"""SDXL's UNet in full size."""


@pytest.fixture(scope="module")
def unet() -> UNet2DConditionModel:
    """The full network without any memory."""
    with torch.device("meta"):
        return UNet2DConditionModel(**SDXL)


def trainable(unet: UNet2DConditionModel) -> list[str]:
    """Every layer that trainers put LoRAs on: linear ones, and convolutions."""
    kinds = (torch.nn.Linear, torch.nn.Conv2d)
    return [f"unet.{name}" for name, module in unet.named_modules() if isinstance(module, kinds)]


def small_layers() -> LoraLayers:
    """Layers of different ranks and alphas, a convolution and both text encoders among them."""
    torch.manual_seed(0)
    names = {
        "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q": (2, 2.0),
        "unet.up_blocks.0.attentions.2.transformer_blocks.9.attn2.to_out.0": (4, 1.0),
        "unet.mid_block.attentions.0.proj_in": (2, 0.5),
        "text_encoder.text_model.encoder.layers.3.self_attn.q_proj": (2, 2.0),
        "text_encoder_2.text_model.encoder.layers.31.mlp.fc1": (3, 8.0),
    }
    found = {name: LoraModule(torch.randn(r, 6), torch.randn(5, r), alpha) for name, (r, alpha) in names.items()}
    found["unet.up_blocks.1.resnets.1.conv1"] = LoraModule(torch.randn(2, 6, 3, 3), torch.randn(5, 2, 1, 1), 2.0)
    return LoraLayers(found)


def assert_same(one: LoraLayers, other: LoraLayers) -> None:
    assert one.modules.keys() == other.modules.keys()
    for name, module in one.modules.items():
        assert torch.equal(module.down, other.modules[name].down)
        assert torch.equal(module.up, other.modules[name].up)
        assert module.alpha == other.modules[name].alpha


def test_every_layer_of_sdxl_has_a_name_of_its_own_and_back(unet: UNet2DConditionModel) -> None:
    names = trainable(unet)
    kohya = [name_to_kohya(name) for name in names]
    assert len(names) > 700
    assert len(set(kohya)) == len(names)
    assert [kohya_to_name(name) for name in kohya] == names


def test_the_names_are_those_that_diffusers_reads(unet: UNet2DConditionModel) -> None:
    attention = [name for name in trainable(unet) if ".attn" in name or ".ff." in name or ".proj_" in name]
    layers = LoraLayers({name: LoraModule(torch.ones(1, 2), torch.ones(2, 1), 1.0) for name in attention})
    read, _alphas = StableDiffusionXLPipeline.lora_state_dict(layers_to_kohya(layers), unet_config=unet.config)
    # For attention the library has a way of its own to write names: `attn1.processor.to_out_lora.down.weight`.
    own = (re.sub(r"\.processor\.(to_\w+?)_lora\..*", r".\1", name).partition(".lora")[0] for name in read)
    theirs = {f"{name}.0" if name.endswith("to_out") else name for name in own}
    assert theirs == set(attention)


def test_layers_by_diffusers_names_with_underscores_are_understood() -> None:
    name = "lora_unet_down_blocks_2_attentions_1_transformer_blocks_7_ff_net_0_proj"
    assert kohya_to_name(name) == "unet.down_blocks.2.attentions.1.transformer_blocks.7.ff.net.0.proj"
    assert kohya_to_name("lora_unet_mid_block_resnets_1_conv2") == "unet.mid_block.resnets.1.conv2"


def test_layouts_convert_both_ways_without_loss(tmp_path: Path) -> None:
    layers = small_layers()
    assert_same(kohya_to_layers(layers_to_kohya(layers)), layers)
    assert_same(diffusers_to_layers(*layers_to_diffusers(layers)), layers)
    save_kohya(tmp_path / "a.safetensors", layers, {"ss_output_name": "a"})
    save_diffusers(tmp_path / "b.safetensors", read_lora(tmp_path / "a.safetensors").layers, {})
    found = read_lora(tmp_path / "b.safetensors")
    assert (found.layout, found.ranks) == ("diffusers", (2, 3, 4))
    save_kohya(tmp_path / "c.safetensors", found.layers, {"ss_output_name": "a"})
    assert (tmp_path / "c.safetensors").read_bytes() == (tmp_path / "a.safetensors").read_bytes()
    assert read_lora(tmp_path / "c.safetensors").metadata["ss_output_name"] == "a"


def test_the_hash_is_of_the_tensors_alone(tmp_path: Path) -> None:
    hashes: set[str] = set()
    for name in ("one", "another"):
        path = tmp_path / f"{name}.safetensors"
        save_kohya(path, small_layers(), {"ss_output_name": name})
        data = path.read_bytes()
        content = data[8 + int.from_bytes(data[:8], "little") :]
        said = read_lora(path).metadata["modelspec.hash_sha256"]
        assert said == f"0x{hashlib.sha256(content).hexdigest()}"
        hashes.add(said)
    assert len(hashes) == 1


def test_both_layouts_change_a_network_alike(tmp_path: Path) -> None:
    config = SDXL | {"block_out_channels": (32, 64, 64), "transformer_layers_per_block": 1, "norm_num_groups": 8}
    config |= {"attention_head_dim": (2, 4, 4), "cross_attention_dim": 16, "addition_time_embed_dim": 8}
    config |= {"projection_class_embeddings_input_dim": 6 * 8 + 8}
    torch.manual_seed(1)
    network = UNet2DConditionModel(**config).eval()
    names = [name for name in trainable(network) if name.endswith(("to_q", "to_v", "to_out.0", "proj_in", "ff.net.2"))]
    parts: dict[str, LoraModule] = {}
    for number, name in enumerate(names):
        layer: Any = network.get_submodule(name.removeprefix("unet."))
        rank = 2 + number % 2
        parts[name] = LoraModule(torch.randn(rank, layer.in_features), torch.randn(layer.out_features, rank) / 8, 1.5)
    save_kohya(tmp_path / "kohya.safetensors", LoraLayers(parts), {})
    save_diffusers(tmp_path / "diffusers.safetensors", LoraLayers(parts), {})
    noise, words = torch.randn(1, 4, 16, 16), torch.randn(1, 7, 16)
    more = {"text_embeds": torch.randn(1, 8), "time_ids": torch.ones(1, 6)}

    def say() -> torch.Tensor:
        with torch.inference_mode():
            return network(noise, torch.tensor([500]), words, added_cond_kwargs=more).sample

    plain = say()
    said: list[torch.Tensor] = []
    for layout in ("kohya", "diffusers"):
        state, alphas, metadata = StableDiffusionXLPipeline.lora_state_dict(
            str(tmp_path), weight_name=f"{layout}.safetensors", unet_config=network.config, return_lora_metadata=True,
            local_files_only=True,
        )  # fmt: skip
        StableDiffusionXLPipeline.load_lora_into_unet(state, alphas, network, adapter_name=layout, metadata=metadata)
        network.set_adapters([layout])
        said.append(say())
        network.delete_adapters([layout])
    assert torch.allclose(said[0], said[1], atol=1e-5)
    assert (said[0] - plain).abs().max() > 0.05


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", "earlier Stable Diffusion"),
        ("lora_unet_double_blocks_0_img_attn_qkv", "no layer"),
        ("lora_te_text_model_encoder_layers_0_self_attn_q_proj", "no layer"),
        ("unet.nothing.to_q", "one of its two|plain LoRA"),
    ],
)
def test_a_lora_for_another_model_is_refused(name: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({f"{name}.lora_down.weight": torch.ones(2, 4), f"{name}.lora_up.weight": torch.ones(4, 2)}, path)
    with pytest.raises(InputError, match=why) as caught:
        read_lora(path)
    assert str(path) in caught.value.where
    assert "SDXL" in caught.value.mend


def test_files_that_are_no_whole_lora_are_refused(tmp_path: Path) -> None:
    good = tmp_path / "good.safetensors"
    save_kohya(good, small_layers(), {})
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(good.read_bytes()[:-20])
    (tmp_path / "other.safetensors").write_bytes(safetensors_bytes())
    (tmp_path / "pickled.safetensors").write_bytes(b"PK\x03\x04" + bytes(100))
    (tmp_path / "pickled.pt").write_bytes(b"\x80\x02" + bytes(100))
    half = load_file(str(good))
    stem = next(name for name in half if name.endswith("lora_up.weight"))
    del half[stem]
    save_file(half, tmp_path / "half.safetensors")
    for name in ("cut.safetensors", "other.safetensors", "pickled.safetensors", "pickled.pt", "half.safetensors",
                 "missing.safetensors"):  # fmt: skip
        with pytest.raises(InputError):
            read_lora(tmp_path / name)


def test_metadata_of_strangers_does_no_harm(tmp_path: Path) -> None:
    layers = small_layers()
    tensors, _ = layers_to_diffusers(layers)
    for number, said in enumerate(
        ("[]", "{", json.dumps({"unet.alpha_pattern": 3}), json.dumps({"unet.lora_alpha": "x"}))
    ):
        path = tmp_path / f"{number}.safetensors"
        save_file(tensors, path, {"lora_adapter_metadata": said})
        with pytest.raises(InputError):
            read_lora(path)
