"""Let the shop work for some weeks and keep its logs: `make.py [--seed N] [--days N] [--out DIR]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a plain file

from shop import plan
from shop.files import write
from shop.shop import Shop

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "shop"


def main() -> int:
    options = _options()
    shop = Shop(options.seed, options.days)
    shop.run()
    found = write(shop, options.seed, options.out)
    size = sum(path.stat().st_size for path in options.out.iterdir())
    print(
        f"{found['first_day']} to {found['last_day']}: {found['inbound']['arrived']} calls arrived, "
        f"{found['inbound']['answered']} were answered; {size / 1e6:.2f} MB in {options.out}"
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=plan.SEED, help="(%(default)s)")
    parser.add_argument("--days", type=int, default=plan.DAYS, help="(%(default)s)")
    parser.add_argument("--out", type=Path, default=SAMPLES, help="(%(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
