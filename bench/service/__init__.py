"""The benchmark of the HTTP service: under load, beside a bare loop and thumbor, layer by layer."""
