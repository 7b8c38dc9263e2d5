"""Parsing: files as YAML, and YAML as plain data with the position of everything in it."""
