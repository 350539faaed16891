"""How many people and lines are needed, and when."""
