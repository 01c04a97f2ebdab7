"""The one endpoint of the local AWS: what moto lacks or does otherwise than AWS is answered here, the rest by moto."""
