"""How SQLite would carry out a statement, in words; and which index would help, tried on the planner itself.

See https://sqlite.org/eqp.html for the plans and https://sqlite.org/optoverview.html for the planner.
"""
