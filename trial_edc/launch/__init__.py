"""Starts the product, its tests or one command on one machine; `run.py` hands over to it. Standard library only."""
