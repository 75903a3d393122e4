"""Archives as somebody sends them."""

import io
import zipfile
from collections.abc import Mapping


def zipped(entries: Mapping[str, bytes | str]) -> bytes:
    """A .zip with these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return made.getvalue()
