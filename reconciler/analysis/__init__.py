"""Questions about a network: who reaches whom, how, through whom, and what a plan changes about it."""
