"""A staged shot drawn for generators: pose, depth, lines and masks. It knows nothing of the models that read them."""

from mvlocal.staging.guides.guides import Guides, draw_guides

__all__ = ["Guides", "draw_guides"]
