"""How tables and indexes are to be: descriptions that a form can hold, as SQL and read from it."""
