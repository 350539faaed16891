"""What words such as missed mean: definitions as data, and the language of their rules.

definition = load("xon")
engine.rows(verdicts(definition))
"""

from everycall.definitions.categories import Category
from everycall.definitions.compiling import COLUMNS, EDGE, verdicts
from everycall.definitions.loading import definition_ids, load
from everycall.definitions.model import Definition

__all__ = ["COLUMNS", "EDGE", "Category", "Definition", "definition_ids", "load", "verdicts"]
