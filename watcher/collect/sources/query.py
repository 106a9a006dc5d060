"""Searches: Google News, Bing News, GDELT DOC 2.0, ReliefWeb. Pure.

The address is built from `engine`, `q` and `language`; parameters as in the topic's research (each
engine's own syntax: quotes, OR). What comes back names publishers, never the aggregator.
"""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import BaseModel, ConfigDict

from watcher.collect.entries import RawItem, Setting, entry, outlet_from, unrepeated
from watcher.collect.reading import MAX_ENTRIES, Reading, reading
from watcher.collect.sources.feed import ACCEPT, read_feed
from watcher.collect.sources.json import parsed
from watcher.errors import ParseError
from watcher.model import Entry, Fetched, PollState, Request, Source

# Google's edition: interface language, country, and both as the ceid parameter wants them.
_GOOGLE = {
    "en": ("en-US", "US", "US:en"), "pl": ("pl", "PL", "PL:pl"), "lt": ("lt", "LT", "LT:lt"),
    "lv": ("lv", "LV", "LV:lv"), "et": ("et", "EE", "EE:et"), "fi": ("fi", "FI", "FI:fi"),
    "sv": ("sv", "SE", "SE:sv"), "no": ("no", "NO", "NO:no"), "uk": ("uk", "UA", "UA:uk"),
    "ru": ("ru", "RU", "RU:ru"), "de": ("de", "DE", "DE:de"), "fr": ("fr", "FR", "FR:fr"),
    "es": ("es-419", "MX", "MX:es-419"), "ar": ("ar", "EG", "EG:ar"), "zh": ("zh-CN", "CN", "CN:zh-Hans"),
    "ja": ("ja", "JP", "JP:ja"), "ko": ("ko", "KR", "KR:ko"), "th": ("th", "TH", "TH:th"),
    "it": ("it", "IT", "IT:it"), "nl": ("nl", "NL", "NL:nl"), "pt": ("pt-BR", "BR", "BR:pt-419"),
    "cs": ("cs", "CZ", "CZ:cs"), "sk": ("sk", "SK", "SK:sk"), "hu": ("hu", "HU", "HU:hu"),
    "ro": ("ro", "RO", "RO:ro"), "bg": ("bg", "BG", "BG:bg"), "el": ("el", "GR", "GR:el"),
    "tr": ("tr", "TR", "TR:tr"), "he": ("he", "IL", "IL:he"), "hi": ("hi", "IN", "IN:hi"),
    "da": ("da", "DK", "DK:da"), "sr": ("sr", "RS", "RS:sr"), "id": ("id", "ID", "ID:id"),
    "vi": ("vi", "VN", "VN:vi"), "bn": ("bn", "BD", "BD:bn"), "sl": ("sl", "SI", "SI:sl"),
}  # fmt: skip
_ENDPOINTS = {
    "google-news": "https://news.google.com/rss/search",
    "bing-news": "https://www.bing.com/news/search",
    "gdelt": "https://api.gdeltproject.org/api/v2/doc/doc",
    "reliefweb": "https://reliefweb.int/updates/rss.xml",
    "reliefweb-api": "https://api.reliefweb.int/v2/reports",
}
# GDELT writes languages out.
_LANGUAGES = {
    "english": "en", "polish": "pl", "lithuanian": "lt", "latvian": "lv", "estonian": "et", "finnish": "fi",
    "swedish": "sv", "norwegian": "no", "danish": "da", "ukrainian": "uk", "russian": "ru", "german": "de",
    "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "arabic": "ar",
    "chinese": "zh", "japanese": "ja", "korean": "ko", "thai": "th", "turkish": "tr", "greek": "el",
    "czech": "cs", "slovak": "sk", "hungarian": "hu", "romanian": "ro", "bulgarian": "bg", "croatian": "hr",
    "serbian": "sr", "persian": "fa", "khmer": "km", "georgian": "ka", "azerbaijani": "az", "armenian": "hy",
    "hebrew": "he", "hindi": "hi", "vietnamese": "vi", "indonesian": "id", "slovenian": "sl", "albanian": "sq",
    "macedonian": "mk", "norwegianbokmal": "no", "bengali": "bn", "urdu": "ur", "malay": "ms", "burmese": "my",
}  # fmt: skip
_FIELDS = (
    "title",
    "url",
    "url_alias",
    "date.created",
    "source.name",
    "source.homepage",
    "language.code",
    "body",
)
_OR = re.compile(r"\bOR\b")
_WHEN = re.compile(r"\b(?:when|after|before):\S")

Engine = Literal["google-news", "bing-news", "gdelt", "reliefweb", "reliefweb-api"]


class Options(BaseModel):
    """`q`: the query in the engine's words. `days`: how far back, where the engine can be told.
    `edition`: Google's hl/gl/ceid, when the language alone does not tell. `appname`: ReliefWeb's."""

    model_config = ConfigDict(extra="forbid")

    engine: Engine
    q: str
    language: str = ""
    days: int = 7
    edition: tuple[str, str, str] | None = None
    appname: str = ""


