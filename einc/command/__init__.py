"""`einc` on the command line."""

from einc.command.main import console, main

__all__ = ["console", "main"]
