"""``python -m supervisor`` is ``ccsup``."""

from .cli import main

if __name__ == "__main__":
    main()
