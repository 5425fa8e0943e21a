"""The ModelsLab v3 and v6 contracts, and their 2023 form: base64 in, links out."""
