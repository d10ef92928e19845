"""The forms of the page; Flask-WTF adds each one's token against forgery."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField


class QueryForm(FlaskForm):
    """The editor: the SQL, and the table at which the presets are aimed."""

    query = TextAreaField("SQL")
    table = HiddenField()
