"""py3langid's model of languages, in a fifth of its memory: same scores, only for the languages that are asked.

The library holds a table of transitions for every state and every byte (104 MiB in all, and 30 more while it
loads). Its states are the byte strings that the model knows, and where it stands after a byte is the longest
of them that the text ends with there: 105,000 sorted numbers say the same.
"""

from __future__ import annotations

import lzma
import mmap
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from typing import IO, Any, Protocol

import numpy as np
import py3langid.langid

_Array = np.ndarray[Any, Any]
_BLOCK = 4096
_LONGEST = 6
"""Bytes of the longest string that fits one number beside its length."""


class Identifier(Protocol):
    """Which of some languages a text is in."""

    def best(self, text: str, wanted: Mapping[str, str]) -> str | None:
        """The likeliest of the labels in `wanted`, by what `wanted` calls it; None without any sign of one."""


class Model:
    """Which of some languages a text is in. `codes` are the model's own labels, by column."""

    def __init__(
        self, codes: list[str], strings: _Array, features: _Array, weights: _Array, priors: _Array
    ) -> None:
        self._codes = codes
        self._strings, self._features = (
            strings,
            features,
        )  # what is known, sorted; the feature each stands for
        self._weights, self._priors = weights, priors

    def best(self, text: str, wanted: Mapping[str, str]) -> str | None:
        features = self._found(_bytes(text))
        if not len(features):
            return None
        seen, counts = np.unique(features, return_counts=True)
        scores = np.log1p(counts.astype(np.float32)) @ self._weights[seen] + self._priors
        for column in np.argsort(-scores, kind="stable"):
            if (label := self._codes[column]) in wanted:
                return wanted[label]
        return None

    def _found(self, text: bytes) -> _Array:
        """The feature of the longest known string that ends at each byte, where it is one."""
        letters = np.frombuffer(text, dtype=np.uint8).astype(np.uint64)
        state = np.zeros(len(letters), dtype=np.intp)
        ending = np.zeros(len(letters), dtype=np.uint64)
        for length in range(1, _LONGEST + 1):
            ending = (ending if length == 1 else ending[:-1]) << np.uint64(8) | letters[length - 1 :]
            keys = ending | np.uint64(length << 48)
            at = np.minimum(np.searchsorted(self._strings, keys), len(self._strings) - 1)
            known = self._strings[at] == keys
            state[length - 1 :][known] = at[known] + 1
        found = self._features[state[state > 0] - 1]
        return found[found >= 0]


class Library:
    """The same by the library itself: for a model file that is laid out in another way."""

    def __init__(self) -> None:
        self._identifier = py3langid.langid.LanguageIdentifier.from_model_file(py3langid.langid.MODEL_FILE)

    def best(self, text: str, wanted: Mapping[str, str]) -> str | None:
        return next((wanted[label] for label, _ in self._identifier.rank(text) if label in wanted), None)


def load(languages: Iterable[str]) -> Identifier:
    """From the library's own file."""
    try:
        with tempfile.TemporaryFile() as file:
            with lzma.open(py3langid.langid.MODEL_DIR / py3langid.langid.MODEL_FILE) as packed:
                shutil.copyfileobj(packed, file, 1 << 20)
            file.flush()
            file.seek(0)
            return _read(file, frozenset(languages))
    except (KeyError, IndexError, ValueError, OSError, lzma.LZMAError, zipfile.BadZipFile):
        return Library()


def _read(file: IO[bytes], languages: frozenset[str]) -> Model:
    with np.load(file, allow_pickle=False) as small:
        codes, priors = small["classes"].tolist(), small["pc"]
        row_of, feature_of = small["nextmove_row"], small["out_feat"]
    columns = [number for number, code in enumerate(codes) if code in languages]
    moves, weights = _Mapped(file, "nextmove", 256), _Mapped(file, "ptc", len(codes))
    strings = _strings(moves, row_of)
    order = np.argsort(strings, kind="stable")
    kept = np.concatenate(
        [
            weights.rows(np.arange(at, min(at + _BLOCK, len(weights))))[:, columns]
            for at in range(0, len(weights), _BLOCK)
        ]
    )
    return Model(
        [codes[number] for number in columns],
        strings[order][1:],  # the first is the empty string, where every walk begins
        feature_of.astype(np.int32)[order][1:],
        kept.astype(np.float16),
        priors[columns].astype(np.float32),
    )


def _strings(moves: _Mapped, row_of: _Array) -> _Array:
    """The string that each state stands for, with its length above it: breadth first, so that the first way to
    a state is the shortest."""
    strings = np.zeros(len(row_of), dtype=np.uint64)
    reached = np.zeros(len(row_of), dtype=bool)
    reached[0] = True
    level = np.array([0])
    for length in range(1, _LONGEST + 2):
        following = []
        level = level[np.argsort(row_of[level])]  # neighbours in the file together: a page is read once
        for at in range(0, len(level), _BLOCK):
            states = level[at : at + _BLOCK]
            there = moves.rows(row_of[states].astype(np.intp))
            which, letters = np.nonzero(~reached[there])
            targets, first = np.unique(there[which, letters], return_index=True)
            text = strings[states[which[first]]] & np.uint64((1 << 48) - 1)
            strings[targets] = (
                text << np.uint64(8) | letters[first].astype(np.uint64) | np.uint64(length << 48)
            )
            reached[targets] = True
            following.append(targets)
        level = np.concatenate(following)
        if not len(level):
            break
    if not reached.all():
        raise ValueError("strings longer than this reader holds")
    return strings


class _Mapped:
    """One array of an npz file that is not compressed, row by row, without keeping what was read."""

    def __init__(self, file: IO[bytes], name: str, width: int) -> None:
        info = zipfile.ZipFile(file).getinfo(f"{name}.npy")
        if info.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{name} is compressed")
        file.seek(info.header_offset + 26)
        lengths = file.read(4)
        file.seek(
            info.header_offset
            + 30
            + int.from_bytes(lengths[:2], "little")
            + int.from_bytes(lengths[2:], "little")
        )
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{name} has another header")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        if fortran:
            raise ValueError(f"{name} is stored by columns")
        self._file, self._start, self._dtype, self._width = file, file.tell(), dtype, width
        self._count = int(np.prod(shape)) // width

    def __len__(self) -> int:
        return self._count

    def rows(self, numbers: _Array) -> _Array:
        whole = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        table = np.frombuffer(whole, self._dtype, self._count * self._width, self._start)
        taken: _Array = table.reshape(self._count, self._width)[numbers]
        del table  # with the last view of it the map goes, and the pages that were read
        whole.close()
        return taken


def _bytes(text: str) -> bytes:
    """As the library prepares a text."""
    text = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")
