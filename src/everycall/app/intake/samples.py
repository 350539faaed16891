"""The sample logs: where they lie, and taking them in under a site of their own."""

import sys
from pathlib import Path

from everycall.app.history.progress import Progress, silent
from everycall.app.intake.importing import Importer
from everycall.app.intake.sorting_out import Summary, digest_of
from everycall.app.site.sitefile import FILE, read_site
from everycall.errors import NotFoundError
from everycall.history import History
from everycall.history.store import Manifest

SITE = "demo"
"""The site that the samples are taken in under, apart from anybody's own calls."""

_PLACES = (
    Path(__file__).parents[4] / "samples" / "shop",
    Path(sys.prefix) / "share" / "everycall" / "shop",
)

_TRADE = 'trade = "shop"\n'
"""What the invented shop says of itself beside its site file: whose words all its numbers use."""


def sample_folder() -> Path:
    """Return where the sample logs lie: beside the code, or where the package was installed.

    Raises:
        NotFoundError: they are not there.
    """
    found = next((place for place in _PLACES if (place / FILE).exists()), None)
    if found is None:
        raise NotFoundError(f"the sample logs are not there; they belong in {_PLACES[0]}")
    return found


def take_samples(folder: Path, data: Path, progress: Progress = silent) -> Summary:
    """Take the sample logs in, unless this was done before.

    Raises:
        NotFoundError: the site of the samples holds something else.
    """
    history = History(data, SITE)
    _make_room(history, folder)
    config = data / "sites" / f"{SITE}.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(_TRADE + (folder / FILE).read_text(encoding="utf-8"), encoding="utf-8")
    site = read_site(data, None, SITE)
    return Importer(history, site, progress=progress).take(_logs(folder))


def _logs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.gz"))


def _make_room(history: History, folder: Path) -> None:
    """Forget samples of another version; what is not a sample is never touched."""
    manifest = history.manifest()
    samples = {path.name: path for path in _logs(folder)}
    strange = [Path(i.path).name for i in manifest.imports if Path(i.path).name not in samples]
    if strange:
        sentence = f"the site '{SITE}' in {history.folder.parents[1]} holds {strange[0]}, which is "
        raise NotFoundError(sentence + "no sample; choose another folder with --data")
    if any(i.digest != digest_of(samples[Path(i.path).name]) for i in manifest.imports):
        with history.writing():
            history.commit(Manifest(manifest.generation), forget=True)
