"""The IIIF Image API 3.0 at /iiif/3: any part of a picture, at any size, for the usual viewers."""
