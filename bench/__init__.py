"""What a run costs: generated worlds, the floor under each measurement, and whole processes that are timed."""
