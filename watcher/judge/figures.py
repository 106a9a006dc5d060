"""Numbers with their meaning: votes, parties, casualties, mines in stock. Pure.

A number counts only beside a word that gives it its meaning; two sentences never make one figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from watcher.judge.fold import fold_pattern
from watcher.model import Evidence, Figure

_N = r"(?<![\d.,])(\d{1,3}(?:[ ,.' ]\d{3})+|\d+)(?![\d]|[.,]\d)"
_SMALL = r"(?<![\d.,-])(\d{1,3})(?![\d]|[.,]\d|%| ?(?:%|percent|per cent|proc))"
_DIGITS = {base + n: str(n) for base in (0x0660, 0x06F0, 0x17E0, 0x0E50) for n in range(10)}

# ── votes: what stands beside the number, in every language at once ──────────────────────────────
_FOR = (
    "for|in favou?r|votes? (?:for|in favou?r)|ayes?|yes|backed|supported|voted (?:for|in favou?r)|approved|"
    "za|głos\\w* za|posł\\w* za|było za|par|balsoj\\w* par|balsīm|už|balsavo už|poolt|hääletas poolt|puolesta|jaa|"
    "för|for|ja|за|голос\\w* за|проголосова\\w*|підтрима\\w*|поддержа\\w*|голосами|dafür|ja stimmen|stimmten dafür|"
    "pour|voix pour|voix|a favor|votos? a favor|favorevoli|voti favorevoli|a favore|voor|stemmen voor|stemden voor|pro|pre|"
    "igen|mellett|pentru|voturi pentru|υπέρ|ψήφους υπέρ|kabul|lehte|evet|مؤيد\\w*|صوت\\w* لصالح|موافق\\w*|"
    "votes|votos|票赞成|票贊成|赞成|票|賛成|찬성|เสียงเห็นชอบ|เห็นชอบ|lehinə|կողմ|მომხრე|موافق"
)
_AGAINST = (
    "against|opposed|votes? against|voted against|no votes?|nays?|noes|przeciw\\w*|pret|prieš|vastu|vastaan|ei|emot|mot|nej|"
    "nei|imod|проти|против|dagegen|gegen|gegenstimmen|nein|contre|en contra|contrari|contro|tegen|contra|proti|"
    "ellene|nem|ellen|împotriv[ăa]|протів|protiv|κατά|ret|aleyhte|hayır|معارض\\w*|ضد|票反对|反对|反對|反対|반대|"
    "ไม่เห็นชอบ|əleyhinə|դեմ|წინააღმდეგ"
)
_ABSTAIN = (
    "abst\\w*|wstrzym\\w*|susilaik\\w*|atturē\\w*|erapooletu\\w*|tyhjä\\w*|avst\\w*|blank\\w*|undlod\\w*|утрим\\w*|"
    "воздерж\\w*|enth[ai]el?t\\w*|s abst\\w*|astenut\\w*|astensioni|onthield\\w*|onthoud\\w*|abstenç\\w*|zdrže\\w*|zdržal\\w*|"
    "tartózkod\\w*|abțin\\w*|въздърж\\w*|suzdrža\\w*|уздржа\\w*|uzdrža\\w*|αποχή|λευκ\\w*|çekimser|امتن\\w*|ممتنع|امتناع|弃权|棄権|棄權|기권|"
    "งดออกเสียง|bitərəf|ձեռնպահ|თავი შეიკავ\\w*"
)
_ABSENT = (
    "absent|did not vote|nieobecn\\w*|nedalyvavo|nepiedalījās|puudu\\w*|poissa|frånvarande|fraværende|відсутн\\w*|"
    "отсутств\\w*|abwesend\\w*|absents?|ausentes?|assenti|afwezig|nepřítomn\\w*|neprítomn\\w*|távol\\w*|отсъств\\w*|"
    "odsutn\\w*|odsutan|απόντ\\w*|katılmadı|غائب\\w*|غاب\\w*|غياب|缺席|欠席|불참"
)
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "nobody": 0,
    "none": 0, "no one": 0, "trois": 3, "deux": 2, "tres": 3, "dos": 2, "drei": 3, "zwei": 2, "trzech": 3, "dwóch": 2,
    "трое": 3, "двое": 2, "троє": 3, "двоє": 2, "tre": 3, "kolm": 3, "kolme": 3, "trys": 3, "trīs": 3, "divi": 2, "nikt": 0,
    "niemand": 0, "personne": 0, "nadie": 0, "nikdo": 0, "nikto": 0, "никто": 0, "ніхто": 0, "اثنان": 2, "ثلاثه": 3,
}  # fmt: skip
_BALLOTS = (("votes_for", _FOR), ("votes_against", _AGAINST), ("abstained", _ABSTAIN), ("absent", _ABSENT))
_MEANINGS = tuple(
    (
        key,
        re.compile(
            rf"(?<!\w)(?:{fold_pattern(words)})(?!\w)|(?:{fold_pattern('|'.join(w for w in words.split('|') if not w.isascii() and ord(w[0]) > 0x2E80))})"
        ),
    )
    for key, words in _BALLOTS
)
# A count of heads: the word between a number and what it did
_HEADS = (
    r"(?: (?:mps|lawmakers?|deput\w+|members?|votes?|ballots|senators?|of \d+ \w+|posl\w+|gloso\w*|glos\w*|seim\w*|balsu\w*|deputat\w*|"
    r"riigikogu liige\w*|haal\w*|edustaj\w*|kansanedustaj\w*|aan\w*|ledamot\w*|roster|stemmer|депутат\w*|голос\w*|нардеп\w*|"
    r"abgeordnete\w*|stimmen|deputes?|voix|diputad\w+|votos|voti|deputati|stemmen|hlas\w*|poslan\w*|kepviselo\w*|szavazat\w*|voturi|"
    r"deputati\w*|гласа|glasova|glasa|ψηφους|βουλευτ\w*|milletvekili|oy|نواب|نائب\w*|صوت\w*|票|人|명|표|เสียง))?"
)
_COUNT = re.compile(rf"{_SMALL}{_HEADS}")
_PAIR = re.compile(
    r"(?<![\d.,/-])(\d{1,3})(?: (?:votes?|mps|stimmen|voix|votos|voti|stemmen|roster|stemmer|glosow|glosami|hlasu|голос\w+|гласа|haalt|aanta|bals\w+))?"
    r"(?: ?(?:-|:|/) ?| to | zu | ku | do | against | contre | gegen | contra | contro | tegen | против | проти | przeciw | "
    r"mot | imod | prie[sš] | pret | vastaan | proti | ellen )(\d{1,3})(?: ?[-:/] ?(\d{1,3}))?(?![\d.,/-]\d|\d)"
)
_VOTED = re.compile(
    r"vote|votin|ballot|abst[ae]|passed|adopted|approved|lawmaker|parliament|saeima|seimas|sejm|riigikogu|eduskunta|deputies|mps|glos|bals|haal|aan[ie]|rost|stem|голос|"
    r"парламент|сейм|рада|депутат|stimm|parlament|voix|vot[aoi]|hlas|szavaz|глас|глес|ψηφ|oyla|صوت|برلمان|票|採決|可決|표결|찬성|ลงมติ|"
    r"səs|քվե|ხმა|edustaj|saadik|abgeordnet|posl|poslan|depute|diputad|deputad|deputat|ledamot|kepvisel|βουλευτ|milletvekil"
)

# ── parties, casualties, stocks ──────────────────────────────────────────────────────────────────
_STATES = (
    r"(?:state(?:s)? part(?:y|ies)|parties|state part|countries|states|nations|member states|members|etats|pays|estados|paises|"
    r"stati|paesi|staaten|lander|vertragsstaaten|landen|staten|panstw\w*|kraj\w*|valst\w*|saliu|saly\w*|riik\w*|maa\w*|lander|land|"
    r"стран\w*|госудaрств\w*|государств\w*|держав\w*|країн\w*|zemi|statu|zem\w*|krajin\w*|stat\w*|allam\w*|orszag\w*|държав\w*|"
    r"drzav\w*|држав\w*|χωρ\w*|κρατ\w*|ulke\w*|devlet\w*|دول\w*|بلد\w*|كشور\w*|个国家|國|国|カ国|か国|개국|ประเทศ|ქვეყან\w*|olke\w*|երկիր|պետությ\w*)"
)
_PARTIES = re.compile(
    rf"(?:(more than|over|some|about|around|nearly|plus de|mas de|mehr als|uber|ponad|более|больше|понад|oltre|meer dan|mais de|vair(?:ak)? neka|daugiau (?:nei|kaip)|yli|over|fler an|pres|vice ako|tobb mint|peste|над|vise od|πανω απο|fazla) )?(?<!\d)(1[56]\d)(?:[ -]?(?:nations?|member|strong|\w{{0,3}}))?[ -]?{_STATES}"
)
_NTH = re.compile(
    r"(?<!\d)(1[56]\d)(?:st|nd|rd|th|e|eme|er|º|ª|\.|-?(?:й|я|й|та|ю|м|ма|мою|им|ou|ym))? (?:state|country|member|party|nation|etat|pays|estado|pais|stato|paese|staat|land|panstw\w*|valst\w*|salis|riik\w*|maa\w*|стран\w*|государств\w*|держав\w*|країн\w*)"
)
_HURT = re.compile(
    r"casualt|victim|killed|injured|wounded|maimed|deaths|hurt|ofiar|zabit|rann|auk[ouy]|zuv|suzeist|upur|bojagaj|ievainot|ohvr|hukkun|vigast|uhr|kuol|loukkaan|offer|dodad|skad|ofre|drept|draebt|sared|жертв|загин|поранен|погиб|ранен|пострад|постраж|opfer|getotet|verletzt|tote|blesse|tues?|morts|victime|victima|muert|herid|vittim|mort[ie]|ferit|slachtoffer|doden|gewond|vitima|ferid|obet|zran|mrtv|aldozat|halal|sebesul|ranit|uci[ds]|убит|zrtv|zrtav|poginu|ranj|жртв|погин|рањ|θυμα|νεκρ|τραυματ|kurban|oldu|yaralan|ضحايا|قتيل|قتل|جري?ح|اصيب|تلفات|کشته|伤亡|死亡|受伤|死傷|死者|負傷|사상|사망|부상|เสียชีวิต|บาดเจ็บ|მსხვერპლ|qurban|yaral|զոհ|վիրավոր"
)
_KILLED = re.compile(
    r"kill|dead|deaths?\b|died|zabit|zgin|zuv|bojag|hukk|kuol|dod|drept|draebt|загин|погиб|getot|tote|tues?\b|morts?\b|muert|mort[ie]\b|doden|gedood|mrtv|halal|ucis|убит|poginu|погин|νεκρ|oldu|olen|قتل|قتيل|کشته|死亡|死者|사망|เสียชีวิต|ölən|olen|զոհվ"
)
_INJURED = re.compile(
    r"injur|wound|maim|hurt|rann|suzeist|ievainot|vigast|loukkaan|haavoit|skad|sared|поранен|ранен|verletzt|blesse|herid|ferit|gewond|ferid|zran|sebesul|ranit|ranj|рањ|τραυματ|yarala|جري?ح|اصيب|زخمی|受伤|負傷|부상|บาดเจ็บ|վիրավոր"
)
_STOCK = re.compile(
    r"stockpil|stocks|stock|arsenal|zapas|atsarg|krajum|varu|varasto|lager|запас|bestand|lager|scorte|voorra|zasob|keszlet|stoc|zalih|залих|αποθεμα|stok|مخزون|ذخایر|库存|庫存|備蓄|비축|destroy|destruct|zniszcz|sunaikin|iznicin|havit|forstor|odela|знищ|уничтож|vernicht|detru|destru|distru|vernietig|znic|megsemmis|унищож|unist|уништ|καταστρ|imha|تدمير|انهدام|销毁|銷毀|廃棄|폐기|ทำลาย"
)
_MINES = re.compile(
    r"mine|min[yaio]?\b|miin|akn|мин|мін|ναρκ|mayin|الغام|لغم|مین|地雷|지뢰|ทุ่นระเบิด|ნაღმ|ական|mìn|mijn"
)
_SCALE = re.compile(
    r"^ ?(million|mln|millón|millones|millions?|milion\w*|milj\w*|млн|мільйон\w*|миллион\w*|mio|milhoes|milioni|miljoen|ملايين|مليون|میلیون|tys|thousand|tuhat\w*|tuhansi\w*|tusen|тыс\w*|тис\w*|tausend|mille|mil\b|mila|duizend|tisic\w*|ezer|mii|хиляд\w*|tisuc\w*|χιλιαδ\w*|bin\b|الاف|الف|هزار|万|萬|만|百万|백만)"
)
_SCALES = (
    ("百万", 10**6),
    ("백만", 10**6),
    ("mil", 10**6),
    ("мил", 10**6),
    ("млн", 10**6),
    ("мільй", 10**6),
    ("mln", 10**6),
    ("mio", 10**6),
    ("ملا", 10**6),
    ("ملي", 10**6),
    ("میل", 10**6),
    ("万", 10**4),
    ("萬", 10**4),
    ("만", 10**4),
)
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d])")
_ABOUT = re.compile(
    r"(?:about|around|some|nearly|almost|environ|unos|etwa|rund|ok|około|około|okolo|aproximadamente|circa|około|noin|около|близько|більш як|приблизно|约|約|약) ?$"
)
_OVER = re.compile(
    r"(?:more than|over|at least|plus de|más de|mehr als|über|uber|mindestens|ponad|więcej niż|более|больше|свыше|понад|більше|oltre|più di|meer dan|mais de|vairāk nekā|daugiau nei|yli|mer än|fler än|více než|viac ako|több mint|peste|над|više od|πάνω από|أكثر من|اكثر من|بیش از|超过|超過|以上|이상|не менее|щонайменше|au moins|al menos) ?$"
)


def figures_in(folded: str, evidence: Evidence) -> tuple[Figure, ...]:
    """The figures of one sentence, each once."""
    if not _DIGIT.search(folded):
        return ()
    text = folded.translate(_DIGITS)
    ballot = _ballot_pair(text)
    others = _without(text, ballot) if ballot else text  # a count of votes is no count of anything else
    found = {
        f.key: f
        for f in (*_parties(others, evidence), *_losses(others, evidence), *_stocks(others, evidence))
    }
    for figure in _votes(text, evidence):
        found.setdefault(figure.key, figure)
    return tuple(found.values())


def is_ballot(figures: Iterable[Figure]) -> bool:
    """Whether a count of votes is among them that can only come from a vote held."""
    keys = {figure.key for figure in figures}
    return "votes_for" in keys and bool(keys & {"votes_against", "abstained", "absent"})


def is_carried(figures: Iterable[Figure]) -> bool:
    """Whether more votes are counted for than against."""
    counts = {figure.key: figure.value for figure in figures}
    return counts.get("votes_for", 0) > counts.get("votes_against", 0)


def _votes(text: str, evidence: Evidence) -> Iterator[Figure]:
    if not _VOTED.search(text):
        return
    pair = _ballot_pair(text)
    taken: dict[str, int] = {}
    if pair:
        keys = ("votes_for", "votes_against", "abstained")
        taken = {key: int(n) for key, n in zip(keys, pair.groups(), strict=True) if n is not None}
        text = _without(text, pair)
    for key, value in taken.items():
        yield Figure(key, value, evidence=evidence)
    for figure in _beside(text, evidence):
        if figure.key not in taken:
            yield figure


def _without(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]


def _ballot_pair(text: str) -> re.Match[str] | None:
    pairs = _PAIR.finditer(text) if _VOTED.search(text) else ()
    return next((pair for pair in pairs if _is_ballot_pair(text, pair)), None)


def _is_ballot_pair(text: str, pair: re.Match[str]) -> bool:
    """Not a date, a score of years or an age: the larger number of a chamber's votes comes first or is large."""
    first, second = int(pair[1]), int(pair[2])
    if _dated(text, (pair.start(), pair.end(), 0)):
        return False
    return max(first, second) > 31 or "vote" in text[max(0, pair.start() - 25) : pair.end() + 25]


