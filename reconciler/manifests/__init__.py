"""Manifests: from YAML text to the desired state, and every problem on the way."""
