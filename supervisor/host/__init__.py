"""The machine beneath a run: its clock, its processes, its memory."""
