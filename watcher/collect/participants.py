"""The states as the UN Treaty Collection writes them → ISO 3166-1 alpha-2. Data and one look-up."""

from __future__ import annotations

import re
import unicodedata

_NAMES = """
AD Andorra
AE United Arab Emirates
AF Afghanistan
AG Antigua and Barbuda
AL Albania
AM Armenia
AO Angola
AR Argentina
AT Austria
AU Australia
AZ Azerbaijan
BA Bosnia and Herzegovina
BB Barbados
BD Bangladesh
BE Belgium
BF Burkina Faso
BG Bulgaria
BH Bahrain
BI Burundi
BJ Benin
BN Brunei Darussalam = Brunei
BO Bolivia (Plurinational State of) = Bolivia
BR Brazil
BS Bahamas = The Bahamas
BT Bhutan
BW Botswana
BY Belarus
BZ Belize
CA Canada
CD Democratic Republic of the Congo = DR Congo
CF Central African Republic
CG Congo
CH Switzerland
CI Côte d'Ivoire = Cote dIvoire
CK Cook Islands
CL Chile
CM Cameroon
CN China
CO Colombia
CR Costa Rica
CU Cuba
CV Cabo Verde = Cape Verde
CY Cyprus
CZ Czech Republic = Czechia
DE Germany
DJ Djibouti
DK Denmark
DM Dominica
DO Dominican Republic
DZ Algeria
EC Ecuador
EE Estonia
EG Egypt
ER Eritrea
ES Spain
ET Ethiopia
FI Finland
FJ Fiji
FM Micronesia (Federated States of) = Micronesia
FR France
GA Gabon
GB United Kingdom of Great Britain and Northern Ireland = United Kingdom
GD Grenada
GE Georgia
GH Ghana
GM Gambia = The Gambia
GN Guinea
GQ Equatorial Guinea
GR Greece
GT Guatemala
GW Guinea-Bissau
GY Guyana
HN Honduras
HR Croatia
HT Haiti
HU Hungary
ID Indonesia
IE Ireland
IL Israel
IN India
IQ Iraq
IR Iran (Islamic Republic of) = Iran
IS Iceland
IT Italy
JM Jamaica
JO Jordan
JP Japan
KE Kenya
KG Kyrgyzstan
KH Cambodia
KI Kiribati
KM Comoros
KN Saint Kitts and Nevis
KP Democratic People's Republic of Korea = North Korea
KR Republic of Korea = South Korea
KW Kuwait
KZ Kazakhstan
LA Lao People's Democratic Republic = Laos
LB Lebanon
LC Saint Lucia
LI Liechtenstein
LK Sri Lanka
LR Liberia
LS Lesotho
LT Lithuania
LU Luxembourg
LV Latvia
LY Libya
MA Morocco
MC Monaco
MD Republic of Moldova = Moldova
ME Montenegro
MG Madagascar
MH Marshall Islands
MK North Macedonia = The former Yugoslav Republic of Macedonia
ML Mali
MM Myanmar
MN Mongolia
MR Mauritania
MT Malta
MU Mauritius
MV Maldives
MW Malawi
MX Mexico
MY Malaysia
MZ Mozambique
NA Namibia
NE Niger
NG Nigeria
NI Nicaragua
NL Netherlands (Kingdom of the) = Netherlands = Netherlands (Kingdom of)
NO Norway
NP Nepal
NR Nauru
NU Niue
NZ New Zealand
OM Oman
PA Panama
PE Peru
PG Papua New Guinea
PH Philippines
PK Pakistan
PL Poland
PS State of Palestine = Palestine
PT Portugal
PW Palau
PY Paraguay
QA Qatar
RO Romania
RS Serbia
RU Russian Federation = Russia
RW Rwanda
SA Saudi Arabia
SB Solomon Islands
SC Seychelles
SD Sudan
SE Sweden
SG Singapore
SI Slovenia
SK Slovakia
SL Sierra Leone
SM San Marino
SN Senegal
SO Somalia
SR Suriname
SS South Sudan
ST Sao Tome and Principe
SV El Salvador
SY Syrian Arab Republic = Syria
SZ Eswatini = Swaziland
TD Chad
TG Togo
TH Thailand
TJ Tajikistan
TL Timor-Leste
TM Turkmenistan
TN Tunisia
TO Tonga
TR Türkiye = Turkey
TT Trinidad and Tobago
TV Tuvalu
TZ United Republic of Tanzania = Tanzania
UA Ukraine
UG Uganda
US United States of America = United States
UY Uruguay
UZ Uzbekistan
VA Holy See = Vatican City
VC Saint Vincent and the Grenadines
VE Venezuela (Bolivarian Republic of) = Venezuela
VN Viet Nam = Vietnam
VU Vanuatu
WS Samoa
YE Yemen
ZA South Africa
ZM Zambia
ZW Zimbabwe
"""


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        re.findall(
            r"[a-z]+",
            "".join(c for c in plain if not unicodedata.combining(c)).replace("'", "").replace("’", ""),
        )
    )


_CODES = {_folded(name): line[:2] for line in _NAMES.strip().splitlines() for name in line[3:].split(" = ")}


def state_code(name: str) -> str:
    """Alpha-2 of a participant; "" for an unknown name. Case, accents and punctuation do not matter."""
    folded = _folded(name)
    return _CODES.get(folded) or _CODES.get(folded.removeprefix("the "), "")