def ask(source: Source, state: PollState) -> Request:
    options = Options.model_validate(dict(source.options))
    accept = "application/json" if options.engine in ("gdelt", "reliefweb-api") else ACCEPT
    return Request(address(options, source.url), {"Accept": accept})


def address(options: Options, endpoint: str = "") -> str:
    """Where the engine answers this query. What `endpoint` says already of a parameter stands."""
    endpoint = endpoint or _ENDPOINTS[options.engine]
    base, _, given = endpoint.partition("?")
    stated = dict(parse_qsl(given, keep_blank_values=True))
    return f"{base}?{urlencode({**_parameters(options), **stated}, quote_via=quote, safe=':')}"


def _parameters(options: Options) -> dict[str, str]:
    match options.engine:
        case "google-news":
            return _google(options)
        case "bing-news":
            return {"q": options.q, "format": "RSS", "qft": 'sortbydate="1"'}
        case "gdelt":
            return {
                "query": f"({options.q})"
                if _OR.search(options.q) and not options.q.startswith("(")
                else options.q,
                "mode": "artlist",
                "format": "json",
                "maxrecords": "250",
                "timespan": f"{options.days}d",
                "sort": "datedesc",
            }
        case "reliefweb":
            return {"search": options.q}
    named = {"appname": options.appname, "query[value]": options.q, "sort[]": "date:desc", "limit": "50"}
    return {**named, **{f"fields[include][{at}]": field for at, field in enumerate(_FIELDS)}}


def _google(options: Options) -> dict[str, str]:
    q = options.q if _WHEN.search(options.q) else f"{options.q} when:{options.days}d"
    language = options.language or "en"
    hl, gl, ceid = options.edition or _GOOGLE.get(language, (language, "US", f"US:{language}"))
    return {"q": q, "hl": hl, "gl": gl, "ceid": ceid}


def read(source: Source, state: PollState, fetched: Fetched) -> Reading:
    """In the engine's order. Raises ParseError, and nothing else, whatever the bytes."""
    options = Options.model_validate(dict(source.options))
    if options.engine == "gdelt":
        return _read_gdelt(source, state, fetched)
    if options.engine == "reliefweb-api":
        return _read_reliefweb(source, state, fetched)
    return read_feed(source, state, fetched, aggregator=options.engine != "reliefweb")


def _read_gdelt(source: Source, state: PollState, fetched: Fetched) -> Reading:
    answer = parsed(source, fetched)
    articles = answer.get("articles") if isinstance(answer, dict) and answer else []
    if not isinstance(articles, list) or not isinstance(answer, dict):
        raise ParseError(source.id, "GDELT's answer holds no articles")
    setting = Setting(source, fetched.url, fetched.at, aggregator=True)
    made = [_gdelt(item, setting) for item in articles[:MAX_ENTRIES] if isinstance(item, dict)]
    entries = unrepeated(each for each in made if each.title and each.url)
    return reading(entries, state.seen, total=len(articles))


def _gdelt(item: dict[str, Any], setting: Setting) -> Entry:
    url = _text(item, "url")
    domain = _text(item, "domain") or outlet_from(url)
    raw = RawItem(
        title=" ".join(_text(item, "title").split()),  # GDELT puts spaces around punctuation
        link=url,
        published=_text(item, "seendate"),
        language=_LANGUAGES.get(_text(item, "language").lower().replace(" ", ""), ""),
        outlet=domain,
        outlet_url=f"https://{domain}/" if domain else "",
    )
    return entry(raw, setting)


def _read_reliefweb(source: Source, state: PollState, fetched: Fetched) -> Reading:
    answer = parsed(source, fetched)
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ParseError(source.id, "ReliefWeb's answer holds no reports (is the appname approved?)")
    setting = Setting(source, fetched.url, fetched.at)
    entries = unrepeated(_reliefweb(item, setting) for item in found[:MAX_ENTRIES] if isinstance(item, dict))
    return reading((each for each in entries if each.title), state.seen, total=len(found))


def _reliefweb(item: dict[str, Any], setting: Setting) -> Entry:
    fields = item.get("fields")
    fields = fields if isinstance(fields, dict) else {}
    dates, outlets = fields.get("date"), fields.get("source")
    outlet = outlets[0] if isinstance(outlets, list) and outlets and isinstance(outlets[0], dict) else {}
    languages = fields.get("language")
    language = (
        languages[0] if isinstance(languages, list) and languages and isinstance(languages[0], dict) else {}
    )
    raw = RawItem(
        title=_text(fields, "title"),
        content=_text(fields, "body-html") or _text(fields, "body"),
        link=_text(fields, "url_alias") or _text(fields, "url") or _text(item, "href"),
        guid=str(item.get("id", "")),
        published=_text(dates, "created") or _text(dates, "original") if isinstance(dates, dict) else "",
        language=_text(language, "code"),
        outlet=_text(outlet, "name"),
        outlet_url=_text(outlet, "homepage"),
    )
    return entry(raw, setting)


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""
