from tests.sweep.conftest import world

__all__ = ["world"]  # everybody's, for a module of tests
