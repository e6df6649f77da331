"""Where a video comes from: what is said of it in its tags, beside it, and under a signature."""
