"""A local AWS on loopback: gateway, engines, function runtime and event source mapping. Knows nothing of the product."""
