"""The choice among a shot's candidates."""
