"""What every channel kind's settings share: strict keys, secrets that stay secret, TLS trust."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from watcher.errors import Refused
from watcher.model import Channel, Secret

_CA_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # BSD, macOS
)


def _secret(value: object) -> object:
    return Secret(value) if isinstance(value, str) else value


Hidden = Annotated[Secret, BeforeValidator(_secret)]
"""A setting that is a str or a Secret, and a Secret from then on."""


class Settings(BaseModel):
    """`SECRETS` names the settings whose values are never shown and may be `env:` or `file:`."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True
    )
    SECRETS: ClassVar[frozenset[str]] = frozenset()


_Model = TypeVar("_Model", bound=Settings)


def read(model: type[_Model], channel: Channel) -> _Model:
    """The settings of `channel`. Raises Refused, which names the key and never shows a value."""
    try:
        return model.model_validate(dict(channel.settings))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused(
            channel.name, f"setting {where}: {first['msg']}", remedy="Correct it in config.toml."
        ) from None


def without_secrets(text: str, settings: Settings) -> str:
    """`text` with every secret of `settings` struck out, for messages that quote a server or library."""
    for value in _secret_values(settings.model_dump()):
        text = text.replace(value, "***")
    return text


def _secret_values(dumped: Any) -> list[str]:
    match dumped:
        case Secret():
            return [dumped.reveal()] if dumped.reveal() else []
        case Mapping():
            return [found for value in dumped.values() for found in _secret_values(value)]
        case list() | tuple():
            return [found for value in dumped for found in _secret_values(value)]
        case _:
            return []


def trust_for(address: str, ca_file: Path | None) -> ssl.SSLContext | None:
    """`trust`, or None for a plain http address: reading the trust store takes 30 ms."""
    return None if address.lower().startswith("http://") else trust(ca_file)


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Verifying TLS: the system's trust store (SSL_CERT_FILE honoured), and `ca_file` where given."""
    known = ssl.get_default_verify_paths().cafile
    if sys.platform in ("darwin", "win32") and not known:
        import truststore  # asks the operating system; on Linux OpenSSL reads the same store itself

        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.create_default_context()
        if not known and not context.cert_store_stats()["x509_ca"]:  # a Python built for another system
            found = next((file for file in _CA_FILES if Path(file).is_file()), None)
            if found:
                context.load_verify_locations(cafile=found)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except OSError as error:  # ssl.SSLError is one too
            raise Refused(
                str(ca_file),
                f"no certificate can be read from it: {error.strerror or error}",
                remedy="Correct `ca_file`.",
            ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
