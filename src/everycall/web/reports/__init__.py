"""Reports on pages: made as somebody may see them, waited for, led from number to call."""
