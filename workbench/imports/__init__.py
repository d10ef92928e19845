"""Files into rows: one reader per format, what each column holds, and how its values are stored."""