def _beside(text: str, evidence: Evidence) -> Iterator[Figure]:
    """Each number with the nearest word of a ballot: `157 for`, `против — 18`, `за 66`, `107 deputies for`."""
    marks = sorted((m.start(), m.end(), key) for key, pattern in _MEANINGS for m in pattern.finditer(text))
    numbers = [(m.start(1), m.end(), int(m[1])) for m in _COUNT.finditer(text)]
    numbers += [
        (m.start(), m.end(), value)
        for word, value in _WORDS.items()
        for m in re.finditer(rf"(?<!\w){fold_pattern(word)}(?!\w)", text)
    ]
    taken: set[str] = set()
    pairs = sorted(
        (gap, number, mark) for number in numbers for mark in marks if (gap := _gap(text, number, mark)) <= 24
    )
    used: set[int] = set()
    for _, number, mark in pairs:
        if mark[2] not in taken and number[0] not in used and not _dated(text, number):
            taken.add(mark[2])
            used.add(number[0])
            yield Figure(mark[2], number[2], evidence=evidence)


def _gap(text: str, number: tuple[int, int, int], mark: tuple[int, int, str]) -> int:
    """Letters between; a word before its number counts as farther than one behind it, a comma as much more."""
    after, before = mark[0] - number[1], number[0] - mark[1]
    if after >= 0:
        return after + 9 * _joints(text, number[1], mark[0])
    if before >= 0:
        return before + 3 + 9 * _joints(text, mark[1], number[0])
    return 0 if mark[0] >= number[0] else 99


