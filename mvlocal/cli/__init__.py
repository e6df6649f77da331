"""The command line: the only room that prints. It knows no stage's inside."""
