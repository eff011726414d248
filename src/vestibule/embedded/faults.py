"""What stops the embedded PostgreSQL, said to the operator."""


class EmbeddedFault(Exception):
    """The embedded PostgreSQL cannot run. `str()` is a sentence that says why and what to do."""
