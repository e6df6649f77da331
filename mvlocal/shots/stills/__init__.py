"""Generated stills: candidates of every shot."""
