"""A SQL workbench in the browser, with a JSON API beside it."""

__version__ = "0.1.0"
