"""Taking records in: files, live feeds and what is posted, each once."""
