"""The child and the terminal around it: bytes, sizes, signals, wait statuses."""
