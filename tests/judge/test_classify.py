"""What is about the treaty, and what only looks like it: headlines alone, in the languages of the lexicon."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judge.headlines import ABOUT_IT, NOT_ABOUT_IT
from watcher.judge.classify import classify, language_of, sift
from watcher.model import Band, Entry, EntryKey, SourceId
from watcher.topic import Topic


def an_entry(title: str, summary: str = "", content: str = "", language: str | None = None) -> Entry:
    return Entry(EntryKey("k"), SourceId("s"), "", title, summary, content, language=language)


# Every headline alone must be enough: it is all that an aggregator gives.
RELEVANT = [
    ("da", "Litauen vil lægge miner ved grænsen til Kaliningrad"),
    ("no", "Rekordmange sivile drept av miner i fjor"),
    ("fr", "Le Niger obtient un délai pour en finir avec les mines"),
    ("it", "Mine, cresce ancora nel mondo il numero delle vittime"),
    ("en", "Seoul says Northern mines maimed two of its soldiers on patrol"),
    ("de", "Kommentar: Landminen dürfen nicht wieder salonfähig werden"),
    ("en", "Parliament in Riga clears the way out of the landmine treaty"),
    ("en", "Sweden's opposition wants out of the Ottawa Convention"),
    ("en", "Why Oslo is not leaving the treaty that bans anti-personnel mines"),
    ("en", "Kyiv told: you cannot suspend the mine-ban convention"),
    ("en", "Tonga becomes a state party to the Mine Ban Treaty"),
    ("en", "Pentagon drops limits on landmines, reversing Biden-era policy"),
    ("en", "Thai army accuses Cambodia of laying fresh landmines on border"),
    ("en", "Landmine casualties hit highest level since 2020, monitor says"),
    ("en", "South Korea urged to sign up to landmine ban"),
    ("en", "APMBC: states parties meet to discuss withdrawals"),
    ("en", "Vilnius orders first batch of home-made anti-personnel mines"),
    ("en", "Finns to lay anti\u2011personnel land\u00admines on eastern border, minister says"),
    ("en", "Zimbabwe gets three more years to clear its landmines under treaty deadline"),
    ("en", "Red Cross alarmed at unravelling of landmine ban"),
    ("pl", "Sejm za wyjściem z konwencji ottawskiej"),
    ("pl", "Polska wznowi produkcję min przeciwpiechotnych"),
    ("pl", "Polska wycofuje się z ważnej konwencji. Miny wrócą na granicę"),
    ("pl", "Traktat ottawski przestał obowiązywać Polskę"),
    ("lt", "Seimas nubalsavo už pasitraukimą iš Otavos konvencijos"),
    ("lt", "Lietuva pirks priešpėstinių minų"),
    ("lv", "Saeima atbalsta izstāšanos no Otavas konvencijas"),
    ("lv", "Latvija varēs izmantot kājnieku mīnas"),
    ("et", "Riigikogu toetas Ottawa lepingust taganemist"),
    ("et", "Eesti hakkab taas kasutama jalaväemiine"),
    ("fi", "Eduskunta äänesti: Suomi eroaa Ottawan sopimuksesta"),
    ("fi", "Jalkaväkimiinat palaavat Suomen puolustukseen"),
    ("fi", "Miinasopimuksesta irtautuminen etenee eduskunnassa"),
    ("sv", "Regeringen vill lämna Ottawakonventionen"),
    ("sv", "Sverige säger nej till att använda truppminor"),
    ("no", "Norge blir i minekonvensjonen"),
    ("no", "Stortinget vil ikke ut av Ottawa-konvensjonen"),
    ("da", "Danmark bør forlade Ottawa-konventionen, mener partier"),
    ("da", "Regeringen overvejer personelminer i Baltikum"),
    ("is", "Finnland segir sig frá Ottawa-samningnum um jarðsprengjur"),
    ("uk", "Верховна Рада підтримала вихід з Оттавської конвенції"),
    ("uk", "Росія масово застосовує протипіхотні міни"),
    ("ru", "Сейм Латвии проголосовал за выход из Оттавской конвенции"),
    ("ru", "США передадут Украине противопехотные мины"),
    ("ru", "Польша вышла из договора о запрете противопехотных мин"),
    ("be", "Польшча выйшла з Атаўскай канвенцыі аб забароне супрацьпяхотных мін"),
    ("bg", "Полша напуска Отавската конвенция"),
    ("mk", "Литванија се повлекува од Отавската конвенција за противпешадиски мини"),
    ("sr", "Пољска напушта Отавску конвенцију о забрани противпешадијских мина"),
    ("sr", "Finska se povukla iz Otavske konvencije o nagaznim minama"),
    ("hr", "Poljska istupila iz Ottawske konvencije o protupješačkim minama"),
    ("sl", "Latvija izstopa iz Ottavske konvencije o prepovedi protipehotnih min"),
    ("cs", "Estonsko odstoupilo od Ottawské úmluvy"),
    ("cs", "Česko zvažuje, zda zůstat v úmluvě o zákazu protipěchotních min"),
    ("sk", "Litva odstupuje od Ottawského dohovoru"),
    ("sk", "Pobaltské štáty chcú opäť používať protipechotné míny"),
    ("hu", "Lengyelország kilép az ottawai egyezményből"),
    ("hu", "Ismét telepíthet gyalogsági aknákat Finnország"),
    ("ro", "Polonia se retrage din Convenția de la Ottawa"),
    ("ro", "Țările baltice renunță la tratatul care interzice minele antipersonal"),
    ("de", "Litauen kündigt Ottawa-Vertrag"),
    ("de", "Baltische Staaten wollen wieder Antipersonenminen einsetzen"),
    ("de", "Landminen: Polen verlässt internationales Verbotsabkommen"),
    ("de", "Zahl der Minenopfer weltweit stark gestiegen"),
    ("nl", "Polen stapt uit het Verdrag van Ottawa"),
    ("nl", "Baltische staten willen af van landmijnenverbod"),
    ("fr", "La Pologne quitte le traité d'Ottawa"),
    ("fr", "Mines antipersonnel : les pays baltes veulent sortir de la convention"),
    ("fr", "Le nombre de victimes de mines antipersonnel au plus haut depuis quatre ans"),
    ("es", "Polonia abandona el tratado contra las minas antipersona"),
    ("es", "Ucrania suspende su participación en la Convención de Ottawa"),
    ("pt", "Letónia abandona Convenção de Otava"),
    ("pt", "Polônia deixa tratado que proíbe minas terrestres"),
    ("it", "La Polonia esce dal trattato contro le mine antiuomo"),
    ("it", "Convenzione di Ottawa, anche la Finlandia verso l'addio"),
    ("el", "Η Πολωνία αποχωρεί από τη Συνθήκη της Οτάβας"),
    ("el", "Τα κράτη της Βαλτικής εγκαταλείπουν τη σύμβαση για τις νάρκες κατά προσωπικού"),
    ("tr", "Litvanya, Ottawa Sözleşmesi'nden çekildi"),
    ("tr", "Finlandiya anti-personel mayın yasağından vazgeçiyor"),
    ("az", "Polşa piyada əleyhinə minaların qadağan edilməsi konvensiyasından çıxır"),
    ("ka", "პოლონეთი ოტავის კონვენციიდან გადის"),
    ("hy", "Լիտվան դուրս է եկել Օտտավայի կոնվենցիայից"),
    ("sq", "Polonia largohet nga Konventa e Otavës për minat kundër personelit"),
    ("ar", "بولندا تنسحب من اتفاقية أوتاوا"),
    ("ar", "فنلندا تعتزم الانسحاب من معاهدة حظر الألغام المضادة للأفراد"),
    ("fa", "لهستان از پیمان اتاوا خارج شد"),
    ("he", "פולין פורשת מאמנת אוטווה נגד מוקשים"),
    ("ur", "پولینڈ بارودی سرنگوں پر پابندی کے اوٹاوا معاہدے سے دستبردار"),
    ("hi", "पोलैंड ओटावा संधि से बाहर निकला, बारूदी सुरंग पर प्रतिबंध छोड़ा"),
    ("zh", "波兰正式退出《渥太华禁雷公约》"),
    ("zh", "芬蘭國會表決通過退出渥太華公約"),
    ("zh", "乌克兰宣布退出禁止杀伤人员地雷公约"),
    ("ja", "ポーランド、対人地雷禁止条約から脱退"),
    ("ja", "フィンランド議会、オタワ条約離脱を可決"),
    ("ko", "폴란드, 오타와 협약 공식 탈퇴"),
    ("ko", "발트 3국 대인지뢰 금지조약에서 나간다"),
    ("th", "ไทยประณามกัมพูชาละเมิดอนุสัญญาออตตาวา วางทุ่นระเบิดสังหารบุคคล"),
    ("km", "កម្ពុជាបន្តគោរពអនុសញ្ញាអូតាវ៉ា"),
    ("vi", "Ba Lan chính thức rút khỏi Công ước Ottawa về cấm mìn sát thương"),
    ("id", "Polandia keluar dari Konvensi Ottawa tentang ranjau darat"),
]


@pytest.mark.parametrize(("language", "title"), RELEVANT)
def test_headline_alone_is_enough(topic: Topic, language: str, title: str) -> None:
    verdict = classify(an_entry(title, language=language), topic)
    assert verdict.band is Band.RELEVANT, verdict
    assert verdict.reasons
    assert all(reason.text for reason in verdict.reasons)


@pytest.mark.parametrize(("language", "title"), RELEVANT)
def test_headline_is_enough_without_its_language(topic: Topic, language: str, title: str) -> None:
    assert classify(an_entry(title), topic).relevant


@pytest.mark.parametrize("language", ABOUT_IT)
def test_the_ways_of_a_desk_are_understood(topic: Topic, language: str) -> None:
    for title in ABOUT_IT[language]:
        assert classify(an_entry(title, language=language), topic).relevant, title
        assert classify(an_entry(title), topic).relevant, title


@pytest.mark.parametrize("language", NOT_ABOUT_IT)
def test_what_sounds_like_it_is_left_alone(topic: Topic, language: str) -> None:
    for title in NOT_ABOUT_IT[language]:
        assert not classify(an_entry(title, language=language), topic).relevant, title
        assert not classify(an_entry(title), topic).relevant, title


def test_a_mine_that_went_off_is_no_subject_and_mines_as_such_are(topic: Topic) -> None:
    assert not classify(an_entry("Landmine kills two herders in Somalia", language="en"), topic).relevant
    assert classify(an_entry("Landmines are no answer", language="en"), topic).relevant
    below = an_entry("Ministers met on Tuesday", summary="Landmines are no answer.", language="en")
    assert not classify(below, topic).relevant


@pytest.mark.parametrize(
    ("title", "relevant"),
    [
        ("Latvia leaves important arms convention", True),
        (
            "Russia leaves important arms convention",
            False,
        ),  # it is no party, so this is not the one it leaves
        ("Latvia leaves important convention on women", False),
        ("Latvia joins important arms convention", False),
        ("Latvia leaves convention", False),
    ],
)
def test_a_treaty_without_a_name(topic: Topic, title: str, relevant: bool) -> None:
    assert classify(an_entry(title, language="en"), topic).relevant is relevant


# category -> what tempts a keyword alert
IRRELEVANT = [
    ("cluster_munitions", "en", "Lithuania formally quits convention on cluster munitions"),
    ("cluster_munitions", "de", "Litauen verlässt Konvention gegen Streumunition"),
    ("cluster_munitions", "fr", "La Lituanie se retire de la convention sur les armes à sous-munitions"),
    ("cluster_munitions", "pl", "Litwa wypowiada konwencję o amunicji kasetowej"),
    ("cluster_munitions", "ru", "Литва вышла из Конвенции по кассетным боеприпасам"),
    ("cluster_munitions", "lt", "Lietuva traukiasi iš Kasetinių šaudmenų konvencijos"),
    ("cluster_munitions", "ja", "リトアニア、クラスター弾禁止条約を脱退"),
    ("cluster_munitions", "es", "Lituania abandona la convención sobre municiones en racimo"),
    ("other_treaty", "en", "Turkey quits Istanbul Convention on violence against women"),
    ("other_treaty", "pl", "Łotwa wypowiada konwencję stambulską"),
    ("other_treaty", "lv", "Saeima nobalso par izstāšanos no Stambulas konvencijas"),
    ("other_treaty", "en", "Russia suspends New START nuclear treaty"),
    ("other_treaty", "de", "Ungarn tritt aus dem Internationalen Strafgerichtshof aus"),
    ("other_treaty", "ko", "미국 파리기후협약 재탈퇴"),
    ("other_treaty", "en", "Senators urge exit from arms trade treaty"),
    ("ottawa_1988", "en", "Unidroit Convention on International Factoring, Ottawa 1988: a commentary"),
    ("ottawa_city", "en", "Liberal convention in Ottawa picks new party president"),
    ("ottawa_city", "en", "Ottawa and Alberta reach agreement on carbon pricing"),
    ("ottawa_city", "en", "Ottawa convention centre to host mayors' summit"),
    ("ottawa_city", "fr", "Accord entre Ottawa et Québec sur l'immigration"),
    ("ottawa_city", "sv", "Ottawa Senators vann efter förlängning"),
    ("ottawa_other", "en", "Ottawa Charter for Health Promotion turns forty"),
    ("ottawa_other", "de", "40 Jahre Ottawa-Charta zur Gesundheitsförderung"),
    ("sea_mines", "en", "Romanian navy destroys drifting sea mine off Constanta"),
    ("sea_mines", "en", "Iran may have laid naval mines in Strait of Hormuz"),
    ("sea_mines", "tr", "Karadeniz'de serseri mayın alarmı"),
    ("sea_mines", "de", "Minenjagdboot der Bundeswehr räumt Seeminen in der Ostsee"),
    ("sea_mines", "ja", "海自の掃海艇が機雷処理訓練"),
    ("anti_tank", "en", "Sappers find anti-tank mine in Kharkiv region field"),
    ("mining", "en", "Miners killed in Turkish coal mine explosion"),
    ("mining", "en", "Peru and Rio Tinto sign agreement on copper mine"),
    ("mining", "en", "China bans bitcoin mining"),
    ("mining", "es", "Cierran mina de oro ilegal en Venezuela"),
    ("mining", "fr", "Accord sur les mines de charbon en Pologne"),
    ("mining", "de", "Bergleute nach Grubenunglück gerettet"),
    ("mining", "ru", "Авария на шахте: горняки подняты на поверхность"),
    ("mining", "it", "Miniera di carbone, intesa con il governo"),
    ("mine_idiom", "en", "Pension reform is a political minefield for the chancellor"),
    ("mine_idiom", "en", "Land of Mine wins best film at Danish awards"),
    ("mine_idiom", "ru", "Мина замедленного действия под бюджетом"),
    ("mine_idiom", "de", "Rentenreform wird zur Tretmine für die Koalition"),
    ("mine_idiom", "ko", "지뢰밭 된 국회, 예산안 협상 난항"),
    ("unexploded", "en", "World War II bomb defused in Cologne"),
    ("unexploded", "pl", "Saperzy usunęli niewybuch z placu budowy"),
    ("unexploded", "uk", "Піротехніки знешкодили снаряд на Київщині"),
    ("unexploded", "et", "Päästeamet tegi kahjutuks mürsu"),
    ("handicap", "en", "Handicap International opens rehabilitation centre in Nepal"),
    ("defence", "en", "Poland speeds up work on East Shield fortifications"),
    ("defence", "fi", "Puolustusministeri: itäraja pysyy kiinni"),
    ("defence", "lt", "Seimas pritarė didesniam gynybos biudžetui"),
    ("general", "es", "El Real Madrid gana el clásico"),
    ("general", "sv", "Snöoväder drar in över Götaland, min bil fastnade"),
    ("general", "no", "Han gir ut min bok til sommeren"),
]


@pytest.mark.parametrize(("why", "language", "title"), IRRELEVANT)
def test_what_only_looks_like_it_is_not_alerted(topic: Topic, why: str, language: str, title: str) -> None:
    assert not classify(an_entry(title, language=language), topic).relevant, why
    assert not classify(an_entry(title), topic).relevant, why


@pytest.mark.parametrize(
    ("guard", "title", "summary"),
    [
        (
            "cluster_munitions",
            "Lithuania leaves cluster bomb convention",
            "Unlike landmines, they are scattered.",
        ),
        ("ottawa_1988", "Ottawa Convention on factoring enters into force", ""),
        ("mining", "Coal mine agreement reached", "Miners end their strike."),
        ("sea_mines", "Sea mines found off Odesa", "Navy clears drifting mines."),
        ("mine_idiom", "Budget is a landmine for the coalition", ""),
    ],
)
def test_rejection_says_which_guard_spoke(topic: Topic, guard: str, title: str, summary: str) -> None:
    verdict = classify(an_entry(title, summary, language="en"), topic)
    assert verdict.band is not Band.RELEVANT
    assert guard in {reason.code for reason in verdict.reasons}


def test_other_treaty_in_the_title_is_kept_for_review_when_this_one_is_named_below(topic: Topic) -> None:
    entry = an_entry(
        "Lithuania leaves cluster munitions convention",
        "Critics fear it will abandon the Ottawa Convention on anti-personnel mines next.",
        language="en",
    )
    assert classify(entry, topic).band is Band.DOUBT


def test_summary_reveals_what_the_title_hides(topic: Topic) -> None:
    entry = an_entry(
        "Antti: a right and necessary step", "Finland has left the Ottawa Convention.", language="en"
    )
    assert classify(entry, topic).relevant


def test_mention_far_down_a_long_article_is_not_enough_for_a_weak_word(topic: Topic) -> None:
    far = "The council met to discuss roads and schools. " * 60 + "He once wrote about landmines."
    assert not classify(an_entry("Council meets", content=far, language="en"), topic).relevant


def test_reasons_say_what_matched_and_where(topic: Topic) -> None:
    verdict = classify(an_entry("Poland quits", "It leaves the Ottawa Treaty.", language="en"), topic)
    assert ("ottawa", "summary") in {(reason.code, reason.where) for reason in verdict.reasons}
    assert verdict.score == pytest.approx(sum(reason.weight for reason in verdict.reasons))


@pytest.mark.parametrize(
    "title",
    [
        "Poland leaves the OTTAWA   CONVENTION",
        "Poland leaves the Ott\u00adawa Con\u200bvention",
        "Ｐｏｌａｎｄ leaves the Ｏｔｔａｗａ Ｃｏｎｖｅｎｔｉｏｎ",
        "Pologne : sortie de la convention d\u2019Ottawa",
        "Lietuva trau\u0301kiasi i\u0161 Otavos konvencijos",
        "ПОЛЬША ВЫШЛА ИЗ ОТТАВСКОИ\u0306 КОНВЕНЦИИ",
        "بولندا تنسحب من اتفاقيـــة أُوتاوا",
    ],
)
def test_spelling_of_a_word_does_not_matter(topic: Topic, title: str) -> None:
    assert classify(an_entry(title), topic).relevant


def test_official_record_needs_no_words(topic: Topic) -> None:
    entry = Entry(EntryKey("k"), SourceId("s"), "", "Narnia", facts={"state": "PL"})
    assert classify(entry, topic).relevant


@settings(max_examples=150, deadline=None)
@given(
    title=st.text(max_size=120),
    body=st.text(max_size=400),
    language=st.sampled_from([None, "en", "xx", "th"]),
)
def test_any_text_gives_a_verdict(topic: Topic, title: str, body: str, language: str | None) -> None:
    entry = an_entry(title, body, body, language)
    verdict = classify(entry, topic)
    assert verdict.score >= 0
    assert verdict == classify(entry, topic)
    assert sift(entry, topic) or verdict.band is Band.REJECTED
    language_of(entry)


_PIECES = st.sampled_from([title for _, title in RELEVANT] + [title for _, _, title in IRRELEVANT])


@settings(max_examples=60, deadline=None)
@given(title=_PIECES, body=st.lists(_PIECES, max_size=4))
def test_naming_the_treaty_in_the_title_is_never_outweighed(
    topic: Topic, title: str, body: list[str]
) -> None:
    alone = classify(an_entry(title), topic)
    if (
        any(reason.code == "treaty" and reason.where == "title" for reason in alone.reasons)
        and alone.relevant
    ):
        assert classify(an_entry(title, ". ".join(body)), topic).relevant
