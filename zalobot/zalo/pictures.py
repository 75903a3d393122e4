"""Pictures made to fit what Zalo takes: JPEG or PNG up to 1 MB, GIF up to 5 MB.

The one rule: what fits is sent as it is, byte for byte; what does not loses sharpness, then size.
"""

import io
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

IMAGE_LIMIT, GIF_LIMIT = 1_000_000, 5_000_000
MOST_PIXELS = 80_000_000  # a few kilobytes can claim to be more than the memory holds
_SIDES = (2048, 1600, 1280, 1024, 800, 640)
_SHARPNESS = (85, 75, 60)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it may be uploaded; `ending` is what its name must end in. Width and height in pixels."""

    data: bytes
    kind: Literal["image", "gif"]
    ending: str
    width: int
    height: int


def fitted(data: bytes) -> Picture:
    """The picture as Zalo takes it; raises ValueError for what is none, or one of more than 80 million pixels."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"a picture of {image.width} × {image.height} is too large to be read")
            return _as_it_is(image, data) or _shrunk(image)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"no picture: {error}") from error


def _as_it_is(image: Image.Image, data: bytes) -> Picture | None:
    match image.format:
        case "GIF" if len(data) <= GIF_LIMIT and getattr(image, "n_frames", 1) > 1:
            return Picture(data, "gif", "gif", *image.size)
        case "JPEG" if len(data) <= IMAGE_LIMIT:
            return Picture(data, "image", "jpg", *image.size)
        case "PNG" if len(data) <= IMAGE_LIMIT:
            return Picture(data, "image", "png", *image.size)
    return None


def _shrunk(image: Image.Image) -> Picture:
    """As a JPEG: the largest and sharpest that fits. A GIF too large, or one that stands still, is its first frame."""
    upright = ImageOps.exif_transpose(image)
    flat = Image.new("RGB", upright.size, "white")
    seen = upright.convert("RGBA")
    flat.paste(seen, mask=seen.getchannel("A"))
    for side in _SIDES:
        flat.thumbnail((side, side))
        for sharpness in _SHARPNESS:
            data = _jpeg(flat, sharpness)
            if len(data) <= IMAGE_LIMIT:
                return Picture(data, "image", "jpg", *flat.size)
    raise ValueError("no size of this picture fits")  # 640 × 640 pixels never have a megabyte


def _jpeg(image: Image.Image, sharpness: int) -> bytes:
    into = io.BytesIO()
    image.save(into, "JPEG", quality=sharpness, optimize=True)
    return into.getvalue()
