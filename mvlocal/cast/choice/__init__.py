"""Choosing among the checkpoints of a training: the tasks that look at samples, and the page that shows why."""
