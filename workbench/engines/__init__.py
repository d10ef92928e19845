"""Doors to databases: what every engine promises is in `base`."""
