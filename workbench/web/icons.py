"""Line drawings, 16 by 16; they only repeat what a word beside them says."""

from __future__ import annotations

from markupsafe import Markup

_DRAWINGS = {
    "run": "M5 3.2v9.6l7.6-4.8z",
    "table": "M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6",
    "view": "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    "key": "M10.5 2.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8.3 7.7 3 13M5 11l1.8 1.8",
    "chevron": "m6 4 4 4-4 4",
    "ok": "m3.5 8.5 3 3 6-7",
    "error": "M4.5 4.5l7 7M11.5 4.5l-7 7",
    "stop": "M4.5 4.5h7v7h-7z",
    "stopped": "M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
    "unknown": "M5.2 5.6a2.8 2.8 0 1 1 4.2 2.4C8.4 8.6 8 9.1 8 10M8 13v.3",
    "alert": "M8 5.2v3.6M8 11v.2M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
    "note": "M8 7.6v3.2M8 5v.2M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
    "clock": "M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
    "undo": "M6 4 3 7l3 3M3 7h6.5a3.5 3.5 0 0 1 0 7H7",
    "format": "M2.5 4h11M5.5 8h8M2.5 12h8",
    "look": "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    "keep": "M4.5 2.5h7v11L8 10.7l-3.5 2.8z",
    "link": (
        "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.8.8M9.2 6.8a2.6 2.6 0 0"
        " 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8"
    ),
    "search": "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",
    "pulse": "M1.5 8h3l2-5 3 10 2-5h3",
    "scan": "M3 3.5h10M3 6.5h10M3 9.5h10M3 12.5h10",
    "sort": "M5 3v10M2.8 10.6 5 13l2.2-2.4M11 13V3M8.8 5.4 11 3l2.2 2.4",
    "repeated": "M12.5 8a4.5 4.5 0 1 1-1.4-3.2M12.5 2.5v3h-3",
    "automatic": "M8.6 1.8 4 9h3.4l-.6 5.2L11.6 7H8.2z",
    "advice": "M6 11.5h4M6.8 13.8h2.4M8 2.2a4 4 0 0 0-2.2 7.3v2h4.4v-2A4 4 0 0 0 8 2.2z",
    "plan": "M3 2.5h4v3H3zM9 6.5h4v3H9zM9 11.5h4v3H9zM5 5.5v7.5h4M5 8h4",
    "pencil": "M3 13l.6-2.6 7-7 2 2-7 7z",
    "sun": (
        "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3"
        " 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"
    ),
    "moon": "M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z",
    "screen": "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
}

_SVG = (
    '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
    '<path d="{}"/></svg>'
)

_ICONS = {name: Markup(_SVG).format(path) for name, path in _DRAWINGS.items()}


def icon(name: str) -> Markup:
    """The drawing of that name, as the page has it. Templates ask for it."""
    return _ICONS[name]
