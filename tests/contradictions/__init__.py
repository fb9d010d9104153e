"""The checks: their rules without a database, what they find, who sees it, and notes on it."""
