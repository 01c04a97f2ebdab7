"""Is the function as fast as the project says? Ratios beside its peers' code paths, each with a gate (`make bench`)."""
