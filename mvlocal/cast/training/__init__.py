"""Training a LoRA of a person: crops, order, checkpoints, log and plot, and the stage that runs it."""
