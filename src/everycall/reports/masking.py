"""Callers' numbers with their middle hidden, so that a report can be passed on."""

HIDDEN = "…"


def masked(column: str) -> str:
    """Return the expression of a number of which only both ends are left; short ones vanish."""
    return (
        f"CASE WHEN length({column}) > 8 THEN left({column}, 5) || '{HIDDEN}' || right({column}, 2) "
        f"WHEN length({column}) > 4 THEN left({column}, 2) || '{HIDDEN}' || right({column}, 1) "
        f"WHEN NOT {column} IS NULL THEN '{HIDDEN}' END"
    )


def mask_calls(query: str) -> str:
    """Return a query of whole calls with every number of a caller masked, dialled ones too."""
    ours = "direction IN ('outbound', 'callback')"
    numbers = ", ".join(
        f"{masked(name)} AS {name}" for name in ("caller", "caller_raw", "caller_key")
    )
    called = f"CASE WHEN {ours} THEN {masked('called')} ELSE called END AS called"
    return f"SELECT * REPLACE ({numbers}, {called}) FROM ({query}) AS given"
