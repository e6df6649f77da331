"""What users and models wrote, as quoted data in a prompt: nothing in it can close its block or open another.

It does not know what the data is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from mvlocal.story.reading import clean

_PLAIN = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "|": "¦", "\\": "/", '"': "”"})
"""Characters that fences, chat templates and JSON are made of, as others that only look like them."""


def quoted(text: str, limit: int = 300) -> str:
    """`text` as one line of printable characters, at most `limit`, without any that could be markup."""
    return clean(text, limit).translate(_PLAIN)


def data_block(name: str, lines: Iterable[str], limit: int = 1000) -> str:
    """A named block of quoted lines. Each line begins with `| `, so that none can be taken for the block's end."""
    body = [f"| {quoted(line, limit)}" for line in lines]
    return "\n".join([f"BEGIN {name}", *(body or ["| (nothing)"]), f"END {name}"])
