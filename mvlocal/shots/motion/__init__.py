"""Generated motion: from a still to the frames of its shot."""
