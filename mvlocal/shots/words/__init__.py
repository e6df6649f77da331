"""The words of generated stills, as their models take them."""
