"""Sniffing: the bytes decide, the declared type breaks ties, and what could run is refused."""

from __future__ import annotations

import io
import json
import struct
import time
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import encoded, gradient
from cropwright.core.media import MEDIA
from cropwright.errors import UnsupportedFormatError
from cropwright.sources.sniff import sniff

OBJ = b"# a body\nmtllib a.mtl\no body\nv 0 0 0\nv 1 0 .5\nv 0 -1e3 0\nf 1 2 3\n"
STL = (
    b"solid thing\n facet normal 0 0 1\n  outer loop\n   vertex 0 0 0\n   vertex 1 0 0\n"
    b"   vertex 0 1 0\n  endloop\n endfacet\nendsolid thing\n"
)
PLY = b"ply\nformat ascii 1.0\ncomment made by hand\nelement vertex 1\nend_header\n0 0 0\n"
FRAME = b"\xff\xfb\x90\x64".ljust(417, b"\0")
MPEG2_FRAME = b"\xff\xf3\x70\xc0".ljust(182, b"\0")  # 56 kbit/s at 22,050 Hz
ID3 = b"ID3\4\0\0\0\0\1\0" + b"\0" * 128
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def boxed(*brands: bytes) -> bytes:
    major, *compatible = brands
    body = b"ftyp" + major + b"\0\0\2\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0\0\0\x08moov"


def ogg(*packets: bytes) -> bytes:
    return b"".join(
        b"OggS\0\2" + b"\0" * 20 + b"\1" + bytes([len(packet)]) + packet for packet in packets
    )


def binary_stl(header: bytes = b"made", facets: int = 2) -> bytes:
    return header.ljust(80, b"\0") + struct.pack("<I", facets) + bytes(50 * facets)


def glb(length: int | None = None) -> bytes:
    body = b'JSON{"asset":{"version":"2.0"}} '
    return b"glTF" + struct.pack("<II", 2, length or 12 + 4 + len(body)) + b"\x20\0\0\0" + body


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x" * 50)
    return buffer.getvalue()


def kind(data: bytes, declared: str = "") -> str | None:
    try:
        return sniff(data, declared).name
    except UnsupportedFormatError:
        return None


@pytest.mark.parametrize("picture", [b"avif", b"avis", b"heic", b"mif1"])
@pytest.mark.parametrize("film", [b"isom", b"mp42", b"qt  ", b"M4A "])
@pytest.mark.parametrize("length", [0, 1, 8, 15, 2**32 - 1, None])
def test_a_picture_s_brand_is_never_hosted_as_film_or_sound(picture, film, length):
    data = boxed(film, b"iso2", picture)
    if length is not None:
        data = length.to_bytes(4, "big") + data[4:]
    for declared in ("", "video/mp4"):
        try:
            kind = sniff(data, declared).media_type
        except UnsupportedFormatError:
            kind = "image/none"
        assert kind.startswith("image/")


