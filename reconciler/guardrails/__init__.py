"""Judging networks by guardrails: `judge` reads a world, or what a plan adds to it, and gives findings."""
