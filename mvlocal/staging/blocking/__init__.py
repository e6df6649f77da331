"""From a planned shot to a staged one: who stands where and does what, with which things.

It knows the words of the plan and the lyrics, but no pixels.
"""
