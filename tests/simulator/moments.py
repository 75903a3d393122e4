"""Instants and bytes the simulator's tests share."""

from datetime import UTC, datetime, timedelta, timezone

LOCAL = timezone(timedelta(hours=7))
THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=LOCAL).astimezone(UTC)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
PDF = b"%PDF-1.7 " + bytes(64)
