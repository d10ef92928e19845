"""Every fragment with canned values on one page, to look at while its template is written.

Registered only when debugging. ``/gallery`` shows all states of the results below each other;
``/gallery?page=error`` shows one of them as the whole page.
"""

from __future__ import annotations

from flask import abort, render_template, request

from workbench.web.examples import EXAMPLES


def gallery() -> str:
    """All states, or the one that ``?page=`` names as a whole page."""
    from workbench.web.canned import states  # noqa: PLC0415 - only who debugs has a use for these values

    every = states()
    page = request.args.get("page")
    if page is None:
        examples = [(example, example.command("http://localhost")) for example in EXAMPLES]
        return render_template("pages/gallery.html", states=every, examples=examples)
    if page not in every:
        abort(404)
    return render_template(every[page]["page"], **every[page])
