"""The Crop.photo contract: a picture by its URL, cut and answered as bytes or as a link."""
