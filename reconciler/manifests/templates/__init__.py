"""Templates: reading them, and putting what they give into the app entries that use them."""
