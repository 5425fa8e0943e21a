"""The benchmark, run by hand: ours and its peers on the same files in one run."""
