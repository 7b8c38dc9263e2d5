"""Files that commands read and write: what they are, which may be replaced, and how none is left half written."""
