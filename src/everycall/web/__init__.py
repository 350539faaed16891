"""The pages, the programs' interface and the live stream: `everycall serve`."""
