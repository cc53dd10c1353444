"""ccsup: run Claude Code as a child and bring its sessions through their deaths."""

__version__ = "0.1.0"
