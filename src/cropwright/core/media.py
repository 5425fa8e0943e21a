"""The kinds of files we host: a closed list, with the media type and name each is handed out as.

One row a kind. What is not here is not hosted; nothing here runs in a browser.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    """One kind of file."""

    name: str
    """The word for it; for pictures the same as in `core/formats.py`."""
    extension: str
    """Of the file's name in a link, without the dot."""
    media_types: tuple[str, ...]
    """The one it is handed out with first, then others that people declare it as."""
    inline: bool
    """Whether a browser may show it in place; else it is offered for saving."""

    @property
    def media_type(self) -> str:
        """The media type it is handed out with."""
        return self.media_types[0]


MEDIA: dict[str, Media] = {
    row.name: row
    for row in (
        # Pictures of pixels.
        Media("png", "png", ("image/png", "image/apng", "image/x-png"), inline=True),
        Media("jpeg", "jpg", ("image/jpeg", "image/jpg", "image/pjpeg"), inline=True),
        Media("gif", "gif", ("image/gif",), inline=True),
        Media("webp", "webp", ("image/webp",), inline=True),
        Media("avif", "avif", ("image/avif",), inline=True),
        Media("tiff", "tiff", ("image/tiff",), inline=True),
        Media("bmp", "bmp", ("image/bmp", "image/x-ms-bmp", "image/x-bmp"), inline=True),
        Media("heic", "heic", ("image/heic", "image/heif"), inline=True),
        # Sound.
        Media("mp3", "mp3", ("audio/mpeg", "audio/mp3"), inline=True),
        Media("wav", "wav", ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"), True),
        Media("flac", "flac", ("audio/flac", "audio/x-flac"), inline=True),
        Media("ogg", "ogg", ("audio/ogg", "application/ogg", "audio/vorbis"), inline=True),
        Media("opus", "opus", ("audio/ogg", "audio/opus"), inline=True),
        Media("m4a", "m4a", ("audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac"), inline=True),
        Media("aiff", "aiff", ("audio/aiff", "audio/x-aiff"), inline=True),
        Media("wma", "wma", ("audio/x-ms-wma",), inline=True),
        # Films.
        Media("mp4", "mp4", ("video/mp4", "video/x-m4v", "application/mp4"), inline=True),
        Media("mov", "mov", ("video/quicktime",), inline=True),
        Media("webm", "webm", ("video/webm", "audio/webm"), inline=True),
        Media("mkv", "mkv", ("video/x-matroska", "audio/x-matroska"), inline=True),
        Media("mpeg", "mpg", ("video/mpeg",), inline=True),
        Media("avi", "avi", ("video/x-msvideo", "video/avi", "video/msvideo"), inline=True),
        Media("ogv", "ogv", ("video/ogg",), inline=True),
        Media("asf", "asf", ("video/x-ms-asf", "video/x-ms-wmv"), inline=True),
        # Bodies in space: programs open them, browsers do not; some are text.
        Media("glb", "glb", ("model/gltf-binary",), inline=False),
        Media("gltf", "gltf", ("model/gltf+json",), inline=False),
        Media("obj", "obj", ("model/obj",), inline=False),
        Media("stl", "stl", ("model/stl", "application/sla", "application/vnd.ms-pki.stl"), False),
        Media("ply", "ply", ("model/ply", "application/ply"), inline=False),
        Media("3mf", "3mf", ("model/3mf",), inline=False),
        Media("fbx", "fbx", ("application/octet-stream", "model/fbx"), inline=False),
    )
}

_INLINE = frozenset(row.media_type for row in MEDIA.values() if row.inline)


def media_of(name: str) -> Media:
    """The row called `name`; KeyError for a name that is no kind of ours."""
    return MEDIA[name]


def is_inline(media_type: str) -> bool:
    """Whether what is handed out with `media_type` may be shown in place."""
    return media_type in _INLINE
