"""`python -m einc` is `einc`."""

import sys

from einc.command import console, main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(console())
