"""Weights: where they lie, which there are, and that only those which match the lock are loaded.

It does not know what any model does. Only `fetch` uses the network.
"""

from mvlocal.weights.places import LockedWeights, find_weights, locked_weights, models_folder
from mvlocal.weights.sound import check_weights

__all__ = ["LockedWeights", "check_weights", "find_weights", "locked_weights", "models_folder"]
