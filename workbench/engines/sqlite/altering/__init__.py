"""How a table becomes what a design says: by ALTER where SQLite has it, else made anew.

See https://sqlite.org/lang_altertable.html; each statement is tried on a copy of the schema first.
"""
