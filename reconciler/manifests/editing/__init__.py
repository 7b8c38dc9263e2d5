"""Editing: YAML that people wrote is formatted and added to, and keeps their comments and lines."""
