"""The audit and its kin as data: sections, figures and tables; how they look is not said here."""

from everycall.reports.audit import audit
from everycall.reports.frame import Blind, Coverage, Desk, Frame, Measure, Span
from everycall.reports.model import (
    Calls,
    Chart,
    Column,
    Figure,
    Query,
    Report,
    Section,
    Shape,
    Table,
    Term,
    Unit,
)
from everycall.reports.words import Words

__all__ = [
    "Blind",
    "Calls",
    "Chart",
    "Column",
    "Coverage",
    "Desk",
    "Figure",
    "Frame",
    "Measure",
    "Query",
    "Report",
    "Section",
    "Shape",
    "Span",
    "Table",
    "Term",
    "Unit",
    "Words",
    "audit",
]
