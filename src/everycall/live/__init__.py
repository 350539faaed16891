"""Now: open calls, agents and queues, and the day's totals that are tomorrow's report."""
