"""Which states are named, which of them act, and which only stand by."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.judge.fold import fold, fold_pattern
from watcher.judge.match import Patterns, alternatives, literal_head
from watcher.judge.who import mentions, states_of
from watcher.model import Claim, Entry, EntryKey, Modality, SourceId
from watcher.topic import Topic


def acting(topic: Topic, title: str, language: str | None, summary: str = "") -> set[str]:
    entry = Entry(EntryKey("k"), SourceId("s"), "", title, summary, language=language)
    return set(states_of(entry, (), topic, language))


def named(topic: Topic, text: str, language: str | None) -> list[str]:
    return list(dict.fromkeys(mention.state for mention in mentions(fold(text), topic, language)))


NAMED = [
    ("en", "Lithuanian lawmakers and Latvia's Saeima", ["LT", "LV"]),
    ("en", "the US will use them, says Washington", ["US"]),
    ("en", "he told us that Roman coins were polished in women's hands", []),
    ("en", "Niger, Nigeria and the Niger Delta", ["NE", "NG"]),
    ("en", "Guinea-Bissau, Equatorial Guinea and Papua New Guinea", ["GW", "GQ", "PG"]),
    ("en", "a Georgia senator and a Georgia state court", []),
    ("en", "South Korea, North Korea and South Sudan", ["KR", "KP", "SS"]),
    ("en", "Michael Jordan plays in Jordan", ["JO"]),
    ("en", "an island of the Pacific", []),
    ("en", "the Ottawa Convention was signed in Oslo, the Oslo Convention elsewhere", ["NO"]),
    ("pl", "Sejm Litwy i prezydent Finlandii", ["PL", "LT", "FI"]),
    ("pl", "w tym roku na Łotwie i w Estonii", ["LV", "EE"]),
    ("lt", "Lenkija, Suomija ir Latvijos Saeima", ["PL", "FI", "LV"]),
    ("lv", "Polijas Sejms un Igaunijas valdība", ["PL", "EE"]),
    ("et", "Soome, Läti ja Leedu; poolt oli sada", ["FI", "LV", "LT"]),
    ("fi", "Virossa, Latviassa ja Liettuassa; sen puolesta", ["EE", "LV", "LT"]),
    ("uk", "Фінляндією, Польщі та Верховна Рада України", ["FI", "PL", "UA"]),
    ("ru", "литовский парламент, Хельсинки, Эстонии", ["LT", "FI", "EE"]),
    ("hu", "a román kormány, Lengyelországból, Finnországnak", ["RO", "PL", "FI"]),
    ("sk", "Slovensko a Slovinsko", ["SK", "SI"]),
    ("sl", "Slovenija in Slovaška", ["SI", "SK"]),
    ("hr", "mali korak za Hrvatsku", ["HR"]),
    ("ar", "البرلمان الليتواني وفنلندا وبولندا", ["LT", "FI", "PL"]),
    ("zh", "立陶宛、芬兰和印度尼西亚", ["LT", "FI", "ID"]),
    ("ja", "フィンランドとウクライナが", ["FI", "UA"]),
    ("ko", "핀란드가 우크라이나에", ["FI", "UA"]),
    ("th", "ไทยและกัมพูชา", ["TH", "KH"]),
    ("km", "កម្ពុជា និងថៃ", ["KH", "TH"]),
    ("ka", "ლიტვის პარლამენტმა", ["LT"]),
    ("hy", "Լիտվայի խորհրդարանը", ["LT"]),
    ("el", "Η Λιθουανία και η Φινλανδία", ["LT", "FI"]),
    ("tr", "Litvanya'nın ve Polonya'daki", ["LT", "PL"]),
    ("vi", "Ba Lan và Phần Lan", ["PL", "FI"]),
    ("hu", "az ukrán parlament és a lett elnök, de jobb lett", ["UA", "LV"]),
    ("es", "el Parlamento polaco y el Gobierno finés", ["PL"]),
    ("sl", "ameriški in nemški minister", ["US", "DE"]),
    ("bg", "турският парламент и френската армия", ["TR", "FR"]),
    ("no", "Noreg og Estland; ho mista armen", ["NO", "EE"]),
    ("cs", "rakouský kancléř, švédská vláda, daňový svědek", ["AT", "SE"]),
    ("ar", "باريس والبرلمان الإستوني", ["FR", "EE"]),
    ("ko", "美, 대인지뢰 사용 중단…한반도는 예외", ["US"]),
    ("uk", "Польща і Балтія", ["PL", "EE", "LT", "LV"]),
    ("ru", "страны Балтии", ["EE", "LT", "LV"]),
    ("ru", "одна страна Балтии", []),
    ("zh", "波羅的海3小國", ["EE", "LT", "LV"]),
    ("en", "Baltic and Polish ministers", ["EE", "LT", "LV", "PL"]),
    ("en", "the Baltic states", ["EE", "LT", "LV"]),
    ("en", "the Baltic Sea", []),
    ("de", "die baltischen Staaten", ["EE", "LT", "LV"]),
]


@pytest.mark.parametrize(("language", "text", "states"), NAMED)
def test_names_inflections_and_traps(topic: Topic, language: str, text: str, states: list[str]) -> None:
    assert named(topic, text, language) == states


ACTING = [
    # a threat, a theatre, an earlier example, a neighbour
    ("en", "Lithuania leaves mine ban over fears of Russia", {"LT"}),
    ("en", "Following Latvia, Estonia votes to quit the Ottawa Convention", {"EE"}),
    ("en", "Norway, unlike Finland, will keep the mine ban", {"NO"}),
    ("en", "Sweden to produce anti-personnel mines for Ukraine", {"SE"}),
    ("en", "Myanmar surpasses Syria in landmine casualties", {"MM"}),
    ("en", "Russian troops scatter anti-personnel mines in Ukraine", {"RU"}),
    ("de", "Angesichts russischer Bedrohung: Finnland verlässt Ottawa-Konvention", {"FI"}),
    ("pl", "Wobec zagrożenia ze strony Rosji Estonia wychodzi z konwencji ottawskiej", {"EE"}),
    ("ru", "На фоне угрозы со стороны России Латвия выходит из Оттавской конвенции", {"LV"}),
    ("fr", "Face à la Russie, la Finlande quitte la convention d'Ottawa", {"FI"}),
    # lists are split, groups are spread
    ("en", "Estonia, Latvia and Lithuania are out of the mine ban", {"EE", "LV", "LT"}),
    ("en", "Poland and the Baltic states recommend leaving the Ottawa Treaty", {"PL", "EE", "LV", "LT"}),
    ("en", "Five European countries leave the mine ban treaty", {"EE", "LV", "LT", "FI", "PL"}),
    ("uk", "Польща, Литва, Латвія та Естонія виходять з Оттавської конвенції", {"PL", "LT", "LV", "EE"}),
    ("ko", "폴란드·발트 3국, 오타와 협약 탈퇴", {"PL", "EE", "LV", "LT"}),
    # who protests, and whom it is about
    ("en", "Austria objects to Ukraine's suspension of the Ottawa Convention", {"AT", "UA"}),
    ("en", "Human Rights Watch condemns Finland's exit from the mine ban", {"FI"}),
    ("en", "Moscow will respond if Finland leaves the Ottawa Convention", {"FI"}),
    # parliaments, capitals, heads of state
    ("en", "Riigikogu votes to leave Ottawa Convention", {"EE"}),
    ("en", "Helsinki notifies UN of leaving the landmine treaty", {"FI"}),
    ("pl", "Sejm Litwy zagłosował za wyjściem z konwencji ottawskiej", {"LT"}),
    ("pl", "Sejm zagłosował za wyjściem z konwencji ottawskiej", {"PL"}),
    ("lv", "Polijas Saeima atbalsta izstāšanos no Otavas konvencijas", {"PL"}),
    ("ru", "Рада поддержала выход из Оттавской конвенции", {"UA"}),
    ("en", "Stubb: decision on mines was right", {"FI"}),
    # institutions without a name are at home
    ("cs", "Vláda schválila odstoupení od Ottawské úmluvy", {"CZ"}),
    ("fi", "Hallitus esittää Ottawan sopimuksesta irtautumista", {"FI"}),
    ("ro", "Guvernul aprobă retragerea din Convenția de la Ottawa", {"RO"}),
    ("ja", "政府、オタワ条約にとどまる方針", {"JP"}),
    # who is given arms is no actor; where it happens stands before a colon
    ("en", "US allows Ukraine to lay anti-personnel mines", {"US"}),
    ("no", "USA vil gi Ukraina antipersonellminer", {"US"}),
    ("ru", "США передадут Украине противопехотные мины", {"US"}),
    ("en", "Estonia stays in the mine ban despite the exits of Latvia and Finland", {"EE"}),
    ("no", "Norge blir i minekonvensjonen selv om Finland går ut", {"NO"}),
    ("sv", "Norge stannar i fördraget när Finland, Polen och Baltikum går ut", {"NO"}),
    ("en", "Austria objects to Ukraine's suspension, and Kyiv protests", {"AT", "UA"}),
    ("ru", "Страна-соседка Беларуси вышла из Оттавской конвенции", set()),
    ("es", "El Parlamento polaco aprueba salir de la Convención de Ottawa", {"PL"}),
    ("fi", "Jalkaväkimiinat takaisin?", {"FI"}),
    # nobody in particular
    ("en", "Red Cross warns of erosion of the mine ban", set()),
    ("en", "States parties to the mine ban meet in Geneva", set()),
    ("de", "Rotes Kreuz warnt vor Ende des Landminenverbots", set()),
]


@pytest.mark.parametrize(("language", "title", "states"), ACTING)
def test_who_acts(topic: Topic, language: str, title: str, states: set[str]) -> None:
    assert acting(topic, title, language) == states


def test_title_without_a_name_lets_the_text_speak(topic: Topic) -> None:
    summary = "The Riigikogu voted on Wednesday. Latvia did so before, and Russia threatens both."
    assert acting(topic, "Parliament backs leaving mine ban", "en", summary) == {"EE"}


def test_title_is_believed_before_the_background_of_the_text(topic: Topic) -> None:
    summary = "Poland, Latvia and Estonia have taken the same step, and Norway regrets it."
    assert acting(topic, "Finland leaves the Ottawa Convention", "en", summary) == {"FI"}


def test_states_are_given_once_and_in_the_order_of_the_text(topic: Topic) -> None:
    entry = Entry(EntryKey("k"), SourceId("s"), "", "Poland, Estonia and Polish MPs leave the mine ban")
    assert states_of(entry, (), topic, "en") == ("PL", "EE")


def test_roles_are_told(topic: Topic) -> None:
    roles = {
        m.state: m.role
        for m in mentions(fold("Finland sends mines to Ukraine, fears of Russia"), topic, "en")
    }
    assert roles == {"FI": "actor", "UA": "place", "RU": "aside"}


def test_every_pattern_of_a_state_is_written_folded_and_begins_with_letters(topic: Topic) -> None:
    for state in topic.states.values():
        for patterns in state.names.values():
            for pattern in patterns:
                assert fold_pattern(pattern) == pattern, (state.code, pattern)
                assert all(literal_head(branch) for branch in alternatives(pattern)), (state.code, pattern)


def test_every_state_knows_its_own_name(topic: Topic) -> None:
    unknown = [s.name for s in topic.states.values() if s.code not in named(topic, s.name, "en")]
    assert not unknown


def test_legal_status_of_the_world(topic: Topic) -> None:
    count = {status: sum(s.legal_status == status for s in topic.states.values()) for status in
             ("PARTY", "PARTY_CONTESTED", "FORMER_PARTY", "NON_PARTY")}  # fmt: skip
    assert count == {"PARTY": 160, "PARTY_CONTESTED": 1, "FORMER_PARTY": 5, "NON_PARTY": 31}
    assert [s.code for s in topic.states.values() if s.conflict] == ["UA"]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=200), language=st.sampled_from([None, "en", "fi", "ar", "th", "xx"]))
def test_mentions_lie_within_the_text_in_order(topic: Topic, text: str, language: str | None) -> None:
    folded = fold(text)
    spans = [(m.start, m.end) for m in mentions(folded, topic, language)]
    assert all(0 <= start < end <= len(folded) for start, end in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize(
    ("pattern", "branches"),
    [
        ("a|b", ["a", "b"]),
        (r"(?:re)?join|quit\w*", ["rejoin", "join", r"quit\w*"]),
        (r"(a|b)c", ["ac", "bc"]),
        (r"x[(|)]y|z", ["x[(|)]y", "z"]),
        (r"(?<!a )b|c\|d", [r"(?<!a )b", r"c\|d"]),
        (r"(?:ab)+c", [r"(?:ab)+c"]),
    ],
)
def test_alternatives_show_their_first_letters(pattern: str, branches: list[str]) -> None:
    assert list(alternatives(pattern)) == branches


def test_longest_name_wins() -> None:
    patterns = Patterns([("short", "guinea"), ("long", r"guinea-bissau\w*"), ("digit", r"\d\d")], closed=True)
    assert list(patterns.longest("guinea-bissau, guinea, 12")) == [
        (0, 13, ("long",)),
        (15, 21, ("short",)),
        (23, 25, ("digit",)),
    ]


LOOKALIKES = [
    ("sv", "Det finns norra vägar i Sverige", ["SE"]),
    ("tr", "Türkiye tasarıyı kabul etti, belge yayımlandı", ["TR"]),
    ("et", "üks minister ja Soome", ["FI"]),
    ("ru", "после того Палата проголосовала сама", []),
    ("lt", "Seimas palaiko sąmoningą sprendimą, trumpai tariant", ["LT"]),
    ("nl", "indien Nederland blijft", ["NL"]),
    ("fr", "le seul et unique pôle", []),
    ("hu", "angol nyelvű magyarázat az irányról", []),
    ("en", "a stubborn and suicidal policy, reckon critics", []),
    ("pt", "a Finlândia irá deixar o tratado", ["FI"]),
    ("el", "παράγουν νάρκες μετά την κατάργηση", []),
    ("hi", "फ़िनलैंड और फिनलैंड", ["FI"]),
    ("en", "Central America is free of mines, says Nicaragua", ["NI"]),
]


@pytest.mark.parametrize(("language", "text", "states"), LOOKALIKES)
def test_words_that_only_look_like_a_name_name_nobody(
    topic: Topic, language: str, text: str, states: list[str]
) -> None:
    assert named(topic, text, language) == states


@pytest.mark.parametrize(
    ("language", "url", "title", "states"),
    [
        ("sv", "https://svenska.yle.fi/a/1", "Riksdagen röstade för att lämna minavtalet", {"FI", "SE"}),
        ("de", "https://www.nzz.ch/x", "Nationalrat will am Verbot von Antipersonenminen festhalten", {"CH"}),
        (
            "de",
            "https://www.example.at/x",
            "Nationalrat will am Verbot von Antipersonenminen festhalten",
            {"AT"},
        ),
        (
            "de",
            "https://www.example.com/x",
            "Nationalrat will am Verbot von Antipersonenminen festhalten",
            set(),
        ),
        ("en", "https://news.err.ee/1", "Parliament votes to leave the mine ban", {"EE"}),
        ("en", "https://news.err.ee/1", "Latvia's parliament votes to leave the mine ban", {"LV"}),
        ("fi", "https://www.hs.fi/1", "Hallitus esittää eroa miinasopimuksesta", {"FI"}),
    ],
)
def test_an_outlet_speaks_of_its_own_institutions(
    topic: Topic, language: str, url: str, title: str, states: set[str]
) -> None:
    entry = Entry(EntryKey("k"), SourceId("s"), url, title, language=language)
    found = set(states_of(entry, (), topic, language))
    assert found <= states
    assert found or not states


def test_the_accused_is_found_below_an_accusing_title(topic: Topic) -> None:
    title = "Thai army files complaint over fresh landmines"
    summary = "Three soldiers were hurt. Bangkok accuses Cambodia of laying the devices."
    assert acting(topic, title, "en", summary) == {"TH", "KH"}


def test_both_sides_of_a_border_are_meant_by_an_accusation(topic: Topic) -> None:
    assert acting(topic, "Cambodia denies planting new mines along Thai frontier", "en") == {"KH", "TH"}


GROUPS = [
    (
        "en",
        "Several NATO states quit the landmine ban",
        "Poland and Lithuania have told the UN, and so has Finland.",
        {"PL", "LT", "FI"},
    ),
    (
        "de",
        "Immer mehr Länder verlassen die Ottawa-Konvention",
        "Estland und Lettland sind ausgetreten.",
        {"EE", "LV"},
    ),
    (
        "uk",
        "Чотири країни виходять з Оттавської конвенції",
        "Польща, Литва, Латвія та Естонія оголосили про це.",
        {"PL", "LT", "LV", "EE"},
    ),
    ("en", "Three Baltic states quit the landmine ban", "Poland will follow.", {"EE", "LV", "LT"}),
    ("ru", "Страна Балтии вышла из Оттавской конвенции", "Литва больше не связана запретом.", {"LT"}),
]


@pytest.mark.parametrize(("language", "title", "summary", "states"), GROUPS)
def test_states_told_of_without_a_name_are_named_below(
    topic: Topic, language: str, title: str, summary: str, states: set[str]
) -> None:
    assert acting(topic, title, language, summary) == states


@pytest.mark.parametrize(
    ("summary", "states"),
    [
        (
            "The ministers of Poland, Latvia and Lithuania said they would leave the treaty.",
            {"PL", "LV", "LT"},
        ),
        ("Poland, Latvia and Lithuania held joint exercises this week.", {"PL"}),
        ("Estonia and Latvia said they would leave the treaty.", {"PL"}),
    ],
)
def test_those_who_plan_with_the_state_of_the_title_are_listed_below(
    topic: Topic, summary: str, states: set[str]
) -> None:
    entry = Entry(EntryKey("k"), SourceId("s"), "", "Poland to leave mine ban", summary, language="en")
    plan = Claim(("PL",), "recommended", "W2_RECOMMENDED", Modality.DONE)
    assert set(states_of(entry, (plan,), topic, "en")) == states


_FIVE = ("EE", "FI", "LT", "LV", "PL")
BELOW = [
    ("en", "", "Which countries leave the mine ban?", "They are the states bordering Russia.", set(_FIVE)),
    ("fr", "", "Mines : les voisins de la Russie quittent la convention", "", set(_FIVE)),
    ("uk", "", "Сусіди Росії виходять з Оттавської конвенції", "", set(_FIVE)),
    (
        "en",
        "",
        "Countries quit the landmine treaty",
        "Latvia, Poland and Estonia leave it this winter. Tonga was the last to accede.",
        {"LV", "PL", "EE"},
    ),
    (
        "en",
        "https://www.hansard.example.co.uk/a",
        "Anti-personnel mines",
        "In a written answer the minister noted that Finland and Poland leave the treaty.",
        {"GB"},
    ),
    ("en", "", "Last stocks of mines destroyed in Serbia", "A project led by Norway ended there.", {"RS"}),
    (
        "de",
        "",
        "Fünfzehn Jahre Verbot von Antipersonenminen",
        "Polen feiert mit. Nicht beigetreten sind die USA, Russland und China.",
        {"PL"},
    ),
    (
        "th",
        "",
        "กัมพูชาละเมิดอนุสัญญาออตตาวา",
        "ทหารสามนายบาดเจ็บจากทุ่นระเบิดสังหารบุคคล",
        {"KH"},
    ),
]


@pytest.mark.parametrize(("language", "url", "title", "summary", "states"), BELOW)
def test_what_the_text_says_of_whom_the_title_leaves_unnamed(
    topic: Topic, language: str, url: str, title: str, summary: str, states: set[str]
) -> None:
    entry = Entry(EntryKey("k"), SourceId("s"), url, title, summary, language=language)
    assert set(states_of(entry, (), topic, language)) == states


def told(topic: Topic, kind: str, language: str, title: str, summary: str) -> set[str]:
    entry = Entry(EntryKey("k"), SourceId("s"), "", title, summary, language=language)
    return set(states_of(entry, (Claim((), kind, "", Modality.DONE),), topic, language))


def test_a_yearly_report_is_about_nobody_but_those_who_lay_mines(topic: Topic) -> None:
    title = "Mine casualties rise again"
    wars = "The Landmine Monitor blames the wars in Libya and Yemen."
    assert told(topic, "casualties_report", "en", title, wars) == set()
    users = f"{wars} Myanmar and Russia laid new mines."
    assert told(topic, "casualties_report", "en", title, users) == {"MM", "RU"}


def test_those_who_are_hurt_need_no_name_in_their_own_language(topic: Topic) -> None:
    title, summary = "กัมพูชาละเมิดอนุสัญญาออตตาวา", "ทหารสามนายบาดเจ็บจากทุ่นระเบิดสังหารบุคคล"
    assert told(topic, "use", "th", title, summary) == {"KH", "TH"}
    assert told(topic, "meeting", "th", title, summary) == {"KH"}
    alone = "ทหารเมียนมาวางทุ่นระเบิดสังหารบุคคลใกล้หมู่บ้าน"
    assert told(topic, "use", "th", alone, "") == {"MM"}


def test_who_is_blamed_stands_below_who_is_hurt(topic: Topic) -> None:
    title = "Thai soldier hurt by landmine"
    assert told(topic, "use", "en", title, "Cambodia violates the treaty, Bangkok says.") == {"TH", "KH"}
    assert told(topic, "use", "en", title, "Cambodia sent its sympathy.") == {"TH"}


def test_a_state_late_with_its_stocks_is_listed_with_the_other(topic: Topic) -> None:
    title, summary = "Greece reports to the mine ban meeting", "Greece and Ukraine still hold mines."
    assert told(topic, "meeting", "en", title, summary) == {"GR", "UA"}
