"""Watching: feeds are heard, the picture is drawn, days are sealed and checked, people act."""
