"""Timeline: a database of dated, sourced events with a REST API."""
