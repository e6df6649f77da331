"""The report of a render: what was made, how well it keeps to the song, and what it was made with."""
