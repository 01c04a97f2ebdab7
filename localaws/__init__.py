"""A local AWS on loopback: gateway, engines, function runtime, event source mapping. Knows nothing of the product."""