def _joints(text: str, start: int, end: int) -> int:
    return sum(char in ",;،、，" for char in text[start:end])


_MONTHLY = re.compile(
    r"^(?:st|nd|rd|th|\.)? (?:of )?(?:jan|feb|mar|apr|may\b|jun|jul|aug|sep|oct|nov|dec|январ|феврал|март|апрел|мая|июн|июл|август|сент|окт|ноя|дек|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд|styczn|lut|marc|kwie|maj|czerw|lip|sierp|wrze|pazd|listop|grud|juni|juli|mai|kesak|heinak|toukok|de \w+o\b|juin|juillet|avril|mars|giugn|lugl|birz|liep|geguz|juuni|juuli|jun|jul|haziran|temmuz|يونيو|يوليو|مايو|ابريل)|^ ?(?:月|日|월|일|%|percent|per cent|years?|months?|days?|km|euro|\$|million|billion)"
)


def _dated(text: str, number: tuple[int, int, int]) -> bool:
    return bool(_MONTHLY.match(text[number[1] : number[1] + 14]))


def _parties(text: str, evidence: Evidence) -> Iterator[Figure]:
    nth = _NTH.search(text)
    if nth:
        yield Figure("parties", int(nth[1]), evidence=evidence)
        return
    for m in _PARTIES.finditer(text):
        yield Figure(
            "parties",
            int(m[2]),
            ">" if m[1] and m[1] not in ("some", "about", "around", "nearly") else "~" if m[1] else "=",
            evidence=evidence,
        )
        return


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    for m in re.finditer(_N, text):
        digits = re.sub(r"\D", "", m[1])
        if _YEAR.fullmatch(m[1]) or len(digits) > 10:
            continue
        value, end = int(digits), m.end()
        scale = _SCALE.match(text, end) or _SCALE.match(text[end : end + 12])
        if scale:
            value *= next(
                (
                    n
                    for head, n in _SCALES
                    if scale[1].startswith(head) and scale[1] not in ("mil", "mille", "mila")
                ),
                1000,
            )
        yield value, m.start(), end


