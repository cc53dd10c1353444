"""Backends: who writes the narrative. A backend is a module with `summarize`."""
