"""Training a LoRA for SDXL's UNet: cached latents and words, a short loop, checkpoints that survive, samples."""
