"""Numbers as people write them."""

DASH = "–"


def count(number: float | None) -> str:
    """Write a number of things: 12,345."""
    return DASH if number is None else f"{number:,.0f}"


def percent(ratio: float | None) -> str:
    """Write a ratio as a percentage with one decimal: 81.3 %."""
    return DASH if ratio is None else f"{ratio * 100:.1f} %"


def duration(milliseconds: float | None) -> str:
    """Write a duration in the two units that matter: 7 s, 2 min 05 s, 2 h 10 min, 3 d 4 h."""
    if milliseconds is None:
        return DASH
    seconds = round(milliseconds / 1000)
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


def calls(number: float | None) -> str:
    """Write a number of calls, in the singular where it is one."""
    return f"{count(number)} call{'' if number == 1 else 's'}"


def plural(number: float, one: str, many: str) -> str:
    """Write a number of things by their name."""
    return f"{count(number)} {one if number == 1 else many}"
