"""Where on the net somebody asks from, as far as they are counted by it."""

from ipaddress import ip_address, ip_network


def place_of(address: str) -> str:
    """Return the place of an address; a house has a whole net of new ones, and is one place."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ip_network(f"{address}/64", strict=False))
