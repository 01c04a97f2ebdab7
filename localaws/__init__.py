"""A local AWS on loopback: gateway, engines, function runtime, event source mapping. It does not use the product."""
