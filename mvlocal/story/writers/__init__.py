"""Writing a story with a language model: passes, replies that are checked, bounded repair.

It does not know which model writes; whoever can turn a prompt and a schema into JSON text will do.
"""
