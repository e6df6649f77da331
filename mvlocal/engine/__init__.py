"""The engine: content-addressed tasks, a crash-safe store, a scheduler and executors.

It knows no word of music or video.
"""
