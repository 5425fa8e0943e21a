"""The steps of a crop, one file each; `engine/pipeline.py` holds their order."""
