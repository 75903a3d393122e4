"""What we say, as Zalo's limits allow it.

The one rule: a message that would break one of Zalo's limits can't be made or is split before it is sent; it is never
cut short.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from zalobot.zalo.buttons import MOST_BUTTONS, Button, ButtonKind, kept_button
from zalobot.zalo.splitting import TEXT_LIMIT, fits, split, units

__all__ = ["MOST_BUTTONS", "TEXT_LIMIT", "Button", "ButtonKind", "Outgoing", "parts", "split"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to one person, or a reaction to one of theirs.

    `image_id`, `gif_id` (with `width` and `height` in pixels) and `file_token` are what Zalo gave for an upload;
    `image_blob` and `file_blob` name files of ours (their sha256) that are uploaded first.
    `ask_title` asks for the person's name and telephone in a form of Zalo's, with `ask_subtitle` and a picture at
    `ask_image_url`. `react_icon` is put to the message `react_id`. `reworded`: Zalo has refused its first form.
    Raises ValueError for more than five buttons.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()
    image_id: str = ""
    gif_id: str = ""
    file_token: str = ""
    image_blob: str = ""
    file_blob: str = ""
    file_name: str = ""
    quote_id: str = ""
    sticker_id: str = ""
    ask_title: str = ""
    ask_subtitle: str = ""
    ask_image_url: str = ""
    react_icon: str = ""
    react_id: str = ""
    width: int = 0
    height: int = 0
    reworded: bool = False

    def __post_init__(self) -> None:
        if len(self.buttons) > MOST_BUTTONS:
            raise ValueError(f"a message has at most {MOST_BUTTONS} buttons, not {len(self.buttons)}")
        if not self.text.isascii():
            object.__setattr__(self, "text", unicodedata.normalize("NFC", self.text))

    @property
    def has_image(self) -> bool:
        """Whether an image belongs to it, uploaded already or not."""
        return bool(self.image_id or self.gif_id or self.image_blob)

    @property
    def has_file(self) -> bool:
        """Whether a file belongs to it, uploaded already or not."""
        return bool(self.file_token or self.file_blob)

    @property
    def stands_alone(self) -> bool:
        """Whether it is one of the forms that take no words: a sticker, a form to fill in, a reaction."""
        return bool(self.sticker_id or self.ask_title or self.react_icon)

    @property
    def written_out(self) -> str:
        """Its words with the addresses and numbers of its buttons below."""
        return "\n".join((self.text, *(button.written for button in self.buttons if button.written))).strip()

    def plain(self) -> Self:
        """The same in words only, for where Zalo refuses buttons (-201, -233); addresses, numbers are written out."""
        return replace(self, text=self.written_out, buttons=())

    def to_json(self) -> dict[str, Any]:
        """A JSON object with what is set, for the outbox."""
        made: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(self, name))}
        if self.buttons:
            made["buttons"] = [{"title": b.title, "kind": b.kind, "value": b.value} for b in self.buttons]
        return made

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The message that `to_json` described; fields of another version are left out."""
        known = {name: kept[name] for name in _PLAIN if name in kept}
        return cls(**known, buttons=tuple([kept_button(**button) for button in kept.get("buttons", ())]))


_PLAIN = tuple(field.name for field in fields(Outgoing) if field.name != "buttons")


def parts(outgoing: Outgoing) -> list[Outgoing]:
    """The messages that are really sent, in order: image, file, then the words; buttons go with the last one.

    A short text is the caption of its image where nothing else hangs on it; a file takes no caption. The last part
    leaves room for its buttons' addresses, should they have to be written out. Raises ValueError for buttons without
    words.
    """
    if outgoing.text and not _more_than_words(outgoing) and fits(outgoing.text):
        return [outgoing]
    found = _attached(outgoing)
    pieces = [] if _is_caption(outgoing) else split(outgoing.text, TEXT_LIMIT - _room_for_buttons(outgoing))
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        buttons = outgoing.buttons if place == last else ()
        # Zalo takes a quote with nothing but text.
        found.append(Outgoing(piece, buttons, quote_id="" if place or buttons else outgoing.quote_id))
    if outgoing.buttons and not pieces:
        raise ValueError("buttons need words to stand below")
    return found


def _more_than_words(outgoing: Outgoing) -> bool:
    if outgoing.has_image or outgoing.has_file or outgoing.quote_id or outgoing.stands_alone:
        return True
    return any(not button.kind.startswith("query") for button in outgoing.buttons)


def _attached(outgoing: Outgoing) -> list[Outgoing]:
    found = []
    if outgoing.has_image:
        words = split(outgoing.text)[0] if _is_caption(outgoing) else ""
        found.append(replace(outgoing, text=words, buttons=(), quote_id="", file_token="", file_blob="", file_name=""))
    if outgoing.has_file:
        file = Outgoing(file_token=outgoing.file_token, file_blob=outgoing.file_blob, file_name=outgoing.file_name)
        found.append(file)
    if outgoing.stands_alone:
        found.append(replace(outgoing, text="", buttons=(), quote_id=""))
    return found


def _is_caption(outgoing: Outgoing) -> bool:
    alone = not (outgoing.buttons or outgoing.quote_id)
    return outgoing.has_image and alone and len(split(outgoing.text)) == 1


def _room_for_buttons(outgoing: Outgoing) -> int:
    return units(replace(outgoing, text=".").written_out) - 1
