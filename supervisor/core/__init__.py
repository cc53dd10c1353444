"""The pure part: no clock, file, process or network; see machine.py for the rules."""
