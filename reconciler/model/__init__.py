"""Pure nouns: what the manifests, the platform and the plan speak about. Standard library only."""
