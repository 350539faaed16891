"""The work that goes on behind the pages: people are told, promises kept, other programs fed."""
