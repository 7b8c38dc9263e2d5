"""Planning: the desired and the live state become one minimal plan."""
