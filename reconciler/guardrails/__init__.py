"""Judging a network, or what a plan adds to it: by guardrails, less what waivers hold back, and by built-in checks."""
