"""SDXL: prompts encoded, stills generated. One module each for weights, words, schedules, adapters, loop and pixels."""
