"""The edit: from clips and song to a finished master."""
