"""What a browser would send back: the controls of a page, read as HTML."""

from __future__ import annotations

from html.parser import HTMLParser


class Controls(HTMLParser):
    """The values of the controls of a page by name, as a form post holds them; disabled ones are not sent."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._area = ""
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea" and "disabled" not in found:
            self._area, self._text = name, ""
        elif tag == "option" and "selected" in found and self._select:
            self._add(self._select, found["value"])
        elif tag == "input" and name and "disabled" not in found:
            ticks = found.get("type") in ("radio", "checkbox")
            if found.get("type") not in ("submit", "button") and (not ticks or "checked" in found):
                self._add(name, found.get("value", "on" if ticks else ""))

    def handle_data(self, data: str) -> None:
        self._text += data if self._area else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # The first line break after the tag is not part of the text, and every line ends as in a post.
            text = self._text.replace("\r\n", "\n").removeprefix("\n")
            self._add(self._area, text.replace("\n", "\r\n"))
            self._area = ""
        elif tag == "select":
            self._select = ""

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)
