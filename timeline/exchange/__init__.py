"""Everything out and in: the database as lines of JSON, and events as a table for spreadsheets."""
