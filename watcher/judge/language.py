"""The language of a text: what the feed declares when it is plausible, else script, small words, and at last
a model. Pure and deterministic; the model is loaded only when nothing cheaper decides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watcher.judge.language_model import Identifier

_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]")
_OTHER = re.compile(
    "[\u0370-\u06ff\u0900-\u09ff\u0e00-\u0eff\u1000-\u10ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
"""Letters of all those scripts but the Latin one."""
_WORD = re.compile(r"[^\W\d_]+")

# Letters that only some languages write, and small words that news of the language is full of.
_LETTERS = (
    ("uk", "іїєґ"), ("be", "ўіыэё"), ("ru", "ыэё"), ("mk", "ѓќѕџљњј"), ("sr", "ђћџљњј"), ("bg", "ъ"),
    ("ur", "ٹڈڑںےہ"), ("fa", "پچژگک"),
    ("vi", "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"), ("pl", "łąęśźżńćó"), ("lt", "ėįųūąęčšž"),
    ("lv", "āēīūķļņģčšž"), ("et", "õäöüšž"), ("hu", "őűáéíóöúü"), ("ro", "țșăşţâî"), ("tr", "ğışöüçâ"), ("az", "əğışöüç"),
    ("cs", "řěůčďňťšžýáíéóú"), ("sk", "ľĺŕôäčďňťšžýáíéóú"), ("is", "þðæáéíóúýö"), ("de", "ßäöü"), ("nl", "ëïéè"),
    ("pt", "ãõâçáàêéíóôú"), ("es", "ñ¿¡áéíóúü"), ("it", "àèéìòù"),
    ("da", "øåæ"), ("no", "øåæ"), ("sv", "åäö"), ("fi", "äö"), ("sq", "ëç"), ("fr", "çèêéàâîïôùûœ"), ("ca", "ïò"),
    ("hr", "ćđčšž"), ("sr", "ćđčšž"), ("sl", "čšž"),
)  # fmt: skip
# Stems of this news that tell neighbours apart where a headline has no small words; "_" is a space.
_STEMS = tuple((language, stem.replace("_", " ")) for language, stems in {
    "et": "konventsioon jalaväemiin riigikog kaitsemin välismin tagane lahkumi soovita miinid miine",
    "fi": "sopimu jalkaväkimiin eduskun puolustusmin irtautu irtisano miinoj miina",
    "cs": "úmluv smlouv odstoupen vlád ministerstvo sněmovn polsko zaminuj hranic ottawské_ odhlasov",
    "sk": "dohovor zmluv odstúpen slovensk schválil mínach poľsko míny hranic",
    "pl": "konwencj wojsk polska rząd miny produkow zaminuj granic wraca",
    "hu": "akna aknák ország egyezmény kilép",
    "hr": "hrvatsk obrane obrambe protupješač vijeć sabor izvješć rujn listopad studen prosin izlasku istupi",
    "sr": "odbrane odbrambe protivpešad skupštin saveta izglasa izveštaj septemb oktob novemb decemb",
    "sl": "obramb odstopil protipehotn slovenij odstop znova izdelov hrvaška minirala",
    "sv": "regeringen riksdagen försvar minfråg minförd", "no": "regjeringen stortinget forsvar landminer landmina",
    "en": "landmines landmine_ landmine-free treaty withdraw joins anti-personnel mine-clear killed leaves uses declared rights mine-ban mine_ban exits quitting passes banned signs",
    "de": "landminen personenminen streumunition vermin grenze minen", "da": "folketing landminefor landminer",
    "nl": "landmijn mijnen grens", "be": "вых канвенцы супрацьпях _аан_ атаўск пра_ будзе_",
    "mk": "_ја_ _го_ _ќе_ конвенцијата повлек излегува одлучи парламентот владата мините извести претседател",
    "ca": "sortida tractat_ convenció_ víctimes països països govern_ polònia lituània finlàndia letònia estònia", "ru": "свободна выход запрет хорватия", "it": "vittime produrre zione confine",
    "es": "volver frontera víctima ción", "pt": "antipessoa terrestres ção fronteira produzir das_minas",
}.items() for stem in stems.split())  # fmt: skip
_SMALL = {
    "en": "the of and to in for on with from by after says is as at over its will has that amid be an are was",
    "fr": "le la les des du de et à dans pour sur une par qui avec aux est au en que sa plus",
    "es": "el la los las del de y en a para por con una que se su sus al es tras no lo más",
    "pt": "o a os as do da dos das de e em para por com uma que se no na ao não é pela",
    "it": "il la i gli le del della di e in per con una che si al dei nel sulla sulle dalla alla delle dal è non",
    "ro": "și de la în din pentru cu a al care prin se o pe unui privind să nu va este",
    "de": "der die das und in den von zu mit für aus dem auf ist im des ein eine nach will sich über gegen bei nicht",
    "nl": "de het een van en in op met voor uit dat zijn te door is niet naar wil bij om over aan heeft",
    "sv": "och att i en av på för med som är till från den har ur det inte om ska mot ett vill",
    "no": "og å i en av på for med som er til fra den har ut det ikke om skal mot et vil seg ble blir etter",
    "da": "og at i en af på for med som er til fra den har ud det ikke om skal mod et vil sig blev bliver efter",
    "is": "og að í á af fyrir með sem er til frá það við um ekki úr hefur",
    "fi": "ja on ei että se oli mutta myös kuin joka jotka hän tai ovat voi mukaan jälkeen sekä",
    "et": "ja on ei et see oma kui mis ka või ning oli seda välja pärast kes vastu üle poolt",
    "lv": "un no par ir uz kas ar lai pie gada pret kā vai tas arī ka nav bet pēc",
    "lt": "ir iš dėl kad su į yra prie tai po kaip bei nuo per apie ne jau bus už prieš",
    "pl": "i w z na do o się nie że od dla po jest przez przy za co jak ws to ma są oraz",
    "cs": "a v z na do o se ne že od pro po je za co jak to ve ze podle která který k kvůli už",
    "sk": "a v z na do o sa nie že od pre po je za čo ako to vo zo podľa ktorá ktorý k ktoré už",
    "hu": "a az és hogy nem is egy meg ki el van szerint is már csak még lehet után",
    "hr": "i u iz na o se je da od za su s koji koja što nije će po protiv te prema ali",
    "sr": "i u iz na o se je da od za su sa koji koja što nije će po protiv и у из на о се је да од за су са који која није ће",
    "sl": "in v iz na o se je da od za so s ki kar ni bo po proti pri tudi z bi",
    "sq": "e të në me për dhe nga i që një është nuk u së",
    "tr": "ve bir bu için ile da de olarak olan den dan karşı çok sonra göre ne kadar",
    "az": "və bir bu üçün ilə da də olan ki olaraq qarşı sonra görə dən dan",
    "vi": "và của các là có trong cho với không được về một đã từ nước sẽ người này",
    "ca": "el la els les del dels de i en a amb per una que és al als sobre contra no ha van va més després aquest aquesta",
    "id": "dan di yang dari untuk dengan ini itu pada akan tidak dalam ke oleh telah",
    "ru": "и в на о из с не по что за для от к как это его но об у был",
    "uk": "і в на про з не по що за для від до як це та й із щодо у був",
    "be": "і ў на аб з не па што за для ад да як гэта",
    "bg": "и в на за от се с не да по е че са като това ще или със при",
    "mk": "и во на за од се со не да по е дека како ќе или при го ја ги што кон нема тоа оваа биде",
    "ar": "في من على إلى عن أن مع هذا التي بعد بين ما",
    "fa": "در از به که این را با است برای آن و شد می",
    "ur": "کے کی میں سے کا ہے اور پر کو نے",
}  # fmt: skip
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_SPEAKERS = {
    word: tuple(language for language, words in _WORDS.items() if word in words)
    for word in frozenset().union(*_WORDS.values())
}
_WRITERS = {
    letter: tuple(language for language, letters in _LETTERS if letter in letters)
    for letter in {letter for _, letters in _LETTERS for letter in letters}
}
KNOWN = frozenset({*_WORDS, *(language for language, _ in _SCRIPTS)})
_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ms": "id", "sh": "sr", "bs": "hr", "cnr": "sr", "cz": "cs", "ua": "uk", "gr": "el", "kr": "ko", "jp": "ja", "cn": "zh", "ee": "et", "dk": "da", "se": "sv"}  # fmt: skip
_LATIN_LANGUAGES = frozenset(_WORDS) - {"ru", "uk", "be", "bg", "mk", "ar", "fa", "ur"}
_BY_SCRIPT = {
    "cyrillic": ("ru", "uk", "bg", "sr", "be", "mk"),
    "arabic": ("ar", "fa", "ur"),
    "latin": tuple(sorted(_LATIN_LANGUAGES)),
}


def language_of(text: str, declared: str | None = None) -> str | None:
    """ISO 639-1, or None for a text without letters. `declared` is believed when the script fits it and
    the small words do not speak for another language."""
    declared = normal(declared)
    script = _script(text)
    if script is None:
        return declared
    if script not in _BY_SCRIPT:
        return "zh" if script == "zh" and declared != "ja" else declared if script == "zh" else script
    candidates = _BY_SCRIPT[script]
    votes = _votes(text, candidates)
    most = max(votes.values())
    if declared in candidates and votes[declared] + 2.5 >= most:
        return declared
    if declared and declared not in KNOWN:
        return declared
    best = max((c for c in votes if votes[c] == most), key=lambda c: (c == declared, c == "en", c))
    runner = max((v for c, v in votes.items() if c != best), default=0.0)
    clear = (votes[best] >= 1.5 and votes[best] > runner + 0.4) or votes[best] > runner + 0.7
    return best if clear else _model(text, candidates) or best


def normal(declared: str | None) -> str | None:
    """`en-US`, `EN`, `nb_NO` as ISO 639-1; None for what is no language."""
    if not declared:
        return None
    code = re.split(r"[-_]", declared.strip().lower())[0]
    code = _ALIASES.get(code, code)
    return code if 2 <= len(code) <= 3 and code.isalpha() else None


def _script(text: str) -> str | None:
    """The script most of the letters are in, or the language that alone writes it."""
    if text.isascii():
        return "latin" if _LATIN.search(text) else None
    others = "".join(_OTHER.findall(text))
    if not others:
        return "latin" if len(_LATIN.findall(text)) > 1 else None
    counts = {name: len(pattern.findall(others)) for name, pattern in _SCRIPTS if pattern.search(others)}
    if counts.get("ja"):  # Japanese mixes kana with the characters of Chinese
        counts["ja"] += counts.get("zh", 0)
    counts |= {
        "cyrillic": len(_CYRILLIC.findall(others)),
        "arabic": len(_ARABIC.findall(others)),
        "latin": len(_LATIN.findall(text)) // 2,
    }
    name = max(counts, key=lambda key: counts[key])
    return name if counts[name] else None


def _votes(text: str, candidates: tuple[str, ...]) -> dict[str, float]:
    lowered = text.lower()
    votes = dict.fromkeys(candidates, 0.0)
    signs = _signs(candidates)
    for piece, times in Counter(lowered.split()).items():
        for word in (piece,) if piece.isalpha() else _WORD.findall(piece):
            for language, weight in signs.words.get(word, ()):
                votes[language] += weight * times
    if not lowered.isascii():
        for letter in {letter for letter in lowered if letter > "\x7f"}:
            for language, weight in signs.letters.get(letter, ()):
                votes[language] += weight
    for language, stem in signs.stems:
        if stem in lowered:
            votes[language] += 0.8
    return votes


Weighed = Mapping[str, tuple[tuple[str, float], ...]]


@dataclass(frozen=True, slots=True)
class _Signs:
    """What speaks for each of some languages."""

    words: Weighed
    letters: Weighed
    stems: tuple[tuple[str, str], ...]


@lru_cache(maxsize=8)
def _signs(candidates: tuple[str, ...]) -> _Signs:
    return _Signs(
        {
            word: tuple((c, 1.0 if len(word) > 1 else 0.6) for c in languages if c in candidates)
            for word, languages in _SPEAKERS.items()
        },
        {
            letter: tuple((c, 2.4 / len(languages)) for c in languages if c in candidates)
            for letter, languages in _WRITERS.items()
        },
        tuple((language, stem) for language, stem in _STEMS if language in candidates),
    )


def _model(text: str, candidates: tuple[str, ...]) -> str | None:
    return _identifier().best(text[:2000], _labels(candidates))


@lru_cache(maxsize=1)
def _identifier() -> Identifier:
    from watcher.judge.language_model import load  # numpy: 0.1 s, rarely needed

    return load(_labels(tuple(KNOWN)))


@lru_cache(maxsize=8)
def _labels(candidates: tuple[str, ...]) -> dict[str, str]:
    """What the model calls these languages, and what we do."""
    named = {alias: code for alias, code in _ALIASES.items() if code in candidates}
    return named | {code: code for code in candidates}
