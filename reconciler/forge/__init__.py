"""Forges, where pull requests live: GitHub and GitLab, as far as one comment needs them."""
