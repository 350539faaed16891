"""The audit and its kin as data: sections, figures and tables; how they look is not said here."""

from everycall.reports.audit import audit
from everycall.reports.model import Column, Query, Report, Section, Table, Unit

__all__ = ["Column", "Query", "Report", "Section", "Table", "Unit", "audit"]
