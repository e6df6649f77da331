"""What every page that mvlocal writes has in common. It does not know what a page tells."""
