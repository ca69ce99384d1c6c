"""A person at the running product without a browser: cookies, the hidden token, forms."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from tests.people import PASSWORD


class Visitor:
    """One signed-in person; `get` and `post` return status and text, after redirects."""

    def __init__(self, url: str, username: str) -> None:
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        status, text = self.post("/sign-in/", {"username": username, "password": PASSWORD})
        assert status == 200 and 'id="id_username"' not in text, text[:2000]

    def get(self, path: str) -> tuple[int, str]:
        return self._open(urllib.request.Request(self.url + path))

    def post(self, path: str, texts: dict[str, Any], *, page: str = "") -> tuple[int, str]:
        """Post to `path` with the token of `page` (where it is not the same address)."""
        _status, text = self.get(page or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert token, text[:2000]
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **texts}, doseq=True).encode()
        return self._open(urllib.request.Request(self.url + path, data=body, headers={"Referer": self.url + path}))

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(errors="replace")
