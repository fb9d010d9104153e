"""What things were: who changed what in which transaction, each past state, and reading as of a moment."""
