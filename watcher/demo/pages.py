"""The demo's news as bytes on the wire: RSS 2.0, Atom, JSON Feed, an HTML list, an article. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from email.utils import format_datetime
from html import escape

from watcher.demo.news import News, Outlet

TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "page": "text/html; charset=utf-8",
}
_NOTICE = "Invented for the watcher's demo."


def front(outlet: Outlet, items: Iterable[News], root: str) -> bytes:
    """The outlet's feed or list page. `root` is the server's address, without a slash at the end."""
    form = {"rss": _rss, "atom": _atom, "json": _json, "page": _page}[outlet.form]
    return form(outlet, tuple(items), root).encode()


def article(outlet: Outlet, item: News) -> bytes:
    paragraphs = "".join(f"<p>{escape(p)}</p>" for p in (item.summary, item.more) if p)
    credit = f"<p class='credit'>{escape(item.wire.upper())}</p>" if item.wire else ""
    return (
        f"<!doctype html><html lang='{outlet.language}'><head><meta charset='utf-8'>"
        f"<title>{escape(item.title)}</title><meta property='og:site_name' content='{escape(outlet.name)}'>"
        f"<meta property='article:published_time' content='{item.at.isoformat()}'></head>"
        f"<body><header><nav><a href='/'>{escape(outlet.name)}</a></nav></header><main><article>"
        f"<h1>{escape(item.title)}</h1><time datetime='{item.at.isoformat()}'>{item.at:%Y-%m-%d}</time>"
        f"{paragraphs}{credit}</article></main><footer><p>{_NOTICE}</p></footer></body></html>"
    ).encode()


def _rss(outlet: Outlet, items: tuple[News, ...], root: str) -> str:
    entries = "".join(
        f"<item><title>{escape(n.title)}</title><link>{root}{n.path}</link>"
        f"<guid isPermaLink='false'>{n.outlet}:{n.slug}</guid>"
        f"<pubDate>{format_datetime(n.at)}</pubDate><description>{escape(n.summary)}</description></item>"
        for n in items
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>{escape(outlet.name)}</title><link>{root}/{outlet.id}</link>"
        f"<description>{_NOTICE}</description><language>{outlet.language}</language>{entries}</channel></rss>"
    )


def _atom(outlet: Outlet, items: tuple[News, ...], root: str) -> str:
    updated = items[0].at.isoformat() if items else "2027-10-01T00:00:00+00:00"
    entries = "".join(
        f"<entry><title>{escape(n.title)}</title><link href='{root}{n.path}'/>"
        f"<id>tag:demo.invalid,2027:{n.outlet}/{n.slug}</id><updated>{n.at.isoformat()}</updated>"
        f"<published>{n.at.isoformat()}</published><summary>{escape(n.summary)}</summary></entry>"
        for n in items
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
        f"xml:lang='{outlet.language}'><title>{escape(outlet.name)}</title>"
        f"<id>tag:demo.invalid,2027:{outlet.id}</id><updated>{updated}</updated>{entries}</feed>"
    )


def _json(outlet: Outlet, items: tuple[News, ...], root: str) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.name,
            "description": _NOTICE,
            "language": outlet.language,
            "items": [
                {
                    "id": f"{n.outlet}:{n.slug}",
                    "url": root + n.path,
                    "title": n.title,
                    "content_text": n.summary,
                    "date_published": n.at.isoformat(),
                }
                for n in items
            ],
        },
        ensure_ascii=False,
    )


def _page(outlet: Outlet, items: tuple[News, ...], root: str) -> str:
    entries = "".join(
        f"<article class='teaser'><h2><a href='{n.path}'>{escape(n.title)}</a></h2>"
        f"<time datetime='{n.at.isoformat()}'>{n.at:%d/%m/%Y}</time><p>{escape(n.summary)}</p></article>"
        for n in items
    )
    return (
        f"<!doctype html><html lang='{outlet.language}'><head><meta charset='utf-8'>"
        f"<title>{escape(outlet.name)}</title></head><body><nav><a href='/{outlet.id}/contact'>Contact</a></nav>"
        f"<main>{entries or '<p>Rien encore.</p>'}</main><footer><p>{_NOTICE}</p></footer></body></html>"
    )
