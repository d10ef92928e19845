"""The screens that the page is looked at on."""

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
