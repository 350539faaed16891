"""Reports and answers made visible: in the terminal, and later on paper and on pages."""
