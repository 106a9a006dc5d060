"""The languages that few outlets of this news write in: told by their letters and small words, and read step by step."""

from __future__ import annotations

import pytest

from tests.judge.test_steps import read
from watcher.judge.language import language_of, normal

HEADLINES = {
    "id": (
        ("considering", "done", "Norwegia mempertimbangkan keluar dari Konvensi Ottawa"),
        ("government_decision", "done", "Pemerintah Lithuania memutuskan keluar dari Konvensi Ottawa"),
        (
            "parliament_vote",
            "done",
            "Parlemen Finlandia menyetujui penarikan diri dari Konvensi Ottawa tentang ranjau",
        ),
        (
            "parliament_vote",
            "planned",
            "Parlemen Latvia akan memutuskan keluar dari Konvensi Ottawa pekan depan",
        ),
        (
            "signed_by_president",
            "done",
            "Presiden Polandia menandatangani undang-undang keluar dari Konvensi Ottawa",
        ),
        ("notified_un", "done", "Estonia memberi tahu PBB soal penarikan diri dari Konvensi Ottawa"),
        ("in_effect", "done", "Lithuania resmi keluar dari Konvensi Ottawa"),
        ("in_effect", "planned", "Penarikan Finlandia dari Konvensi Ottawa akan berlaku pada Januari"),
        ("reaffirmed", "", "Norwegia tidak akan keluar dari Konvensi Ottawa"),
        ("considering", "", "Swedia tidak menutup kemungkinan keluar dari Konvensi Ottawa"),
        ("use", "", "Thailand menuduh Kamboja memasang ranjau darat baru"),
        (
            "casualties_report",
            "",
            "Ranjau darat menewaskan dan melukai 6.000 orang tahun lalu, kata laporan Landmine Monitor",
        ),
        ("condemnation_or_appeal", "", "Palang Merah mengecam keluarnya negara Baltik dari Konvensi Ottawa"),
        ("production", "", "Polandia akan memproduksi ranjau antipersonel di perbatasan"),
        ("commentary", "", "Mengapa negara-negara Eropa keluar dari Konvensi Ottawa?"),
    ),
    "ca": (
        ("considering", "done", "Noruega estudia sortir del tractat d'Ottawa sobre mines"),
        ("government_decision", "done", "El govern de Lituània decideix abandonar el tractat d'Ottawa"),
        ("parliament_vote", "done", "El parlament de Finlàndia aprova la sortida del tractat d'Ottawa"),
        (
            "parliament_vote",
            "planned",
            "El parlament letó votarà la setmana que ve la sortida del tractat d'Ottawa",
        ),
        (
            "signed_by_president",
            "done",
            "El president polonès signa la llei per sortir de la convenció d'Ottawa",
        ),
        (
            "notified_un",
            "done",
            "Estònia notifica a l'ONU la retirada del tractat contra les mines antipersona",
        ),
        ("in_effect", "done", "Lituània deixa de ser part de la convenció d'Ottawa"),
        ("in_effect", "planned", "La sortida de Finlàndia del tractat d'Ottawa entrarà en vigor al gener"),
        ("reaffirmed", "", "Noruega no sortirà del tractat d'Ottawa"),
        ("considering", "", "Suècia no descarta sortir de la convenció d'Ottawa"),
        ("use", "", "Tailàndia acusa Cambodja de col·locar noves mines antipersona"),
        ("casualties_report", "", "Les mines antipersona van causar més de 6.000 víctimes l'any passat"),
        (
            "condemnation_or_appeal",
            "",
            "La Creu Roja condemna la sortida dels països bàltics del tractat d'Ottawa",
        ),
        ("production", "", "Polònia fabricarà mines antipersona"),
        ("commentary", "", "Per què els països bàltics abandonen el tractat d'Ottawa?"),
    ),
    "mk": (
        ("considering", "done", "Норвешка размислува за излегување од Отавската конвенција"),
        ("government_decision", "done", "Владата на Литванија одлучи да се повлече од Отавската конвенција"),
        ("parliament_vote", "done", "Парламентот на Финска изгласа излегување од Отавската конвенција"),
        (
            "parliament_vote",
            "planned",
            "Латвискиот парламент ќе гласа за повлекување од Отавската конвенција",
        ),
        (
            "signed_by_president",
            "done",
            "Полскиот претседател го потпиша законот за излегување од Отавската конвенција",
        ),
        (
            "notified_un",
            "done",
            "Естонија ги извести Обединетите нации за повлекувањето од Отавската конвенција",
        ),
        ("in_effect", "done", "Литванија официјално ја напушти Отавската конвенција"),
        (
            "in_effect",
            "planned",
            "Повлекувањето на Финска од Отавската конвенција ќе стапи во сила во јануари",
        ),
        ("reaffirmed", "", "Норвешка нема да излезе од Отавската конвенција"),
        ("considering", "", "Шведска не исклучува излегување од Отавската конвенција"),
        ("use", "", "Тајланд ја обвини Камбоџа дека поставува нови противпешадиски мини"),
        ("casualties_report", "", "Противпешадиските мини лани убиле и раниле 6.000 луѓе: илјадници жртви"),
        ("condemnation_or_appeal", "", "Црвениот крст го осуди излегувањето од Отавската конвенција"),
        ("production", "", "Полска ќе произведува противпешадиски мини"),
        ("commentary", "", "Зошто балтичките земји ја напуштаат Отавската конвенција?"),
    ),
    "is": (
        ("considering", "done", "Noregur íhugar að segja sig úr Ottawa-sáttmálanum um jarðsprengjur"),
        ("government_decision", "done", "Ríkisstjórn Litháens ákvað að segja sig frá Ottawa-sáttmálanum"),
        ("parliament_vote", "done", "Finnska þingið samþykkti úrsögn úr Ottawa-sáttmálanum"),
        (
            "parliament_vote",
            "planned",
            "Þing Lettlands greiðir atkvæði um úrsögn úr Ottawa-sáttmálanum í næstu viku",
        ),
        ("signed_by_president", "done", "Forseti Póllands undirritaði lög um úrsögn úr Ottawa-sáttmálanum"),
        ("notified_un", "done", "Eistland tilkynnti Sameinuðu þjóðunum um úrsögn úr Ottawa-sáttmálanum"),
        ("in_effect", "done", "Úrsögn Litháens úr Ottawa-sáttmálanum tók gildi"),
        ("in_effect", "planned", "Úrsögn Finnlands úr Ottawa-sáttmálanum mun taka gildi í janúar"),
        ("reaffirmed", "", "Noregur ætlar ekki að segja sig úr Ottawa-sáttmálanum"),
        ("considering", "", "Svíþjóð útilokar ekki að segja sig úr Ottawa-sáttmálanum"),
        ("use", "", "Taíland sakar Kambódíu um að leggja nýjar jarðsprengjur"),
        ("casualties_report", "", "Jarðsprengjur urðu sex þúsund manns að fórnarlömbum í fyrra"),
        ("condemnation_or_appeal", "", "Rauði krossinn fordæmir úrsögn úr Ottawa-sáttmálanum"),
        ("production", "", "Pólland ætlar að framleiða jarðsprengjur gegn mönnum"),
        ("commentary", "", "Hvers vegna segja ríki sig úr Ottawa-sáttmálanum?"),
    ),
    "be": (
        ("considering", "done", "Нарвегія разглядае выхад з Атаўскай канвенцыі"),
        ("government_decision", "done", "Урад Літвы вырашыў выйсці з Атаўскай канвенцыі"),
        ("parliament_vote", "done", "Парламент Фінляндыі прагаласаваў за выхад з Атаўскай канвенцыі"),
        (
            "parliament_vote",
            "planned",
            "Парламент Латвіі прагаласуе за выхад з Атаўскай канвенцыі на наступным тыдні",
        ),
        ("signed_by_president", "done", "Прэзідэнт Польшчы падпісаў закон аб выхадзе з Атаўскай канвенцыі"),
        ("notified_un", "done", "Эстонія паведаміла ААН пра выхад з Атаўскай канвенцыі"),
        ("in_effect", "done", "Літва афіцыйна выйшла з Атаўскай канвенцыі"),
        ("in_effect", "planned", "Выхад Фінляндыі з Атаўскай канвенцыі набудзе моц у студзені"),
        ("reaffirmed", "", "Нарвегія не выйдзе з Атаўскай канвенцыі"),
        ("considering", "", "Швецыя не выключае выхаду з Атаўскай канвенцыі"),
        ("use", "", "Тайланд абвінаваціў Камбоджу ва ўсталяванні новых супрацьпяхотных мін"),
        ("casualties_report", "", "Колькасць ахвяр супрацьпяхотных мін летась перавысіла 6000"),
        ("condemnation_or_appeal", "", "Чырвоны Крыж асудзіў выхад з Атаўскай канвенцыі"),
        ("production", "", "Польшча будзе вырабляць супрацьпяхотныя міны"),
        ("commentary", "", "Чаму краіны Балтыі выходзяць з Атаўскай канвенцыі?"),
    ),
    "he": (
        ("considering", "done", "נורווגיה שוקלת לפרוש מאמנת אוטווה נגד מוקשים"),
        ("government_decision", "done", "ממשלת ליטא החליטה לפרוש מאמנת אוטווה"),
        ("parliament_vote", "done", "הפרלמנט בפינלנד אישר את הפרישה מאמנת אוטווה"),
        ("parliament_vote", "planned", "הפרלמנט בלטביה יצביע בשבוע הבא על פרישה מאמנת אוטווה"),
        ("signed_by_president", "done", "נשיא פולין חתם על החוק לפרישה מאמנת אוטווה"),
        ("notified_un", "done", 'אסטוניה הודיעה לאו"ם על פרישתה מאמנת אוטווה'),
        ("in_effect", "done", "ליטא עזבה רשמית את אמנת אוטווה"),
        ("in_effect", "planned", "הפרישה של פינלנד מאמנת אוטווה תיכנס לתוקף בינואר"),
        ("reaffirmed", "", "נורווגיה לא תפרוש מאמנת אוטווה"),
        ("considering", "", "שוודיה לא שוללת פרישה מאמנת אוטווה"),
        ("use", "", "תאילנד מאשימה את קמבודיה בהנחת מוקשים חדשים"),
        ("casualties_report", "", "מוקשים נגד אדם: יותר מ-6,000 הרוגים ופצועים בשנה שעברה"),
        ("condemnation_or_appeal", "", "הצלב האדום מגנה את הפרישה מאמנת אוטווה"),
        ("production", "", "פולין תייצר מוקשים נגד אדם"),
        ("commentary", "", "מדוע מדינות אירופה פורשות מאמנת אוטווה?"),
    ),
    "hi": (
        ("considering", "done", "नॉर्वे ओटावा संधि से बाहर निकलने पर विचार कर रहा है"),
        ("government_decision", "done", "लिथुआनिया सरकार ने ओटावा संधि से हटने का फैसला किया"),
        ("parliament_vote", "done", "फिनलैंड की संसद ने ओटावा संधि से बाहर निकलने को मंजूरी दी"),
        ("parliament_vote", "planned", "लातविया की संसद अगले हफ्ते ओटावा संधि से हटने पर मतदान करेगी"),
        ("signed_by_president", "done", "पोलैंड के राष्ट्रपति ने ओटावा संधि छोड़ने वाले कानून पर हस्ताक्षर किए"),
        ("notified_un", "done", "एस्टोनिया ने ओटावा संधि से हटने की संयुक्त राष्ट्र को सूचना दी"),
        ("in_effect", "done", "लिथुआनिया औपचारिक रूप से ओटावा संधि से बाहर हुआ"),
        ("in_effect", "planned", "ओटावा संधि से फिनलैंड की वापसी जनवरी में प्रभावी होगी"),
        ("reaffirmed", "", "नॉर्वे ओटावा संधि से बाहर नहीं निकलेगा"),
        ("considering", "", "स्वीडन ने ओटावा संधि से हटने की संभावना से इनकार नहीं किया"),
        ("use", "", "थाईलैंड ने कंबोडिया पर नई बारूदी सुरंगें बिछाने का आरोप लगाया"),
        ("casualties_report", "", "बारूदी सुरंगों से पिछले साल 6,000 लोग मारे गए या घायल हुए"),
        ("condemnation_or_appeal", "", "रेड क्रॉस ने ओटावा संधि से हटने की निंदा की"),
        ("production", "", "पोलैंड बारूदी सुरंगों का उत्पादन करेगा"),
        ("commentary", "", "यूरोपीय देश ओटावा संधि से क्यों हट रहे हैं?"),
    ),
    "sq": (
        ("considering", "done", "Norvegjia shqyrton largimin nga Konventa e Otavës"),
        ("government_decision", "done", "Qeveria e Lituanisë vendosi të tërhiqet nga Konventa e Otavës"),
        ("parliament_vote", "done", "Parlamenti i Finlandës miratoi tërheqjen nga Konventa e Otavës"),
        (
            "parliament_vote",
            "planned",
            "Parlamenti i Letonisë do të votojë për tërheqjen nga Konventa e Otavës",
        ),
        (
            "signed_by_president",
            "done",
            "Presidenti i Polonisë nënshkroi ligjin për daljen nga Konventa e Otavës",
        ),
        ("notified_un", "done", "Estonia njoftoi OKB-në për tërheqjen nga Konventa e Otavës"),
        ("in_effect", "done", "Lituania u largua zyrtarisht nga Konventa e Otavës"),
        ("in_effect", "planned", "Tërheqja e Finlandës nga Konventa e Otavës do të hyjë në fuqi në janar"),
        ("reaffirmed", "", "Norvegjia nuk do të tërhiqet nga Konventa e Otavës"),
        ("considering", "", "Suedia nuk përjashton daljen nga Konventa e Otavës"),
        ("use", "", "Tajlanda akuzon Kamboxhian se ka vendosur mina të reja kundër këmbësorisë"),
        ("casualties_report", "", "Minat kundër personelit vranë dhe plagosën 6 mijë njerëz vitin e kaluar"),
        ("condemnation_or_appeal", "", "Kryqi i Kuq dënon largimin nga Konventa e Otavës"),
        ("production", "", "Polonia do të prodhojë mina kundër këmbësorisë"),
        ("commentary", "", "Pse vendet baltike po largohen nga Konventa e Otavës?"),
    ),
    "ur": (
        ("considering", "done", "ناروے اوٹاوا معاہدے سے دستبردار ہونے پر غور کر رہا ہے"),
        ("government_decision", "done", "لتھوانیا کی حکومت نے اوٹاوا کنونشن سے نکلنے کا فیصلہ کر لیا"),
        ("parliament_vote", "done", "فن لینڈ کی پارلیمنٹ نے اوٹاوا کنونشن سے علیحدگی کی منظوری دے دی"),
        ("parliament_vote", "planned", "لٹویا کی پارلیمنٹ اگلے ہفتے اوٹاوا کنونشن سے علیحدگی پر ووٹ دے گی"),
        ("signed_by_president", "done", "پولینڈ کے صدر نے اوٹاوا کنونشن سے علیحدگی کے قانون پر دستخط کر دیے"),
        ("notified_un", "done", "ایسٹونیا نے اوٹاوا کنونشن سے علیحدگی سے اقوام متحدہ کو آگاہ کر دیا"),
        ("in_effect", "done", "لتھوانیا باضابطہ طور پر اوٹاوا کنونشن سے نکل گیا"),
        ("reaffirmed", "", "ناروے اوٹاوا کنونشن سے نہیں نکلے گا"),
        ("use", "", "تھائی لینڈ کا کمبوڈیا پر نئی بارودی سرنگیں بچھانے کا الزام"),
        ("casualties_report", "", "گزشتہ سال بارودی سرنگوں سے 6000 افراد ہلاک یا زخمی ہوئے"),
        ("condemnation_or_appeal", "", "ریڈ کراس کی اوٹاوا کنونشن سے علیحدگی کی مذمت"),
        ("commentary", "", "یورپی ممالک اوٹاوا کنونشن سے کیوں نکل رہے ہیں؟"),
    ),
    "bn": (
        ("considering", "done", "নরওয়ে অটোয়া চুক্তি ছাড়ার কথা বিবেচনা করছে"),
        ("government_decision", "done", "লিথুয়ানিয়া সরকার অটোয়া চুক্তি ছাড়ার সিদ্ধান্ত নিয়েছে"),
        ("parliament_vote", "done", "ফিনল্যান্ডের পার্লামেন্ট অটোয়া চুক্তি থেকে বেরিয়ে যাওয়ার অনুমোদন দিয়েছে"),
        ("parliament_vote", "planned", "লাটভিয়ার পার্লামেন্ট আগামী সপ্তাহে অটোয়া চুক্তি ছাড়ার বিষয়ে ভোট দেবে"),
        ("signed_by_president", "done", "পোল্যান্ডের প্রেসিডেন্ট অটোয়া চুক্তি ছাড়ার আইনে স্বাক্ষর করেছেন"),
        ("notified_un", "done", "এস্তোনিয়া অটোয়া চুক্তি ছাড়ার কথা জাতিসংঘকে জানিয়েছে"),
        ("in_effect", "done", "লিথুয়ানিয়া আনুষ্ঠানিকভাবে অটোয়া চুক্তি থেকে বেরিয়ে গেছে"),
        ("reaffirmed", "", "নরওয়ে অটোয়া চুক্তি থেকে বেরিয়ে যাবে না"),
        ("use", "", "কম্বোডিয়ার বিরুদ্ধে নতুন স্থলমাইন পোঁতার অভিযোগ থাইল্যান্ডের"),
        ("casualties_report", "", "গত বছর স্থলমাইনে ৬ হাজার মানুষ নিহত ও আহত"),
        ("condemnation_or_appeal", "", "অটোয়া চুক্তি ছাড়ার নিন্দা রেড ক্রসের"),
        ("commentary", "", "ইউরোপের দেশগুলো কেন অটোয়া চুক্তি ছাড়ছে?"),
    ),
}
"""By language: what each headline tells, and how it stands where that is beyond doubt."""


