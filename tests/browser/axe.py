"""axe-core, which looks for what shuts people out (https://github.com/dequelabs/axe-core)."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.server import HOME

AXE = HOME / "node_modules" / "axe-core" / "axe.min.js"

# The thousandth row has no fault that the first ten have not, nor the thirtieth of many statements one that
# those before it have not; and axe looks at each for a long time.
_LATER_ONES = {"exclude": ["tbody tr:nth-child(n+10)", "#run > :nth-child(n+30)"]}

# What passes is not told either, which takes it longer than finding what does not.
_BRIEFLY = {"resultTypes": ["violations"], "preload": False}


# The other theme has other colours, and all else is the same.
_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def violations(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds wrong on the page, a line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    wishes = [_LATER_ONES, _BRIEFLY | (_COLOURS if colours_only else {})]
    found = page.evaluate("wishes => axe.run(...wishes)", wishes)["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]
