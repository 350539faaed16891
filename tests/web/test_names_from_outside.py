"""Names that come from a phone system, or from a caller, are text on every page, drawing and file."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_no_name_becomes_a_part_of_any_page_drawing_or_file(tmp_path: Path) -> None:
    more = {"EVERYCALL_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "everycall.web.settings"}
    done = subprocess.run(
        [sys.executable, str(HERE / "names_from_outside.py")],
        env={**os.environ, **more, "PYTHONPATH": str(HERE.parent)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["found"] == []
    assert told["shown"] > 100, "the names are not shown at all, so nothing was tried"
    assert told["calls"] == 2
    assert {status for _, status in told["seen"]} >= {200, 404}
    assert [path for path, status in told["seen"] if status == 500] == []
    assert [
        path for path, status in told["seen"] if path.startswith("/calls/c") and status != 200
    ] == []
