"""huitoukan (回头看): read, validate, aggregate and report the score workbooks of a statistical inspection."""

__version__ = "0.1.0"
