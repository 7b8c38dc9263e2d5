"""The part of the Cloud Controller API v3 that matters for container-to-container traffic."""
