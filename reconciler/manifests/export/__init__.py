"""Live state as manifests, the way a person would write them. Planning them right after changes nothing."""
