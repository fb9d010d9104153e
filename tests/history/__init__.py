"""What things were, as revisions and as of a moment."""
