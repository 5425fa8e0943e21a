"""The DevPixelForge `crop` executable's contract: JSON jobs in, JSON results out."""
