"""axe-core, which looks for what shuts people out (https://github.com/dequelabs/axe-core)."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.server import HOME

AXE = HOME / "node_modules" / "axe-core" / "axe.min.js"

# The thousandth row has no fault that the first thirty have not, and axe looks at each for a long time.
_LATER_ROWS = {"exclude": ["tbody tr:nth-child(n+30)"]}


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page, a line for each element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("later => axe.run(later)", _LATER_ROWS)["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]
