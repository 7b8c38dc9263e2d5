"""The built-in limits: their kinds, one small class for each, and how they are made ready to judge by."""
