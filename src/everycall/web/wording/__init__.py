"""How things are said on pages, in the language of the reader."""
