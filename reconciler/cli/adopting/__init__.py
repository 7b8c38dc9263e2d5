"""Putting exports and imports among the manifests that are there."""
