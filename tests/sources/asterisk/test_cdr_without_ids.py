"""Call detail records as old phone systems write them: sixteen columns, and no id."""

from pathlib import Path

from truth.histories import site_of, told

SITE = site_of(zone="UTC")


def row(channel: str, phone: str, start: str, end: str, disposition: str) -> str:
    texts = ["", "+441632960001", "5001", "from-trunk", "", channel, phone, "Queue", "sales,t"]
    times = [f"2026-11-02 {start}", f"2026-11-02 {start}", f"2026-11-02 {end}"]
    words = ",".join(f'"{text}"' for text in texts + times)
    return f'{words},10,10,"{disposition}","DOCUMENTATION"\n'


FIRST = row("SIP/trunk-0b", "SIP/1001-0c", "09:00:00", "09:00:10", "NO ANSWER")
SECOND = row("SIP/trunk-0b", "SIP/1002-0d", "09:00:11", "09:00:21", "ANSWERED")
LATER = row("SIP/trunk-0b", "SIP/1002-0e", "15:00:00", "15:00:10", "ANSWERED")


def write(folder: Path, *rows: str) -> Path:
    folder.mkdir(parents=True)
    path = folder / "Master.csv"
    path.write_text("".join(rows), encoding="utf-8")
    return path


def test_rows_of_one_channel_that_follow_one_another_are_one_call(tmp_path: Path) -> None:
    call = told(tmp_path / "data", [write(tmp_path / "a", FIRST, SECOND)], SITE).only
    assert (call["outcome"], len(call["attempts"])) == ("answered", 2)


def test_their_order_in_the_file_does_not_matter(tmp_path: Path) -> None:
    call = told(tmp_path / "data", [write(tmp_path / "a", SECOND, FIRST)], SITE).only
    assert len(call["attempts"]) == 2


def test_a_channel_whose_name_comes_again_is_another_call(tmp_path: Path) -> None:
    files = [write(tmp_path / "a", FIRST, SECOND, LATER)]
    assert len(told(tmp_path / "data", files, SITE).calls) == 2


def test_two_files_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    files = [write(tmp_path / "a", FIRST, SECOND), write(tmp_path / "b", LATER)]
    assert len(told(tmp_path / "data", files, SITE).calls) == 2
