import io
import zipfile

import pytest

from zalobot.errors import Refused
from zalobot.zalo.media_types import TYPES, ending_of, type_of


def archive(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "<xml/>" * 20)
    return packed.getvalue()


def compound(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016 + stream.encode("utf-16-le") + b"\0" * 512


def film(brand: str) -> bytes:
    return b"\0\0\0\x18ftyp" + brand.encode() + b"\0" * 60


WORD = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")
SHEET = ("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("ending", "data", "name"),
    [
        ("jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 99, ""),
        ("jpg", b"\xff\xd8\xff\xe1\x12\x34Exif\0\0" + b"\0" * 99, ""),
        ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 99, "anh.jpg"),
        ("gif", b"GIF89a" + b"\0" * 50, ""),
        ("webp", b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 50, ""),
        ("pdf", b"%PDF-1.7\n%" + b"a" * 50, "don.docx"),
        ("docx", archive(*WORD), "don.zip"),
        ("xlsx", archive(*SHEET), ""),
        ("doc", compound("WordDocument"), ""),
        ("xls", compound("Workbook"), ""),
        ("doc", compound("WordDocument") + compound("Workbook"), "don.doc"),
        ("mp4", film("isom"), ""),
        ("mp4", film("mp42"), ""),
        ("m4a", film("M4A "), ""),
        ("amr", b"#!AMR\n" + b"\0" * 40, ""),
        ("txt", "Kính gửi quý cơ quan".encode(), ""),
        ("txt", "Kính gửi".encode("utf-16"), "don.txt"),
        ("csv", "\ufefftên,số\nA,1\n".encode(), "bang.CSV"),
    ],
)
def test_a_file_is_what_its_bytes_are(ending, data, name):
    assert ending_of(data, name) == ending
    assert type_of(data, name) == TYPES[ending]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.txt"),
        (b"MZ\x90\0" + b"\0" * 99, "a.pdf"),
        (b"\x7fELF" + b"\0" * 99, "a.jpg"),
        (archive("a.txt"), "a.docx"),
        (archive(*WORD, "word/vbaProject.bin"), "a.docx"),
        (b"PK\x03\x04 no archive at all", "a.docx"),
        (compound("SomethingElse"), "a.doc"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.txt"),
        (b" <svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (b"\xff\xfe\xff", "a.txt"),
        (b"a\0b", "a.txt"),
        (film("heic"), "a.jpg"),
    ],
)
def test_what_is_not_listed_is_refused_whatever_its_name(data, name):
    with pytest.raises(Refused) as refused:
        ending_of(data, name)
    assert refused.value.reason == "media_type"
