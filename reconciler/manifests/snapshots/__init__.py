"""Snapshots: a live state in one file. Reading and checking one, what it means, and writing one."""
