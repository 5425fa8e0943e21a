"""Bytes and a wish in, bytes out. The only room that imports libvips, NumPy and simplejpeg."""
