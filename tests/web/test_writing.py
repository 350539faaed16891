"""How pages write what phone systems say in codes."""

import pytest
from django.utils import translation

from everycall.web.templatetags.writing import language


@pytest.mark.parametrize(
    ("code", "reader", "written"),
    [
        ("de", "en", "German"),
        ("de", "de", "Deutsch"),
        ("pt-BR", "en", "Portuguese (Brazil)"),
        ("uk", "pl", "ukraiński"),
        ("xx-what", "en", "xx-what"),
        ("German", "en", "German"),
        ("", "en", ""),
    ],
)
def test_a_language_is_written_by_its_name(code: str, reader: str, written: str) -> None:
    with translation.override(reader):
        assert language(code) == written
