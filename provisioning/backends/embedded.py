"""The registry in this portal's own database."""


class EmbeddedRegistry: ...
