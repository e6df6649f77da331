"""A staged shot as a film: layers, camera, light and weather, one frame after another. It knows no files."""
