"""English words for a time span."""


def display(edtf: str) -> str:
    """The words for a canonical EDTF text."""
    return edtf
