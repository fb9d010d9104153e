"""The REST API: HTTP in, HTTP out; no domain rule lives here."""
