"""Resolving: manifests meet the apps that exist, and become the desired state."""
