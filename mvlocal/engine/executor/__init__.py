"""Executors: where tasks run. They know nothing of keys, records or order."""
