"""Reading: rows turned into the rules' values, and the states that pages and reports show."""
