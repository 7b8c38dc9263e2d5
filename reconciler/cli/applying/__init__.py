"""Carrying a plan out from the command line: what is to be applied, how that goes, and how it is told."""
