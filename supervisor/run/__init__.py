"""The shell: gathers events, performs commands; the only place where all is wired."""
