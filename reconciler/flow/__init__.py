"""The one flow: manifests and platform become a plan, an audit or an answer. Every command goes through here."""
