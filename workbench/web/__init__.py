"""HTTP in; HTML or JSON out. A view is: parse, one verb, show."""
