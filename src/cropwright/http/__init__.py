"""What belongs to no contract: reading bodies, ranges, conditional requests, request ids."""
