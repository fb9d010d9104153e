"""The site in a real browser: `make browser`. Not part of `make test`, because it needs Chromium."""
