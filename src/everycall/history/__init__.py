"""Facts: append-only Parquet files, and the engine that runs the chain over them."""

from everycall.history.engine import Engine
from everycall.history.store import History, Segment

__all__ = ["Engine", "History", "Segment"]
