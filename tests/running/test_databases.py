"""The records lie in SQLite, or where DATABASE_URL says; a mistake there is one sentence."""

from pathlib import Path

import pytest

from everycall.errors import BadSettingsError
from everycall.web.databases import database


def test_without_an_address_the_records_lie_in_the_data_directory(tmp_path: Path) -> None:
    found = database("", tmp_path)
    assert found["ENGINE"].endswith("sqlite3")
    assert found["NAME"] == tmp_path / "records.sqlite3"


def test_an_address_names_everything(tmp_path: Path) -> None:
    found = database("postgresql://ann:p%40ss@db.example:5433/calls?sslmode=require", tmp_path)
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("ann", "p@ss", "db.example")
    assert (found["PORT"], found["NAME"]) == ("5433", "calls")
    assert found["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    "url", ["mysql://a:hidden@b/c", "postgresql://a:hidden@b", "postgresql://a:hidden@b:x/c", "x"]
)
def test_a_wrong_address_is_refused_and_its_password_is_not_repeated(
    url: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSettingsError) as refused:
        database(url, tmp_path)
    assert "DATABASE_URL" in str(refused.value)
    assert "hidden" not in str(refused.value)
