"""What words such as missed mean: definitions as data, and the language of their rules."""
