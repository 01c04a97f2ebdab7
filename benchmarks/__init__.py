"""Is the function as fast as the project says? Ratios to the code of its peers, each with a limit (`make bench`)."""
