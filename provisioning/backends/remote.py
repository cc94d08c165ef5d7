"""A vendor's own system."""


class RemoteBackend:
    def __init__(self, address: str, token: str) -> None: ...
