"""Opening hours, public holidays and business time, right in the nights when clocks change.

A site that declares no hours has unknown hours: every answer about them is None, which is
neither open nor closed.
"""

from everycall.hours.calendars import Calendar, Span, Stretch, calendars
from everycall.hours.explanations import explain
from everycall.hours.periods import DatedLine, Period, WeekLine
from everycall.hours.public_holidays import PublicHolidays
from everycall.hours.schedules import MOST_SPECIFIC_FIRST, SITE, Rule, Schedule, SiteHours
from everycall.hours.spans_table import SpanRow, spans_table

__all__ = [
    "MOST_SPECIFIC_FIRST",
    "SITE",
    "Calendar",
    "DatedLine",
    "Period",
    "PublicHolidays",
    "Rule",
    "Schedule",
    "SiteHours",
    "Span",
    "SpanRow",
    "Stretch",
    "WeekLine",
    "calendars",
    "explain",
    "spans_table",
]
