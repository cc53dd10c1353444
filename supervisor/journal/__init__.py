"""What ccsup itself keeps on disk."""
