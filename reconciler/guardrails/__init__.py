"""Judging: a plan and both worlds become findings."""
