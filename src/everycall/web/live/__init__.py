"""The live picture on its way to screens: who may see what of it, and one stream for each browser."""
