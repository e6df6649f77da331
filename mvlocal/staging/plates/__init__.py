"""Places, one drawing function a kind. They know nothing of cameras, files or planes."""