def _op(text: str, start: int) -> str:
    before = text[max(0, start - 18) : start]
    return ">" if _OVER.search(before) else "~" if _ABOUT.search(before) else "="


def _losses(text: str, evidence: Evidence) -> Iterator[Figure]:
    if not _HURT.search(text):
        return
    years = _YEAR.findall(text)
    period = years[0] if len(set(years)) == 1 else ""
    for value, start, end in _numbers(text):
        near = text[max(0, start - 25) : end + 30]
        if value < 2 or not _HURT.search(near) or re.match(r" ?(?:%|per ?cent|percent)", text[end:]):
            continue
        around = re.split(r"\d", text[end : end + 34], maxsplit=1)[0]
        killed, injured = _KILLED.search(around), _INJURED.search(around)
        key = "casualties"
        if killed and not injured:
            key = "killed"
        elif injured and not killed:
            key = "injured"
        elif killed and injured:
            key = "casualties" if " or " in around or " und " in around or " and " in around else "killed"
        yield Figure(key, value, _op(text, start), period, evidence)


def _stocks(text: str, evidence: Evidence) -> Iterator[Figure]:
    if not _STOCK.search(text):
        return
    for value, start, end in _numbers(text):
        if value >= 100 and _MINES.search(text[end : end + 40]):
            yield Figure("stockpile", value, _op(text, start), "", evidence)
            return
