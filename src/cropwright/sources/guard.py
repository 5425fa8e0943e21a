"""Where a caller's URL may lead: the guard against requests forged through this server.

Addresses are judged, never names: any text that a resolver understands ends as an address. What is
refused is told by ValueError, for the log alone; whoever asked learns only that it was refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote

from cropwright.errors import SettingsError

_LONGEST = 8192
"""Of a URL, in characters."""
_PORTS = frozenset({80, 443, *range(8000, 9000)})
"""Where pictures are served; other ports belong to mail, databases and the like."""
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^/?#:@\[\]%]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?:#.*)?",
    re.IGNORECASE,
)
_NEVER = re.compile(r"[\x00-\x20\x7f\\]")
"""What readers of URLs disagree about."""
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_LONGEST_NAME = 253
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))

# Besides what Python says (3.11 calls some of these global): the IANA special-purpose registries,
# multicast, and an address that looks public and is one cloud's own inside (168.63.129.16).
_DENIED_V4 = tuple(
    map(
        IPv4Network,
        [
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ],
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")
"""All that is given out; mapped, NAT64 and local addresses lie outside."""
# Teredo and its neighbours, documentation (twice), 6to4.
_DENIED_V6 = tuple(map(IPv6Network, ["2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16"]))
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""RFC 5214, 6.1: the middle of an address that ends with an IPv4 address."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: plain ASCII throughout."""

    scheme: str
    host: str
    """In lower case, without the brackets of an address."""
    port: int
    path: str
    """With the query."""

    @property
    def authority(self) -> str:
        """Host and port as the Host header and a URL name them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _usual_port(self.scheme)
        return host if usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL, put together again."""
        return f"{self.scheme}://{self.authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides which addresses may be connected to."""

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that are open at any port although they are not public."""

    def admits(self, address: IPv4Address | IPv6Address, port: int) -> bool:
        """Whether a connection may be made there."""
        if any(address in network for network in self.allowed):
            return True
        return port in _PORTS and _is_public(address)

    def judged(self, addresses: list[str], port: int) -> list[str]:
        """All of a host's addresses. ValueError if there is none, or one that is not admitted."""
        refused = [text for text in addresses if not self.admits(ip_address(text), port)]
        if refused or not addresses:
            raise ValueError(f"not admitted: {refused or 'no address'} at port {port}")
        return addresses


def guard_of(allow: str) -> Guard:
    """The guard that lets through the networks in a comma-separated text. SettingsError."""
    words = [word.strip() for word in allow.split(",") if word.strip()]
    try:
        return Guard(tuple(ip_network(word) for word in words))
    except ValueError as error:
        reason = f"is {allow!r}; expected networks such as 10.1.0.0/16, fd00::/8"
        raise SettingsError("CROPWRIGHT_SOURCES_ALLOW", reason) from error


def taken_apart(url: str) -> Target:
    """The parts of an http or https URL without credentials. ValueError for anything else."""
    found = None if len(url) > _LONGEST or _NEVER.search(url) else _URL.fullmatch(url)
    if found is None:
        raise ValueError("no URL that is fetched")
    scheme = found["scheme"].lower()
    port = int(found["port"] or _usual_port(scheme))
    if not 0 < port < 65536:
        raise ValueError("no port")
    path = quote((found["path"] or "/") + (found["query"] or ""), safe=_PLAIN)
    return Target(scheme, _host(found["host"]), port, path)


def _host(text: str) -> str:
    if text.startswith("["):
        return str(IPv6Address(text[1:-1]))
    host = text.encode("idna").decode().lower().removesuffix(".")
    if len(host) > _LONGEST_NAME or not _NAME.fullmatch(host):
        raise ValueError("no name of a host")
    return host


def _usual_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _DENIED_V4)
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return False
    return address in _PUBLIC_V6 and not any(address in network for network in _DENIED_V6)
