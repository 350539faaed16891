"""What a team says of itself: the site file, and what is attached to its calls by hand."""
