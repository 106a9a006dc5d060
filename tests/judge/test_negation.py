"""`Will not leave` is staying, `does not rule out leaving` is considering, in every language of the lexicon."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.judge.desk import shipped
from watcher.judge.extract import extract
from watcher.model import Band, Entry, EntryKey, SourceId, Verdict

STAYING = (
    ("tr", "Türkiye Ottawa Sözleşmesi'nden çekilmeyecek"),
    ("tr", "Türkiye Ottawa Sözleşmesi'nden çekilmeyi düşünmüyor"),
    ("tr", "Türkiye mayın yasağı anlaşmasında kalacak"),
    ("tr", "Norveç, Ottawa Sözleşmesi'nden ayrılmayacağını açıkladı"),
    ("no", "Norge trekker seg ikke fra minekonvensjonen"),
    ("no", "Norge blir i Ottawakonvensjonen"),
    ("no", "Norge har ingen planer om å forlate minekonvensjonen"),
    ("sv", "Norge lämnar inte Ottawakonventionen"),
    ("sv", "Sverige tänker inte lämna Ottawakonventionen"),
    ("da", "Danmark forlader ikke Ottawakonventionen"),
    ("da", "Danmark udelukker at træde ud af minekonventionen"),
    ("fi", "Norja ei eroa Ottawan sopimuksesta"),
    ("fi", "Norja ei aio irtautua Ottawan sopimuksesta"),
    ("et", "Norra ei lahku Ottawa konventsioonist"),
    ("et", "Norra ei kavatse Ottawa konventsioonist taganeda"),
    ("lv", "Norvēģija neizstāsies no Otavas konvencijas"),
    ("lv", "Norvēģija neplāno izstāties no Otavas konvencijas"),
    ("lt", "Norvegija nesitrauks iš Otavos konvencijos"),
    ("lt", "Norvegija neketina trauktis iš Otavos konvencijos"),
    ("pl", "Norwegia nie wypowie konwencji ottawskiej"),
    ("pl", "Norwegia nie zamierza wychodzić z traktatu ottawskiego"),
    ("pl", "Norwegia pozostanie w konwencji ottawskiej"),
    ("ru", "Норвегия не выйдет из Оттавской конвенции"),
    ("ru", "Норвегия не планирует выходить из Оттавской конвенции"),
    ("ru", "Норвегия останется в Оттавской конвенции"),
    ("uk", "Норвегія не виходитиме з Оттавської конвенції"),
    ("uk", "Норвегія не збирається виходити з Оттавської конвенції"),
    ("uk", "Норвегія залишається в Оттавській конвенції"),
    ("cs", "Norsko od Ottawské úmluvy neodstoupí"),
    ("cs", "Norsko neplánuje odstoupit od Ottawské smlouvy"),
    ("sk", "Nórsko neodstúpi od Ottawskej zmluvy"),
    ("hu", "Norvégia nem lép ki az ottawai egyezményből"),
    ("hu", "Norvégia nem tervezi a kilépést az ottawai egyezményből"),
    ("ro", "Norvegia nu se va retrage din Convenția de la Ottawa"),
    ("ro", "Norvegia nu intenționează să părăsească Convenția de la Ottawa"),
    ("bg", "Норвегия няма да напусне Конвенцията от Отава"),
    ("bg", "Норвегия остава в Отавската конвенция"),
    ("hr", "Norveška neće izaći iz Otavske konvencije"),
    ("sr", "Норвешка неће напустити Отавску конвенцију"),
    ("sl", "Norveška ne bo odstopila od Ottavske konvencije"),
    ("el", "Η Νορβηγία δεν θα αποχωρήσει από τη Συνθήκη της Οτάβα"),
    ("el", "Η Νορβηγία παραμένει στη Σύμβαση της Οτάβας"),
    ("de", "Norwegen bleibt im Ottawa-Abkommen"),
    ("de", "Norwegen tritt nicht aus dem Ottawa-Abkommen aus"),
    ("de", "Norwegen schließt Austritt aus Ottawa-Konvention aus"),
    ("de", "Norwegen will Ottawa-Konvention nicht verlassen"),
    ("fr", "La Norvège ne quittera pas la convention d'Ottawa"),
    ("fr", "La Norvège n'envisage pas de se retirer du traité d'Ottawa"),
    ("fr", "La Norvège exclut un retrait de la Convention d'Ottawa"),
    ("nl", "Noorwegen stapt niet uit Ottawa-verdrag"),
    ("nl", "Noorwegen blijft in het Ottawa-verdrag"),
    ("it", "La Norvegia non uscirà dalla Convenzione di Ottawa"),
    ("it", "La Norvegia esclude l'uscita dal trattato di Ottawa"),
    ("es", "Noruega no se retirará de la Convención de Ottawa"),
    ("es", "Noruega descarta abandonar el Tratado de Ottawa"),
    ("pt", "A Noruega não vai abandonar a Convenção de Ottawa"),
    ("pt", "Noruega exclui sair do Tratado de Ottawa"),
    ("ar", "النرويج لن تنسحب من اتفاقية أوتاوا"),
    ("ar", "النرويج تستبعد الانسحاب من معاهدة أوتاوا"),
    ("ar", "النرويج: لا نعتزم الانسحاب من اتفاقية حظر الألغام"),
    ("fa", "نروژ از پیمان اتاوا خارج نمی‌شود"),
    ("fa", "نروژ قصد خروج از پیمان اتاوا را ندارد"),
    ("ja", "ノルウェー、オタワ条約から脱退しない方針"),
    ("ja", "ノルウェー、対人地雷禁止条約にとどまる"),
    ("zh", "挪威不会退出《渥太华禁雷公约》"),
    ("zh", "挪威无意退出渥太华公约"),
    ("ko", "노르웨이, 오타와 협약 탈퇴하지 않기로"),
    ("ko", '노르웨이 "오타와 협약 탈퇴 계획 없다"'),
    ("vi", "Na Uy sẽ không rút khỏi Công ước Ottawa"),
    ("vi", "Na Uy không có kế hoạch rút khỏi Hiệp ước Ottawa"),
    ("th", "นอร์เวย์ไม่ถอนตัวจากอนุสัญญาออตตาวา"),
    ("km", "ន័រវែសនឹងមិនដកខ្លួនចេញពីអនុសញ្ញាអូតាវ៉ា"),
    ("hy", "Նորվեգիան դուրս չի գա Օտտավայի կոնվենցիայից"),
    ("ka", "ნორვეგია ოტავის კონვენციიდან არ გავა"),
    ("az", "Norveç Ottava Konvensiyasından çıxmayacaq"),
    ("en", "Norway is not withdrawing from the Ottawa Convention"),
    ("en", "Norway won't quit mine ban treaty"),
    ("en", "Norway has no intention of leaving the mine ban treaty"),
    ("en", "Norway sees no need to leave Ottawa treaty"),
    ("en", "Norway never considered leaving Ottawa treaty, minister says"),
    ("en", "Norway: leaving Ottawa treaty not on the agenda"),
    ("en", "Norway's parliament votes against leaving Ottawa treaty"),
    ("en", "Norway's parliament rejects motion to quit the Ottawa treaty"),
    ("no", "Noreg går ikkje ut av minekonvensjonen"),
)

LEFT_OPEN = (
    ("en", "Norway does not rule out leaving the Ottawa Treaty"),
    ("en", "Norway not ruling out exit from mine ban treaty"),
    ("no", "Norge utelukker ikke å forlate minekonvensjonen"),
    ("sv", "Sverige utesluter inte att lämna Ottawakonventionen"),
    ("da", "Danmark udelukker ikke at forlade Ottawakonventionen"),
    ("fi", "Norja ei sulje pois irtautumista Ottawan sopimuksesta"),
    ("et", "Norra ei välista Ottawa konventsioonist lahkumist"),
    ("lv", "Norvēģija neizslēdz izstāšanos no Otavas konvencijas"),
    ("lt", "Norvegija neatmeta pasitraukimo iš Otavos konvencijos"),
    ("pl", "Norwegia nie wyklucza wyjścia z konwencji ottawskiej"),
    ("ru", "Норвегия не исключает выхода из Оттавской конвенции"),
    ("uk", "Норвегія не виключає виходу з Оттавської конвенції"),
    ("cs", "Norsko nevylučuje odstoupení od Ottawské úmluvy"),
    ("sk", "Nórsko nevylučuje odstúpenie od Ottawskej zmluvy"),
    ("hu", "Norvégia nem zárja ki a kilépést az ottawai egyezményből"),
    ("ro", "Norvegia nu exclude retragerea din Convenția de la Ottawa"),
    ("bg", "Норвегия не изключва напускане на Конвенцията от Отава"),
    ("hr", "Norveška ne isključuje izlazak iz Otavske konvencije"),
    ("el", "Η Νορβηγία δεν αποκλείει αποχώρηση από τη Συνθήκη της Οτάβα"),
    ("de", "Norwegen schließt Austritt aus Ottawa-Konvention nicht aus"),
    ("fr", "La Norvège n'exclut pas un retrait de la Convention d'Ottawa"),
    ("nl", "Noorwegen sluit vertrek uit Ottawa-verdrag niet uit"),
    ("it", "La Norvegia non esclude l'uscita dal trattato di Ottawa"),
    ("es", "Noruega no descarta abandonar el Tratado de Ottawa"),
    ("pt", "Noruega não descarta sair do Tratado de Ottawa"),
    ("ar", "النرويج لا تستبعد الانسحاب من معاهدة أوتاوا"),
    ("tr", "Norveç, Ottawa Sözleşmesi'nden çekilmeyi dışlamıyor"),
    ("ja", "ノルウェー、オタワ条約脱退を否定せず"),
    ("zh", "挪威不排除退出渥太华公约"),
    ("ko", "노르웨이, 오타와 협약 탈퇴 배제 안 해"),
    ("vi", "Na Uy không loại trừ rút khỏi Hiệp ước Ottawa"),
)

GONE = (
    ("en", "Estonia leaves Ottawa Treaty, not waiting for Finland"),
    ("en", "Not a moment too soon: Lithuania withdraws from the mine ban"),
    ("en", "Lithuania to leave Ottawa treaty, no date set"),
    ("en", "Finland leaves mine ban but will not stockpile in peacetime"),
    ("de", "Litauen verlässt Ottawa-Konvention nicht allein: Estland folgt"),
    ("sv", "Finland lämnar Ottawakonventionen – inte Sverige"),
    ("pl", "Polska wypowiada konwencję ottawską, nie wyklucza min na granicy"),
    ("ru", "Польша выходит из Оттавской конвенции: не только Балтия"),
    ("ru", "Финляндия вышла из Оттавской конвенции, но мины применять не будет"),
    ("fr", "La Pologne quitte la convention d'Ottawa et n'est pas la seule"),
    ("fi", "Suomi irtautuu Ottawan sopimuksesta – ei miinoja rauhan aikana"),
    ("en", "Poland no longer bound by mine ban as withdrawal takes effect"),
    ("en", "Latvia is no longer a party to the Ottawa Convention"),
    ("de", "Estland ist nicht mehr Teil der Ottawa-Konvention"),
    ("fr", "La Lettonie n'est plus partie à la convention d'Ottawa"),
    ("pl", "Łotwa nie jest już stroną konwencji ottawskiej"),
    ("ru", "Латвия больше не участник Оттавской конвенции"),
)


def step_of(title: str, language: str) -> tuple[str, str]:
    day = datetime(2026, 11, 20, tzinfo=UTC)
    entry = Entry(EntryKey("k"), SourceId("s"), "https://example.org/a", title, published=day)
    found = extract(entry, Verdict(1.0, Band.RELEVANT), shipped(), language)
    return found.development, found.modality.value


@pytest.mark.parametrize(("language", "title"), STAYING)
def test_a_negated_exit_is_staying(language: str, title: str) -> None:
    assert step_of(title, language) == ("reaffirmed", "done")


@pytest.mark.parametrize(("language", "title"), LEFT_OPEN)
def test_an_exit_not_ruled_out_is_considered(language: str, title: str) -> None:
    assert step_of(title, language) == ("considering", "done")


@pytest.mark.parametrize(("language", "title"), GONE)
def test_a_negation_of_something_else_leaves_the_exit_alone(language: str, title: str) -> None:
    assert step_of(title, language)[0] in ("government_decision", "in_effect")
