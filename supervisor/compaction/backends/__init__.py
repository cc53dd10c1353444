"""Backends: who writes the narrative. ``choose`` gives one, as ``protocol.Backend`` tells."""
