"""The guard: public addresses, and nothing that only looks like one."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.errors import SettingsError
from cropwright.sources.guard import Guard, guard_of, taken_apart

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::8a"]
PRIVATE = [
    *("0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"),
    *("168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192"),
    *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "100::1", "2001::1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1"),
    *("2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "4000::1"),
    *("2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:a00:1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_admitted_at_the_ports_of_the_web(address):
    ports = [80, 443, 8000, 8080, 8443, 8999]
    assert all(Guard().admits(ip_address(address), port) for port in ports)
    ports = [1, 21, 22, 25, 53, 81, 2375, 3306, 5432, 6379, 7999, 9000, 9200, 11211, 65535]
    assert not any(Guard().admits(ip_address(address), port) for port in ports)


@pytest.mark.parametrize("address", PRIVATE)
def test_every_other_address_is_refused(address):
    assert not Guard().admits(ip_address(address), 80)


def test_one_forbidden_address_among_many_refuses_the_host():
    assert Guard().judged(PUBLIC, 80) == PUBLIC
    for addresses in ([*PUBLIC, "10.0.0.1"], ["::1", *PUBLIC], []):
        with pytest.raises(ValueError, match="not admitted"):
            Guard().judged(addresses, 80)


def test_allowed_networks_are_open_at_any_port_and_nothing_beside_them():
    guard = guard_of(" 127.0.0.0/8, fd00:1::/32,10.1.2.3 ,")
    for address in ("127.0.0.1", "127.9.9.9", "fd00:1::5", "10.1.2.3"):
        assert guard.admits(ip_address(address), 6379)
    for address in ("10.1.2.4", "fd00:2::1", "::ffff:127.0.0.1", "::1", "169.254.169.254"):
        assert not guard.admits(ip_address(address), 80)
    assert guard.admits(ip_address("8.8.8.8"), 80)
    assert not guard.admits(ip_address("8.8.8.8"), 6379)


@pytest.mark.parametrize("allow", ["localhost", "10.0.0.1/8", "10.0.0.0/33", "127.0.0.0/8;::1/128"])
def test_networks_that_are_none_are_refused_by_the_setting_s_name(allow):
    with pytest.raises(SettingsError, match="CROPWRIGHT_SOURCES_ALLOW") as refusal:
        guard_of(allow)
    assert allow in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("http://example.com", "example.com", "/"),
        ("HTTP://EXAMPLE.com:80/A?b=c#d", "example.com", "/A?b=c"),
        ("https://example.com.:443?x", "example.com", "/?x"),
        ("https://example.com:8443/a%20b/(c)", "example.com:8443", "/a%20b/(c)"),
        ("http://[2606:4700:0::1111]:8000/", "[2606:4700::1111]:8000", "/"),
        ("http://bücher.example/ü", "xn--bcher-kva.example", "/%C3%BC"),
        ("http://a_b.example/x@y:z", "a_b.example", "/x@y:z"),
        ("http://2130706433/", "2130706433", "/"),
    ],
)
def test_urls_are_taken_apart(url, authority, path):
    target = taken_apart(url)
    assert (target.authority, target.path) == (authority, path)
    assert taken_apart(target.url) == target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "/etc/passwd",
        "http://",
        "http:///a",
        "http:example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "jar:http://example.com!/x",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "http://user@example.com/",
        "http://user:pass@example.com/",
        "http://@example.com/",
        "http://example.com:80@127.0.0.1/",
        "http://127.0.0.1\\@example.com/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:123456/",
        "http://example.com:/",
        "http://example.com:8o/",
        " http://example.com/",
        "\thttp://example.com/",
        "http://example.com/\n",
        "http://example.com/\r\nHost: a",
        "http://exa mple.com/",
        "http://127.0.0.1%00.example.com/",
        "http://example.com%2f.a/",
        "http://a..b/",
        "http://-.-\0/",
        "http://" + "a" * 64 + ".com/",
        "http://" + "a." * 130 + "com/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[1.2.3.4]/",
        "http://[::1]x/",
        "http://example.com/" + "a" * 8192,
        "http://\udcff/",
        "http://example.com/\udcff",
    ],
)
def test_urls_that_are_doubtful_are_refused(url):
    with pytest.raises(ValueError):  # noqa: PT011  # of any wording: nobody is told it
        taken_apart(url)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["", "http://", "https://a", "http://[", "http://a:"]), st.text())
def test_any_text_is_taken_apart_or_refused(start, rest):
    with suppress(ValueError):
        target = taken_apart(start + rest)
        assert target.url.isascii()
        assert taken_apart(target.url) == target