@pytest.mark.parametrize("name", ["png", "jpeg", "gif", "webp", "avif", "tiff", "bmp"])
def test_pictures_are_what_the_engine_takes_them_for(name):
    assert kind(encoded(gradient(20, 10), name.upper()), "text/html") == name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (boxed(b"heic", b"mif1"), "heic"),
        (FRAME * 2, "mp3"),
        (FRAME, "mp3"),
        (MPEG2_FRAME * 2, "mp3"),
        (ID3 + FRAME * 2, "mp3"),
        (ID3 + b"\0" * 500 + FRAME * 2, "mp3"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "wav"),
        (b"RIFF\x24\0\0\0AVI LIST", "avi"),
        (b"fLaC\0\0\0\x22" + b"\0" * 34, "flac"),
        (ogg(b"OpusHead\1"), "opus"),
        (ogg(b"\x01vorbis"), "ogg"),
        (ogg(b"\x80theora", b"\x01vorbis"), "ogv"),
        (ogg(b"fishead\0", b"\x80theora"), "ogv"),
        (b"FORM\0\0\0\x10AIFFCOMM", "aiff"),
        (b"FORM\0\0\0\x10AIFCFVER", "aiff"),
        (boxed(b"M4A ", b"mp42", b"isom"), "m4a"),
        (boxed(b"isom", b"iso2", b"mp41"), "mp4"),
        (boxed(b"MSNV", b"mp42"), "mp4"),
        (boxed(b"qt  "), "mov"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x84webm", "webm"),
        (b"\x1aE\xdf\xa3\xa3B\x82\x88matroskaB\x87\x81\4", "mkv"),
        (b"\0\0\1\xba\x21\0\1\0", "mpeg"),
        (b"\0\0\1\xba\x44\0\4\0", "mpeg"),
        (b"\0\0\1\xb3\x14\0\xf0\x15", "mpeg"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(40), "wma"),
        (glb(), "glb"),
        (b' {"scenes": [], "asset": {"version": "2.0", "generator": "<a>"}}', "gltf"),
        (OBJ, "obj"),
        (b"\xef\xbb\xbf" + OBJ.replace(b"\n", b"\r\n"), "obj"),
        (
            OBJ + b"f 1 2 \\\n3\nf 1 \\\r\n 2 3\n# by A. U. Thor <thor@example.com>, caf\xe9\n",
            "obj",
        ),
        (STL, "stl"),
        (STL.upper(), "stl"),
        (binary_stl(), "stl"),
        (binary_stl(b"solid but binary"), "stl"),
        (PLY, "ply"),
        (PLY.replace(b"\n", b"\r\n"), "ply"),
        (PLY.replace(b"ascii", b"binary_little_endian") + b"\0\1\2", "ply"),
        (archive("[Content_Types].xml", "3D/3dmodel.model"), "3mf"),
        (b"Kaydara FBX Binary  \0\x1a\0", "fbx"),
        (b"; FBX 7.3.0 project file\n; Copyright\n", "fbx"),
    ],
)
def test_files_are_known_by_their_bytes(data, name):
    assert kind(data) == kind(data, "text/html") == name


@pytest.mark.parametrize(
    ("data", "declared", "name"),
    [
        (boxed(b"isom", b"mp42"), "audio/mp4", "m4a"),
        (boxed(b"isom", b"mp42"), "video/mp4", "mp4"),
        (boxed(b"M4A "), "video/mp4", "m4a"),
        (boxed(b"qt  "), "audio/mp4", "mov"),
        (ogg(b"fishead\0"), "video/ogg", "ogv"),
        (ogg(b"fishead\0"), "", "ogg"),
        (ogg(b"OpusHead"), "video/ogg", "opus"),
        (OBJ, "model/stl", "obj"),
        (STL, "model/obj", "stl"),
        (FRAME * 2, "video/mp4", "mp3"),
    ],
)
def test_the_declared_type_decides_only_where_the_bytes_allow_several(data, declared, name):
    assert kind(data, declared) == name


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"plain words\n",
        b"<html><script>alert(1)</script></html>",
        b" \n<!DOCTYPE html>",
        b"\xef\xbb\xbf<?xml version='1.0'?>",
        SVG,
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0",
        b"MZ" + bytes(200),
        b"\x7fELF" + bytes(200),
        b"#!/bin/sh\nrm -rf /\n",
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"alert(document.domain)",
        b'{"asset": {"generator": "x"}}',
        b'{"asset": {"version": "2.0"}',
        b'{"a":' * 100_000,
        b"\xff\xfe<\0h\0",
        archive("word/document.xml"),
        archive("META-INF/MANIFEST.MF", "A.class"),
        b"PK\3\4" + bytes(40),
        OBJ + b"<script>alert(1)</script>\n",
        b"# <script>alert(1)</script>\n" + OBJ,
        b"#!/bin/sh\n" + OBJ,
        OBJ + b"curl http://example.com\n",
        OBJ + b"call a.sh\n",
        OBJ + b"\0",
        b"# vertices will follow\nf 1 2 3\n",
        STL.replace(b"thing", b"<html><script>alert(1)</script>"),
        b"solid ground\n",
        binary_stl(b"<html><body onload=alert(1)>"),
        binary_stl(b"MZ"),
        binary_stl()[:-1],
        binary_stl(facets=0),
        PLY.replace(b"made by hand", b"<script>alert(1)</script>"),
        b"ply\nformat ascii 1.0\n",
        glb(10_000),
        FRAME[:200],
        b"\xff\xfb\xf0\x64" + bytes(400),
        b"\xff\xeb\x90\x64" + bytes(413),
        FRAME + b"\0" * 200,
        ID3,
        ID3 + b"<html>" * 100,
        b"\xff\xf1\x50\x80" + bytes(400),
        boxed(b"avis", b"msf1"),
        boxed(b"abcd"),
        b"RIFF\x24\0\0\0ACON",
        ogg(b"unheard of"),
        b"\x1aE\xdf\xa3B\x82\x84html",
        b"glTF",
        b"ID3",
    ],
)
def test_what_is_no_kind_of_ours_is_refused_whatever_it_is_declared_as(data):
    assert not any(kind(data, row.media_type) for row in MEDIA.values())


