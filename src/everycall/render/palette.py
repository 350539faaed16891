"""The colours of charts, by what they mean; each is set once, for light, dark and print."""

from types import MappingProxyType

INK = "#100001"
SOFT = "#100002"
GRID = "#100003"
PAPER = "#100004"
POINT = "#100005"
CONTEXT = "#100006"
BAND = "#100007"
HEAT = ("#100010", "#100011", "#100012", "#100013", "#100014", "#100015")
SHADES = ("#100020", "#100021", "#100022", "#100023", "#100024", "#100025")
"""What charts are drawn with: stand-ins, exchanged for a name that the style sheet knows."""

_NAMES = {
    INK: "ink",
    SOFT: "soft",
    GRID: "line",
    PAPER: "paper",
    POINT: "accent",
    CONTEXT: "context",
    BAND: "band",
    **{colour: f"heat-{place}" for place, colour in enumerate(HEAT)},
    **{colour: f"shade-{place}" for place, colour in enumerate(SHADES)},
}

LIGHT = MappingProxyType(
    {
        "ink": "#1a1d21",
        "soft": "#565d66",
        "line": "#d9dde2",
        "paper": "#ffffff",
        "accent": "#0b5c99",
        "context": "#a9b1ba",
        "band": "#dbe7f1",
        "heat-0": "#f1f5f9",
        "heat-1": "#d3e3f1",
        "heat-2": "#a6c8e4",
        "heat-3": "#6ea4d0",
        "heat-4": "#2f74ad",
        "heat-5": "#0d4677",
        "shade-0": "#c9ced5",
        "shade-1": "#0d4677",
        "shade-2": "#2f74ad",
        "shade-3": "#6ea4d0",
        "shade-4": "#a6c8e4",
        "shade-5": "#8a929c",
    }
)

DARK = MappingProxyType(
    {
        "ink": "#eceff3",
        "soft": "#a7b0bb",
        "line": "#333a43",
        "paper": "#14171b",
        "accent": "#7cbcf0",
        "context": "#66707c",
        "band": "#22364a",
        "heat-0": "#1c2127",
        "heat-1": "#1c3348",
        "heat-2": "#214d72",
        "heat-3": "#2a699e",
        "heat-4": "#6fb0e4",
        "heat-5": "#b9dcf8",
        "shade-0": "#4b545f",
        "shade-1": "#b9dcf8",
        "shade-2": "#6fb0e4",
        "shade-3": "#3f86bf",
        "shade-4": "#285e8c",
        "shade-5": "#7b8591",
    }
)


def with_names(svg: str) -> str:
    """Exchange the stand-ins for names of the style sheet, so that light and dark come from it."""
    for stand_in, name in _NAMES.items():
        svg = svg.replace(f'"{stand_in}"', f'"var(--{name})"')
    return svg


def in_light(svg: str) -> str:
    """Exchange the stand-ins for the colours of paper."""
    for stand_in, name in _NAMES.items():
        svg = svg.replace(f'"{stand_in}"', f'"{LIGHT[name]}"')
    return svg


def properties() -> str:
    """Return the colours as custom properties of a style sheet: light, dark, and light in print."""
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in colours.items())
        for colours in (LIGHT, DARK)
    )
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )
