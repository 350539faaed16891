"""The commands that need the records: `everycall serve` and its like."""