@pytest.mark.parametrize(
    ("data", "word"),
    [(SVG, "markup"), (b"%PDF-1", "pdf"), (b"MZ", "program"), (archive("a"), "zip"), (b"", "know")],
)
def test_a_refusal_says_what_was_seen(data, word):
    with pytest.raises(UnsupportedFormatError, match=word) as refusal:
        sniff(data)
    assert refusal.value.supported == tuple(MEDIA)


STARTS = [OBJ, STL, PLY, FRAME, ID3, glb(), boxed(b"isom", b"mp42"), ogg(b"\x80theora"), b"PK\3\4"]
STARTS += [b"", b"{", b"RIFF....WAVE", b"\x1aE\xdf\xa3", b"solid ", binary_stl(), b"v 1 1 1\n"]


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from([*STARTS, archive("3D/3dmodel.model")]),
    st.integers(0, 300),
    st.binary(max_size=40),
    st.sampled_from(["", "audio/mp4", "video/ogg", "model/obj", "\udcff"]),
)
def test_any_bytes_are_known_or_refused(start, at, splice, declared):
    with suppress(UnsupportedFormatError):
        assert sniff(start[:at] + splice + start[at:], declared) in MEDIA.values()


@pytest.mark.parametrize(
    "data",
    [
        b"v 1 1 1\n" + b" " * 4_000_000 + b"x",
        b"v 1 1 1\n" * 500_000,
        b"v " + b"1" * 4_000_000,
        OBJ + b"#" + b"<a" * 2_000_000,
        b"solid " + b"vertex 1 1\n" * 400_000,
        b"ply\n" + b"comment\n" * 500_000,
        b"ID3\4\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" * 1_000_000,
        b"PK\3\4" + b"PK\1\2" * 1_000_000 + b"PK\5\6",
        b"{" + b'"a":{' * 800_000,
    ],
)
def test_megabytes_made_to_be_slow_are_not(data):
    started = time.monotonic()
    kind(data)
    assert time.monotonic() - started < 4


def test_the_shared_media_are_taken_or_refused_as_labelled(shared):
    folder = shared / "corpus" / "media"
    for entry in json.loads((folder / "manifest.json").read_text())["files"]:
        data = (folder / entry["file"]).read_bytes()
        name = kind(data)
        if entry["expected"] == "must_accept":
            assert MEDIA[name].media_type in entry["mime_ok"], entry["file"]
        if entry["expected"] == "must_reject":
            assert not any(kind(data, row.media_type) for row in MEDIA.values()), entry["file"]
