"""Generated stills: prompts, candidates, the choice among them."""
