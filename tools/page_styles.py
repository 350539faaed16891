"""Write the style sheet of report pages from the palette of charts.

python tools/page_styles.py
"""

from pathlib import Path

from everycall.render.palette import DARK, LIGHT

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "src/everycall/web/static/web/report.css"
OWN = ("ink", "soft", "line", "paper", "accent")
"""Colours that the pages have by the same name."""

REST = """
.answers > div { display: grid; grid-template-columns: 180px 1fr; gap: 0 24px; padding: 8px 0; border-bottom: 1px solid var(--line); }
.answers dd { margin: 0; max-width: 72ch; }
@media (max-width: 600px) { .answers > div { display: block; } }
.figures .doc { margin-top: 4px; }
figure { margin: 24px 0; }
figure svg { max-width: 100%; height: auto; display: block; direction: ltr; overflow: visible; }
figure .slim { display: none; }
@media (max-width: 600px) { figure .wide { display: none; } figure .slim { display: block; } }
.contents ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 8px 0; }
.contents { border-block: 1px solid var(--line); padding-block: 4px; }
details summary { cursor: pointer; padding: 4px 0; color: var(--accent); }
"""


def style() -> str:
    """Return the style sheet."""
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in colours.items() if name not in OWN)
        for colours in (LIGHT, DARK)
    )
    head = "/* made from the palette by tools/page_styles.py; do not edit */\n"
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    return f"{head}:root {{ {light} }}\n{dark}{REST.lstrip()}"


if __name__ == "__main__":
    PLACE.write_text(style(), encoding="utf-8")
