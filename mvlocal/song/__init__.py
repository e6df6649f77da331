"""The song department: from sound and words to a SongMap. It decodes nothing and knows no model family."""
