"""Applying: a plan and a platform become events and a result."""
