"""A body as received → clean UTF-8, whatever its charset is said to be. Pure.

Order: byte-order mark, UTF-8 when the bytes are valid UTF-8 (nothing else looks like it by
accident), the charset of the XML declaration or of the header, the usual legacy charset of the
source's language, Windows-1252. Labels mean what browsers mean by them (WHATWG Encoding).
"""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(rb"\A<\?xml[^>]{0,300}\?>")
_ILLEGAL = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))
_EACH_ILLEGAL = tuple(bytes((code,)) for code in _ILLEGAL)
_STEP = 1 << 18  # a body as text takes four times its bytes once there is one emoji in it
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_UNMARKED = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_LABELS = {
    "iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "latin-1": "windows-1252",
    "latin1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252", "iso-8859-9": "windows-1254",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932",
    "x-sjis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "tis-620": "cp874", "iso-8859-11": "cp874",
    "windows-874": "cp874", "unicode": "utf-16", "utf8": "utf-8", "iso-8859-8-i": "iso-8859-8",
    "x-mac-cyrillic": "mac-cyrillic",
}  # fmt: skip
_BY_LANGUAGE = {
    "et": "windows-1257", "lv": "windows-1257", "lt": "windows-1257",
    "ru": "windows-1251", "uk": "windows-1251", "bg": "windows-1251", "sr": "windows-1251", "be": "windows-1251",
    "pl": "windows-1250", "cs": "windows-1250", "sk": "windows-1250", "hu": "windows-1250", "ro": "windows-1250",
    "hr": "windows-1250", "sl": "windows-1250", "el": "windows-1253", "tr": "windows-1254", "he": "windows-1255",
    "ar": "windows-1256", "fa": "windows-1256", "th": "cp874", "ja": "cp932", "ko": "cp949", "zh": "gb18030",
}  # fmt: skip
# Not for the outside: they execute nothing, but turn plain ASCII into something else.
_REFUSED = frozenset(
    ("utf-7", "utf7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined")
)


def as_utf8(body: bytes, content_type: str, language: str | None = None) -> bytes:
    """The body in UTF-8 without mark, declaration, null bytes or XML-illegal controls."""
    if not _is_plain_utf8(body):
        body = decode(body, content_type, language).encode("utf-8", "replace")
    body = body.removeprefix(codecs.BOM_UTF8)
    if len(body) <= _STEP or any(body.find(char) >= 0 for char in _EACH_ILLEGAL):
        body = body.translate(None, _ILLEGAL)
    body = body.strip()
    return _DECLARATION.sub(b"", body, count=1).lstrip()


def _is_plain_utf8(body: bytes) -> bool:
    """What most bodies are; told without keeping a second, four times larger copy as text."""
    if b"\x1b" in body or b"\x00" in body[:4] or body.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), _STEP):
            decoder.decode(body[start : start + _STEP], start + _STEP >= len(body))
    except UnicodeDecodeError:
        return False
    return True


def decode(body: bytes, content_type: str, language: str | None = None) -> str:
    """The text of a body. Never raises: what cannot be read becomes U+FFFD."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _UNMARKED:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    declared = _declared(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(body, declared, language)
    if b"\x1b" in body:  # ISO-2022-JP and its like are ASCII bytes
        for name in declared:
            if name.startswith("iso-2022") and (escaped := _strict(body, name)) is not None:
                return escaped
    return text


def _declared(body: bytes, content_type: str) -> tuple[str, ...]:
    """Labels in the order of trust. The document knows better than a server's default."""
    head = body[:2048]
    found = [match[1].decode("ascii") for pattern in (_DECLARED, _META) if (match := pattern.search(head))]
    header = _HEADER.search(content_type)
    if header:
        found.append(header[1])
    return tuple(_LABELS.get(name.lower(), name.lower()) for name in found)


def _legacy(body: bytes, declared: tuple[str, ...], language: str | None) -> str:
    if not declared or "utf-8" in declared:
        text = body.decode("utf-8", "replace")
        wide = sum(1 for char in text if char > "\x7f" and char != "\ufffd")
        if wide > 3 * text.count("\ufffd"):  # UTF-8 with a few broken characters
            return text
    guess = _BY_LANGUAGE.get(language or "", "windows-1252")
    if guess == "windows-1251" and _koi8(body):
        guess = "koi8-r" if language != "uk" else "koi8-u"
    for name in (*(name for name in declared if name != "utf-8"), guess, "windows-1252"):
        text_or_none = _strict(body, name)
        if text_or_none is not None:
            return text_or_none
    return body.decode("windows-1252", "replace")


def _strict(body: bytes, name: str) -> str | None:
    if name in _REFUSED:
        return None
    try:
        text = body.decode(name)
    except (LookupError, ValueError):
        return None
    return text if isinstance(text, str) else None


def _koi8(body: bytes) -> bool:
    """Small letters, the most frequent, stand at C0–DF in KOI8 and at E0–FF in Windows-1251."""
    high = [byte for byte in body[:20_000] if byte >= 0xC0]
    return sum(byte < 0xE0 for byte in high) > len(high) / 2
