"""One file per measure; all are found by `bench.registry`."""
