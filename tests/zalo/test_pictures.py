"""A picture goes to Zalo as it is where it fits, else smaller; what claims to be a picture is not believed."""

import io
import random

import pytest
from PIL import Image

from zalobot.zalo.pictures import GIF_LIMIT, IMAGE_LIMIT, fitted


def encoded(image: Image.Image, form: str, **more: object) -> bytes:
    into = io.BytesIO()
    image.save(into, form, **more)
    return into.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """What no format can compress."""
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_fits_is_sent_as_it_is(form: str) -> None:
    data = encoded(Image.new("RGB", (40, 30), "red"), form)
    assert (fitted(data).data, fitted(data).ending) == (data, {"JPEG": "jpg", "PNG": "png"}[form])


@pytest.mark.parametrize("form", ["PNG", "BMP", "JPEG", "WEBP"])
def test_what_is_too_large_or_of_another_kind_becomes_a_jpeg_that_fits(form: str) -> None:
    data = encoded(noise(1500, 1000), form, **({"quality": 98} if form in ("JPEG", "WEBP") else {}))
    assert len(data) > IMAGE_LIMIT
    made = fitted(data)
    assert (made.ending, made.kind, made.width * 2 // 3) == ("jpg", "image", made.height)
    assert made.data.startswith(b"\xff\xd8\xff")
    assert len(made.data) <= IMAGE_LIMIT


def test_a_photo_taken_sideways_stands_upright_afterwards() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by 90°
    made = fitted(encoded(noise(1500, 1000), "JPEG", quality=98, exif=turned))
    assert made.height > made.width


def test_what_can_be_seen_through_is_white_behind() -> None:
    image = noise(1200, 1200).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 600, 1200))
    made = fitted(encoded(image, "PNG"))
    with Image.open(io.BytesIO(made.data)) as seen:
        assert all(channel > 240 for channel in seen.getpixel((5, 5)))


def test_a_gif_that_moves_stays_one_unless_it_is_too_large() -> None:
    frames = [noise(200, 100), noise(200, 100)]
    frames[1].putpixel((0, 0), (1, 2, 3))
    data = encoded(frames[0], "GIF", save_all=True, append_images=[Image.new("RGB", (200, 100), "blue")])
    assert (fitted(data).kind, fitted(data).data, fitted(data).width) == ("gif", data, 200)
    padded = data[:-1] + b"\x21\xfe" + (b"\xff" + b"x" * 255) * (GIF_LIMIT // 255) + b"\x00;"
    assert fitted(padded).ending == "jpg"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\xff\xd8\xff\xe0 cut", b"GIF89a"])
def test_what_is_no_picture_is_said(data: bytes) -> None:
    with pytest.raises(ValueError):
        fitted(data)


def test_a_picture_that_claims_to_be_gigantic_is_not_unfolded() -> None:
    data = bytearray(encoded(Image.new("1", (1, 1)), "BMP"))
    for side, said in ((9_100, "9100"), (20_000, "bomb")):
        data[18:26] = side.to_bytes(4, "little") * 2
        with pytest.raises(ValueError, match=said):
            fitted(bytes(data))
