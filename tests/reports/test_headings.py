"""A heading of a report is the name of the number beneath it, and of no other."""

from everycall.metrics.asked import asked
from everycall.metrics.catalog import METRICS
from reports.shop import shop_audit


def test_no_heading_is_the_name_of_another_metric() -> None:
    named = {metric.title.lower(): metric.id for metric in METRICS.values()}
    headed = [
        (column.title, named.get(column.title.lower()), asked(column.term).metric.id)
        for section in shop_audit().sections
        for table in (*section.tables, *(chart.table for chart in section.charts))
        for column in table.columns
        if column.term
    ]
    assert len(headed) > 10
    assert [one for one in headed if one[1] not in (None, one[2])] == []
