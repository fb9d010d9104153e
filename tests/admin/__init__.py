"""The admin, asked with Django's test client."""