@pytest.mark.parametrize("language", HEADLINES)
def test_every_step_is_read(language: str) -> None:
    told = {}
    for development, modality, title in HEADLINES[language]:
        day = "2025-12-27" if (development, modality) == ("in_effect", "done") else "2025-06-25"
        found, stands, _ = read(language, day, title)
        told[title] = (found, stands if modality else "")
    assert told == {title: (kind, modality) for kind, modality, title in HEADLINES[language]}


@pytest.mark.parametrize("language", HEADLINES)
def test_a_headline_shows_its_language(language: str) -> None:
    titles = [title for _, _, title in HEADLINES[language]]
    assert [t for t in titles if language_of(t) != language] == []


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Litauens parlament röstar för att lämna Ottawafördraget", "sv"),
        ("Litauens parlament går ut av Ottawa-konvensjonen", "no"),
        ("Litauens parlament stemmer for exit af Ottawa-konventionen", "da"),
        ("Litavski parlament glasao za povlačenje iz Ottawske konvencije", "hr"),
        ("Litavski parlament potrdil izstop iz Ottawske konvencije", "sl"),
        ("Litovský parlament schválil odstúpenie od Ottawského dohovoru", "sk"),
    ],
)
def test_a_word_of_all_europe_speaks_for_none(title: str, language: str) -> None:
    assert language_of(title) == language


def test_malay_is_read_as_indonesian() -> None:
    assert normal("ms-MY") == "id"
    title = "Kerajaan Finland bersetuju menarik diri daripada Konvensyen Ottawa"
    assert read("id", "2025-06-25", title)[:2] == ("government_decision", "done")
