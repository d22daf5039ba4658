// Generated from mledoze/countries (5e9f370, countries.csv) by scripts/generate-mrkl-tables.mjs; do not edit.
/**
 * World countries by mledoze and contributors, made available under the Open Database License (ODbL 1.0, LICENSE.txt beside
 * this file). This table is a derived database under the same licence; the rest of the package is not part of it.
 * cca2|cca3|name|official_name|capital|region|subregion|landlocked|area_km2|currencies|languages|borders|calling_code|tld|independent|un_member
 */
export const countryRows = `AW|ABW|Aruba|Aruba|Oranjestad|Americas|Caribbean|0|180|AWG Aruban florin|Dutch; Papiamento||+297|.aw|False|False
AF|AFG|Afghanistan|Islamic Republic of Afghanistan|Kabul|Asia|Southern Asia|1|652230|AFN Afghan afghani|Dari; Pashto; Turkmen|IRN; PAK; TKM; UZB; TJK; CHN|+93|.af|True|True
AO|AGO|Angola|Republic of Angola|Luanda|Africa|Middle Africa|0|1246700|AOA Angolan kwanza|Portuguese|COG; COD; ZMB; NAM|+244|.ao|True|True
AI|AIA|Anguilla|Anguilla|The Valley|Americas|Caribbean|0|91|XCD Eastern Caribbean dollar|English||+1264|.ai|False|False
AX|ALA|Åland Islands|Åland Islands|Mariehamn|Europe|Northern Europe|0|1580|EUR Euro|Swedish||+35818|.ax|False|False
AL|ALB|Albania|Republic of Albania|Tirana|Europe|Southeast Europe|0|28748|ALL Albanian lek|Albanian|MNE; GRC; MKD; UNK|+355|.al|True|True
AD|AND|Andorra|Principality of Andorra|Andorra la Vella|Europe|Southern Europe|1|468|EUR Euro|Catalan|FRA; ESP|+376|.ad|True|True
AE|ARE|United Arab Emirates|United Arab Emirates|Abu Dhabi|Asia|Western Asia|0|83600|AED United Arab Emirates dirham|Arabic|OMN; SAU|+971|.ae; امارات.|True|True
AR|ARG|Argentina|Argentine Republic|Buenos Aires|Americas|South America|0|2780400|ARS Argentine peso|Guaraní; Spanish|BOL; BRA; CHL; PRY; URY|+54|.ar|True|True
AM|ARM|Armenia|Republic of Armenia|Yerevan|Asia|Western Asia|1|29743|AMD Armenian dram|Armenian|AZE; GEO; IRN; TUR|+374|.am|True|True
AS|ASM|American Samoa|American Samoa|Pago Pago|Oceania|Polynesia|0|199|USD United States dollar|English; Samoan||+1684|.as|False|False
AQ|ATA|Antarctica|Antarctica||Antarctic||0|14000000|||||.aq|False|False
TF|ATF|French Southern and Antarctic Lands|Territory of the French Southern and Antarctic Lands|Port-aux-Français|Antarctic||0|7747|EUR Euro|French||+262|.tf|False|False
AG|ATG|Antigua and Barbuda|Antigua and Barbuda|Saint John's|Americas|Caribbean|0|442|XCD Eastern Caribbean dollar|English||+1268|.ag|True|True
AU|AUS|Australia|Commonwealth of Australia|Canberra|Oceania|Australia and New Zealand|0|7692024|AUD Australian dollar|English||+61|.au|True|True
AT|AUT|Austria|Republic of Austria|Vienna|Europe|Central Europe|1|83871|EUR Euro|Austro-Bavarian German|CZE; DEU; HUN; ITA; LIE; SVK; SVN; CHE|+43|.at|True|True
AZ|AZE|Azerbaijan|Republic of Azerbaijan|Baku|Asia|Western Asia|1|86600|AZN Azerbaijani manat|Azerbaijani; Russian|ARM; GEO; IRN; RUS; TUR|+994|.az|True|True
BI|BDI|Burundi|Republic of Burundi|Gitega|Africa|Eastern Africa|1|27834|BIF Burundian franc|French; Kirundi|COD; RWA; TZA|+257|.bi|True|True
BE|BEL|Belgium|Kingdom of Belgium|Brussels|Europe|Western Europe|0|30528|EUR Euro|German; French; Dutch|FRA; DEU; LUX; NLD|+32|.be|True|True
BJ|BEN|Benin|Republic of Benin|Porto-Novo|Africa|Western Africa|0|112622|XOF West African CFA franc|French|BFA; NER; NGA; TGO|+229|.bj|True|True
BF|BFA|Burkina Faso|Burkina Faso|Ouagadougou|Africa|Western Africa|1|272967|XOF West African CFA franc|French|BEN; CIV; GHA; MLI; NER; TGO|+226|.bf|True|True
BD|BGD|Bangladesh|People's Republic of Bangladesh|Dhaka|Asia|Southern Asia|0|147570|BDT Bangladeshi taka|Bengali|MMR; IND|+880|.bd|True|True
BG|BGR|Bulgaria|Republic of Bulgaria|Sofia|Europe|Southeast Europe|0|110879|BGN Bulgarian lev|Bulgarian|GRC; MKD; ROU; SRB; TUR|+359|.bg|True|True
BH|BHR|Bahrain|Kingdom of Bahrain|Manama|Asia|Western Asia|0|765|BHD Bahraini dinar|Arabic||+973|.bh|True|True
BS|BHS|Bahamas|Commonwealth of the Bahamas|Nassau|Americas|Caribbean|0|13943|BSD Bahamian dollar; USD United States dollar|English||+1242|.bs|True|True
BA|BIH|Bosnia and Herzegovina|Bosnia and Herzegovina|Sarajevo|Europe|Southeast Europe|0|51209|BAM Bosnia and Herzegovina convertible mark|Bosnian; Croatian; Serbian|HRV; MNE; SRB|+387|.ba|True|True
BL|BLM|Saint Barthélemy|Collectivity of Saint Barthélemy|Gustavia|Americas|Caribbean|0|21|EUR Euro|French||+590|.bl|False|False
SH|SHN|Saint Helena, Ascension and Tristan da Cunha|Saint Helena, Ascension and Tristan da Cunha|Jamestown|Africa|Western Africa|0|394|GBP Pound sterling; SHP Saint Helena pound|English||+2|.sh; .ac|False|False
BY|BLR|Belarus|Republic of Belarus|Minsk|Europe|Eastern Europe|1|207600|BYN Belarusian ruble|Belarusian; Russian|LVA; LTU; POL; RUS; UKR|+375|.by|True|True
BZ|BLZ|Belize|Belize|Belmopan|Americas|Central America|0|22966|BZD Belize dollar|Belizean Creole; English; Spanish|GTM; MEX|+501|.bz|True|True
BM|BMU|Bermuda|Bermuda|Hamilton|Americas|North America|0|54|BMD Bermudian dollar|English||+1441|.bm|False|False
BO|BOL|Bolivia|Plurinational State of Bolivia|Sucre|Americas|South America|1|1098581|BOB Bolivian boliviano|Aymara; Guaraní; Quechua; Spanish|ARG; BRA; CHL; PRY; PER|+591|.bo|True|True
BQ|BES|Caribbean Netherlands|Bonaire, Sint Eustatius and Saba|Kralendijk; Oranjestad; The Bottom|Americas|Caribbean|0|328|USD United States dollar|English; Dutch; Papiamento||+599|.bq; .nl|False|False
BR|BRA|Brazil|Federative Republic of Brazil|Brasília|Americas|South America|0|8515767|BRL Brazilian real|Portuguese|ARG; BOL; COL; GUF; GUY; PRY; PER; SUR; URY; VEN|+55|.br|True|True
BB|BRB|Barbados|Barbados|Bridgetown|Americas|Caribbean|0|430|BBD Barbadian dollar|English||+1246|.bb|True|True
BN|BRN|Brunei|Nation of Brunei, Abode of Peace|Bandar Seri Begawan|Asia|South-Eastern Asia|0|5765|BND Brunei dollar; SGD Singapore dollar|Malay|MYS|+673|.bn|True|True
BT|BTN|Bhutan|Kingdom of Bhutan|Thimphu|Asia|Southern Asia|1|38394|BTN Bhutanese ngultrum; INR Indian rupee|Dzongkha|CHN; IND|+975|.bt|True|True
BV|BVT|Bouvet Island|Bouvet Island||Antarctic||0|49||Norwegian||+47|.bv|False|False
BW|BWA|Botswana|Republic of Botswana|Gaborone|Africa|Southern Africa|1|582000|BWP Botswana pula|English; Tswana|NAM; ZAF; ZMB; ZWE|+267|.bw|True|True
CF|CAF|Central African Republic|Central African Republic|Bangui|Africa|Middle Africa|1|622984|XAF Central African CFA franc|French; Sango|CMR; TCD; COD; COG; SSD; SDN|+236|.cf|True|True
CA|CAN|Canada|Canada|Ottawa|Americas|North America|0|9984670|CAD Canadian dollar|English; French|USA|+1|.ca|True|True
CC|CCK|Cocos (Keeling) Islands|Territory of the Cocos (Keeling) Islands|West Island|Oceania|Australia and New Zealand|0|14|AUD Australian dollar|English||+61|.cc|False|False
CH|CHE|Switzerland|Swiss Confederation|Bern|Europe|Western Europe|1|41284|CHF Swiss franc|French; Swiss German; Italian; Romansh|AUT; FRA; ITA; LIE; DEU|+41|.ch|True|True
CL|CHL|Chile|Republic of Chile|Santiago|Americas|South America|0|756102|CLP Chilean peso|Spanish|ARG; BOL; PER|+56|.cl|True|True
CN|CHN|China|People's Republic of China|Beijing|Asia|Eastern Asia|0|9706961|CNY Chinese yuan|Chinese|AFG; BTN; MMR; HKG; IND; KAZ; NPL; PRK; KGZ; LAO; MAC; MNG; PAK; RUS; TJK; VNM|+86|.cn; .中国; .中國; .公司; .网络|True|True
CI|CIV|Ivory Coast|Republic of Côte d'Ivoire|Yamoussoukro|Africa|Western Africa|0|322463|XOF West African CFA franc|French|BFA; GHA; GIN; LBR; MLI|+225|.ci|True|True
CM|CMR|Cameroon|Republic of Cameroon|Yaoundé|Africa|Middle Africa|0|475442|XAF Central African CFA franc|English; French|CAF; TCD; COG; GNQ; GAB; NGA|+237|.cm|True|True
CD|COD|DR Congo|Democratic Republic of the Congo|Kinshasa|Africa|Middle Africa|0|2344858|CDF Congolese franc|French; Kikongo; Lingala; Tshiluba; Swahili|AGO; BDI; CAF; COG; RWA; SSD; TZA; UGA; ZMB|+243|.cd|True|True
CG|COG|Congo|Republic of the Congo|Brazzaville|Africa|Middle Africa|0|342000|XAF Central African CFA franc|French; Kikongo; Lingala|AGO; CMR; CAF; COD; GAB|+242|.cg|True|True
CK|COK|Cook Islands|Cook Islands|Avarua|Oceania|Polynesia|0|236|CKD Cook Islands dollar; NZD New Zealand dollar|English; Cook Islands Māori||+682|.ck|False|False
CO|COL|Colombia|Republic of Colombia|Bogotá|Americas|South America|0|1141748|COP Colombian peso|Spanish|BRA; ECU; PAN; PER; VEN|+57|.co|True|True
KM|COM|Comoros|Union of the Comoros|Moroni|Africa|Eastern Africa|0|1862|KMF Comorian franc|Arabic; French; Comorian||+269|.km|True|True
CV|CPV|Cape Verde|Republic of Cabo Verde|Praia|Africa|Western Africa|0|4033|CVE Cape Verdean escudo|Portuguese||+238|.cv|True|True
CR|CRI|Costa Rica|Republic of Costa Rica|San José|Americas|Central America|0|51100|CRC Costa Rican colón|Spanish|NIC; PAN|+506|.cr|True|True
CU|CUB|Cuba|Republic of Cuba|Havana|Americas|Caribbean|0|109884|CUC Cuban convertible peso; CUP Cuban peso|Spanish||+53|.cu|True|True
CW|CUW|Curaçao|Country of Curaçao|Willemstad|Americas|Caribbean|0|444|ANG Netherlands Antillean guilder|English; Dutch; Papiamento||+599|.cw|False|False
CX|CXR|Christmas Island|Territory of Christmas Island|Flying Fish Cove|Oceania|Australia and New Zealand|0|135|AUD Australian dollar|English||+61|.cx|False|False
KY|CYM|Cayman Islands|Cayman Islands|George Town|Americas|Caribbean|0|264|KYD Cayman Islands dollar|English||+1345|.ky|False|False
CY|CYP|Cyprus|Republic of Cyprus|Nicosia|Europe|Southern Europe|0|9251|EUR Euro|Greek; Turkish||+357|.cy|True|True
CZ|CZE|Czechia|Czech Republic|Prague|Europe|Central Europe|1|78865|CZK Czech koruna|Czech; Slovak|AUT; DEU; POL; SVK|+420|.cz|True|True
DE|DEU|Germany|Federal Republic of Germany|Berlin|Europe|Western Europe|0|357114|EUR Euro|German|AUT; BEL; CZE; DNK; FRA; LUX; NLD; POL; CHE|+49|.de|True|True
DJ|DJI|Djibouti|Republic of Djibouti|Djibouti|Africa|Eastern Africa|0|23200|DJF Djiboutian franc|Arabic; French|ERI; ETH; SOM|+253|.dj|True|True
DM|DMA|Dominica|Commonwealth of Dominica|Roseau|Americas|Caribbean|0|751|XCD Eastern Caribbean dollar|English||+1767|.dm|True|True
DK|DNK|Denmark|Kingdom of Denmark|Copenhagen|Europe|Northern Europe|0|43094|DKK Danish krone|Danish|DEU|+45|.dk|True|True
DO|DOM|Dominican Republic|Dominican Republic|Santo Domingo|Americas|Caribbean|0|48671|DOP Dominican peso|Spanish|HTI|+1|.do|True|True
DZ|DZA|Algeria|People's Democratic Republic of Algeria|Algiers|Africa|Northern Africa|0|2381741|DZD Algerian dinar|Arabic|TUN; LBY; NER; ESH; MRT; MLI; MAR|+213|.dz; الجزائر.|True|True
EC|ECU|Ecuador|Republic of Ecuador|Quito|Americas|South America|0|276841|USD United States dollar|Spanish|COL; PER|+593|.ec|True|True
EG|EGY|Egypt|Arab Republic of Egypt|Cairo|Africa|Northern Africa|0|1002450|EGP Egyptian pound|Arabic|ISR; LBY; PSE; SDN|+20|.eg; .مصر|True|True
ER|ERI|Eritrea|State of Eritrea|Asmara|Africa|Eastern Africa|0|117600|ERN Eritrean nakfa|Arabic; English; Tigrinya|DJI; ETH; SDN|+291|.er|True|True
EH|ESH|Western Sahara|Sahrawi Arab Democratic Republic|El Aaiún|Africa|Northern Africa|0|266000|DZD Algerian dinar; MAD Moroccan dirham; MRU Mauritanian ouguiya|Berber; Hassaniya; Spanish|DZA; MRT; MAR|+2|.eh|False|False
ES|ESP|Spain|Kingdom of Spain|Madrid|Europe|Southern Europe|0|505992|EUR Euro|Spanish|AND; FRA; GIB; PRT; MAR|+34|.es|True|True
EE|EST|Estonia|Republic of Estonia|Tallinn|Europe|Northern Europe|0|45227|EUR Euro|Estonian|LVA; RUS|+372|.ee|True|True
ET|ETH|Ethiopia|Federal Democratic Republic of Ethiopia|Addis Ababa|Africa|Eastern Africa|1|1104300|ETB Ethiopian birr|Amharic|DJI; ERI; KEN; SOM; SSD; SDN|+251|.et|True|True
FI|FIN|Finland|Republic of Finland|Helsinki|Europe|Northern Europe|0|338424|EUR Euro|Finnish; Swedish|NOR; SWE; RUS|+358|.fi|True|True
FJ|FJI|Fiji|Republic of Fiji|Suva|Oceania|Melanesia|0|18272|FJD Fijian dollar|English; Fijian; Fiji Hindi||+679|.fj|True|True
FK|FLK|Falkland Islands|Falkland Islands|Stanley|Americas|South America|0|12173|FKP Falkland Islands pound|English||+500|.fk|False|False
FR|FRA|France|French Republic|Paris|Europe|Western Europe|0|551695|EUR Euro|French|AND; BEL; DEU; ITA; LUX; MCO; ESP; CHE|+33|.fr|True|True
FO|FRO|Faroe Islands|Faroe Islands|Tórshavn|Europe|Northern Europe|0|1393|DKK Danish krone; FOK Faroese króna|Danish; Faroese||+298|.fo|False|False
FM|FSM|Micronesia|Federated States of Micronesia|Palikir|Oceania|Micronesia|0|702||English||+691|.fm|True|True
GA|GAB|Gabon|Gabonese Republic|Libreville|Africa|Middle Africa|0|267668|XAF Central African CFA franc|French|CMR; COG; GNQ|+241|.ga|True|True
GB|GBR|United Kingdom|United Kingdom of Great Britain and Northern Ireland|London|Europe|Northern Europe|0|242900|GBP British pound|English|IRL|+44|.uk|True|True
GE|GEO|Georgia|Georgia|Tbilisi|Asia|Western Asia|0|69700|GEL lari|Georgian|ARM; AZE; RUS; TUR|+995|.ge|True|True
GG|GGY|Guernsey|Bailiwick of Guernsey|St. Peter Port|Europe|Northern Europe|0|78|GBP British pound; GGP Guernsey pound|English; French; Guernésiais||+44|.gg|False|False
GH|GHA|Ghana|Republic of Ghana|Accra|Africa|Western Africa|0|238533|GHS Ghanaian cedi|English|BFA; CIV; TGO|+233|.gh|True|True
GI|GIB|Gibraltar|Gibraltar|Gibraltar|Europe|Southern Europe|0|6|GIP Gibraltar pound|English|ESP|+350|.gi|False|False
GN|GIN|Guinea|Republic of Guinea|Conakry|Africa|Western Africa|0|245857|GNF Guinean franc|French|CIV; GNB; LBR; MLI; SEN; SLE|+224|.gn|True|True
GP|GLP|Guadeloupe|Guadeloupe|Basse-Terre|Americas|Caribbean|0|1628|EUR Euro|French||+590|.gp|False|False
GM|GMB|Gambia|Republic of the Gambia|Banjul|Africa|Western Africa|0|10689|GMD dalasi|English|SEN|+220|.gm|True|True
GW|GNB|Guinea-Bissau|Republic of Guinea-Bissau|Bissau|Africa|Western Africa|0|36125|XOF West African CFA franc|Portuguese; Upper Guinea Creole|GIN; SEN|+245|.gw|True|True
GQ|GNQ|Equatorial Guinea|Republic of Equatorial Guinea|Malabo|Africa|Middle Africa|0|28051|XAF Central African CFA franc|French; Portuguese; Spanish|CMR; GAB|+240|.gq|True|True
GR|GRC|Greece|Hellenic Republic|Athens|Europe|Southern Europe|0|131990|EUR Euro|Greek|ALB; BGR; TUR; MKD|+30|.gr|True|True
GD|GRD|Grenada|Grenada|St. George's|Americas|Caribbean|0|344|XCD Eastern Caribbean dollar|English||+1473|.gd|True|True
GL|GRL|Greenland|Greenland|Nuuk|Americas|North America|0|2166086|DKK krone|Greenlandic||+299|.gl|False|False
GT|GTM|Guatemala|Republic of Guatemala|Guatemala City|Americas|Central America|0|108889|GTQ Guatemalan quetzal|Spanish|BLZ; SLV; HND; MEX|+502|.gt|True|True
GF|GUF|French Guiana|Guiana|Cayenne|Americas|South America|0|83534|EUR Euro|French|BRA; SUR|+594|.gf|False|False
GU|GUM|Guam|Guam|Hagåtña|Oceania|Micronesia|0|549|USD United States dollar|Chamorro; English; Spanish||+1671|.gu|False|False
GY|GUY|Guyana|Co-operative Republic of Guyana|Georgetown|Americas|South America|0|214969|GYD Guyanese dollar|English|BRA; SUR; VEN|+592|.gy|True|True
HK|HKG|Hong Kong|Hong Kong Special Administrative Region of the People's Republic of China|City of Victoria|Asia|Eastern Asia|0|1104|HKD Hong Kong dollar|English; Chinese|CHN|+852|.hk; .香港|False|False
HM|HMD|Heard Island and McDonald Islands|Heard Island and McDonald Islands||Antarctic||0|412||English|||.hm; .aq|False|False
HN|HND|Honduras|Republic of Honduras|Tegucigalpa|Americas|Central America|0|112492|HNL Honduran lempira|Spanish|GTM; SLV; NIC|+504|.hn|True|True
HR|HRV|Croatia|Republic of Croatia|Zagreb|Europe|Southeast Europe|0|56594|EUR Euro|Croatian|BIH; HUN; MNE; SRB; SVN|+385|.hr|True|True
HT|HTI|Haiti|Republic of Haiti|Port-au-Prince|Americas|Caribbean|0|27750|HTG Haitian gourde|French; Haitian Creole|DOM|+509|.ht|True|True
HU|HUN|Hungary|Hungary|Budapest|Europe|Central Europe|1|93028|HUF Hungarian forint|Hungarian|AUT; HRV; ROU; SRB; SVK; SVN; UKR|+36|.hu|True|True
ID|IDN|Indonesia|Republic of Indonesia|Jakarta|Asia|South-Eastern Asia|0|1904569|IDR Indonesian rupiah|Indonesian|TLS; MYS; PNG|+62|.id|True|True
IM|IMN|Isle of Man|Isle of Man|Douglas|Europe|Northern Europe|0|572|GBP British pound; IMP Manx pound|English; Manx||+44|.im|False|False
IN|IND|India|Republic of India|New Delhi|Asia|Southern Asia|0|3287590|INR Indian rupee|English; Hindi; Tamil|BGD; BTN; MMR; CHN; NPL; PAK|+91|.in|True|True
IO|IOT|British Indian Ocean Territory|British Indian Ocean Territory|Diego Garcia|Africa|Eastern Africa|0|60|USD United States dollar|English||+246|.io|False|False
IE|IRL|Ireland|Republic of Ireland|Dublin|Europe|Northern Europe|0|70273|EUR Euro|English; Irish|GBR|+353|.ie|True|True
IR|IRN|Iran|Islamic Republic of Iran|Tehran|Asia|Southern Asia|0|1648195|IRR Iranian rial|Persian (Farsi)|AFG; ARM; AZE; IRQ; PAK; TUR; TKM|+98|.ir; ایران.|True|True
IQ|IRQ|Iraq|Republic of Iraq|Baghdad|Asia|Western Asia|0|438317|IQD Iraqi dinar|Arabic; Aramaic; Sorani|IRN; JOR; KWT; SAU; SYR; TUR|+964|.iq|True|True
IS|ISL|Iceland|Iceland|Reykjavik|Europe|Northern Europe|0|103000|ISK Icelandic króna|Icelandic||+354|.is|True|True
IL|ISR|Israel|State of Israel|Jerusalem|Asia|Western Asia|0|20770|ILS Israeli new shekel|Arabic; Hebrew|EGY; JOR; LBN; PSE; SYR|+972|.il|True|True
IT|ITA|Italy|Italian Republic|Rome|Europe|Southern Europe|0|301336|EUR Euro|Italian|AUT; FRA; SMR; SVN; CHE; VAT|+39|.it|True|True
JM|JAM|Jamaica|Jamaica|Kingston|Americas|Caribbean|0|10991|JMD Jamaican dollar|English; Jamaican Patois||+1876|.jm|True|True
JE|JEY|Jersey|Bailiwick of Jersey|Saint Helier|Europe|Northern Europe|0|116|GBP British pound; JEP Jersey pound|English; French; Jèrriais||+44|.je|False|False
JO|JOR|Jordan|Hashemite Kingdom of Jordan|Amman|Asia|Western Asia|0|89342|JOD Jordanian dinar|Arabic|IRQ; ISR; PSE; SAU; SYR|+962|.jo; الاردن.|True|True
JP|JPN|Japan|Japan|Tokyo|Asia|Eastern Asia|0|377930|JPY Japanese yen|Japanese||+81|.jp; .みんな|True|True
KZ|KAZ|Kazakhstan|Republic of Kazakhstan|Astana|Asia|Central Asia|1|2724900|KZT Kazakhstani tenge|Kazakh; Russian|CHN; KGZ; RUS; TKM; UZB|+7|.kz; .қаз|True|True
KE|KEN|Kenya|Republic of Kenya|Nairobi|Africa|Eastern Africa|0|580367|KES Kenyan shilling|English; Swahili|ETH; SOM; SSD; TZA; UGA|+254|.ke|True|True
KG|KGZ|Kyrgyzstan|Kyrgyz Republic|Bishkek|Asia|Central Asia|1|199951|KGS Kyrgyzstani som|Kyrgyz; Russian|CHN; KAZ; TJK; UZB|+996|.kg|True|True
KH|KHM|Cambodia|Kingdom of Cambodia|Phnom Penh|Asia|South-Eastern Asia|0|181035|KHR Cambodian riel; USD United States dollar|Khmer|LAO; THA; VNM|+855|.kh|True|True
KI|KIR|Kiribati|Independent and Sovereign Republic of Kiribati|South Tarawa|Oceania|Micronesia|0|811|AUD Australian dollar; KID Kiribati dollar|English; Gilbertese||+686|.ki|True|True
KN|KNA|Saint Kitts and Nevis|Federation of Saint Christopher and Nevis|Basseterre|Americas|Caribbean|0|261|XCD Eastern Caribbean dollar|English||+1869|.kn|True|True
KR|KOR|South Korea|Republic of Korea|Seoul|Asia|Eastern Asia|0|100210|KRW South Korean won|Korean|PRK|+82|.kr; .한국|True|True
XK|UNK|Kosovo|Republic of Kosovo|Pristina|Europe|Southeast Europe|1|10908|EUR Euro|Albanian; Serbian|ALB; MKD; MNE; SRB|+383|.xk||False
KW|KWT|Kuwait|State of Kuwait|Kuwait City|Asia|Western Asia|0|17818|KWD Kuwaiti dinar|Arabic|IRQ; SAU|+965|.kw|True|True
LA|LAO|Laos|Lao People's Democratic Republic|Vientiane|Asia|South-Eastern Asia|1|236800|LAK Lao kip|Lao|MMR; KHM; CHN; THA; VNM|+856|.la|True|True
LB|LBN|Lebanon|Lebanese Republic|Beirut|Asia|Western Asia|0|10452|LBP Lebanese pound|Arabic; French|ISR; SYR|+961|.lb|True|True
LR|LBR|Liberia|Republic of Liberia|Monrovia|Africa|Western Africa|0|111369|LRD Liberian dollar|English|GIN; CIV; SLE|+231|.lr|True|True
LY|LBY|Libya|State of Libya|Tripoli|Africa|Northern Africa|0|1759540|LYD Libyan dinar|Arabic|DZA; TCD; EGY; NER; SDN; TUN|+218|.ly|True|True
LC|LCA|Saint Lucia|Saint Lucia|Castries|Americas|Caribbean|0|616|XCD Eastern Caribbean dollar|English||+1758|.lc|True|True
LI|LIE|Liechtenstein|Principality of Liechtenstein|Vaduz|Europe|Western Europe|1|160|CHF Swiss franc|German|AUT; CHE|+423|.li|True|True
LK|LKA|Sri Lanka|Democratic Socialist Republic of Sri Lanka|Colombo|Asia|Southern Asia|0|65610|LKR Sri Lankan rupee|Sinhala; Tamil|IND|+94|.lk; .இலங்கை; .ලංකා|True|True
LS|LSO|Lesotho|Kingdom of Lesotho|Maseru|Africa|Southern Africa|1|30355|LSL Lesotho loti; ZAR South African rand|English; Sotho|ZAF|+266|.ls|True|True
LT|LTU|Lithuania|Republic of Lithuania|Vilnius|Europe|Northern Europe|0|65300|EUR Euro|Lithuanian|BLR; LVA; POL; RUS|+370|.lt|True|True
LU|LUX|Luxembourg|Grand Duchy of Luxembourg|Luxembourg|Europe|Western Europe|1|2586|EUR Euro|German; French; Luxembourgish|BEL; FRA; DEU|+352|.lu|True|True
LV|LVA|Latvia|Republic of Latvia|Riga|Europe|Northern Europe|0|64559|EUR Euro|Latvian|BLR; EST; LTU; RUS|+371|.lv|True|True
MO|MAC|Macau|Macao Special Administrative Region of the People's Republic of China||Asia|Eastern Asia|0|30|MOP Macanese pataca|Portuguese; Chinese|CHN|+853|.mo|False|False
MF|MAF|Saint Martin|Saint Martin|Marigot|Americas|Caribbean|0|53|EUR Euro|French|SXM|+590|.fr; .gp|False|False
MA|MAR|Morocco|Kingdom of Morocco|Rabat|Africa|Northern Africa|0|446550|MAD Moroccan dirham|Arabic; Berber|DZA; ESH; ESP|+212|.ma; المغرب.|True|True
MC|MCO|Monaco|Principality of Monaco|Monaco|Europe|Western Europe|0|2.02|EUR Euro|French|FRA|+377|.mc|True|True
MD|MDA|Moldova|Republic of Moldova|Chișinău|Europe|Eastern Europe|1|33846|MDL Moldovan leu|Moldavian|ROU; UKR|+373|.md|True|True
MG|MDG|Madagascar|Republic of Madagascar|Antananarivo|Africa|Eastern Africa|0|587041|MGA Malagasy ariary|French; Malagasy||+261|.mg|True|True
MV|MDV|Maldives|Republic of the Maldives|Malé|Asia|Southern Asia|0|300|MVR Maldivian rufiyaa|Maldivian||+960|.mv|True|True
MX|MEX|Mexico|United Mexican States|Mexico City|Americas|North America|0|1964375|MXN Mexican peso|Spanish|BLZ; GTM; USA|+52|.mx|True|True
MH|MHL|Marshall Islands|Republic of the Marshall Islands|Majuro|Oceania|Micronesia|0|181|USD United States dollar|English; Marshallese||+692|.mh|True|True
MK|MKD|North Macedonia|Republic of North Macedonia|Skopje|Europe|Southeast Europe|1|25713|MKD denar|Macedonian|ALB; BGR; GRC; UNK; SRB|+389|.mk|True|True
ML|MLI|Mali|Republic of Mali|Bamako|Africa|Western Africa|1|1240192|XOF West African CFA franc|French|DZA; BFA; GIN; CIV; MRT; NER; SEN|+223|.ml|True|True
MT|MLT|Malta|Republic of Malta|Valletta|Europe|Southern Europe|0|316|EUR Euro|English; Maltese||+356|.mt|True|True
MM|MMR|Myanmar|Republic of the Union of Myanmar|Naypyidaw|Asia|South-Eastern Asia|0|676578|MMK Burmese kyat|Burmese|BGD; CHN; IND; LAO; THA|+95|.mm|True|True
ME|MNE|Montenegro|Montenegro|Podgorica|Europe|Southeast Europe|0|13812|EUR Euro|Montenegrin|ALB; BIH; HRV; UNK; SRB|+382|.me|True|True
MN|MNG|Mongolia|Mongolia|Ulan Bator|Asia|Eastern Asia|1|1564110|MNT Mongolian tögrög|Mongolian|CHN; RUS|+976|.mn|True|True
MP|MNP|Northern Mariana Islands|Commonwealth of the Northern Mariana Islands|Saipan|Oceania|Micronesia|0|464|USD United States dollar|Carolinian; Chamorro; English||+1670|.mp|False|False
MZ|MOZ|Mozambique|Republic of Mozambique|Maputo|Africa|Eastern Africa|0|801590|MZN Mozambican metical|Portuguese|MWI; ZAF; SWZ; TZA; ZMB; ZWE|+258|.mz|True|True
MR|MRT|Mauritania|Islamic Republic of Mauritania|Nouakchott|Africa|Western Africa|0|1030700|MRU Mauritanian ouguiya|Arabic|DZA; MLI; SEN; ESH|+222|.mr|True|True
MS|MSR|Montserrat|Montserrat|Plymouth|Americas|Caribbean|0|102|XCD Eastern Caribbean dollar|English||+1664|.ms|False|False
MQ|MTQ|Martinique|Martinique|Fort-de-France|Americas|Caribbean|0|1128|EUR Euro|French||+596|.mq|False|False
MU|MUS|Mauritius|Republic of Mauritius|Port Louis|Africa|Eastern Africa|0|2040|MUR Mauritian rupee|English; French; Mauritian Creole||+230|.mu|True|True
MW|MWI|Malawi|Republic of Malawi|Lilongwe|Africa|Eastern Africa|1|118484|MWK Malawian kwacha|English; Chewa|MOZ; TZA; ZMB|+265|.mw|True|True
MY|MYS|Malaysia|Malaysia|Kuala Lumpur|Asia|South-Eastern Asia|0|330803|MYR Malaysian ringgit|English; Malay|BRN; IDN; THA|+60|.my|True|True
YT|MYT|Mayotte|Department of Mayotte|Mamoudzou|Africa|Eastern Africa|0|374|EUR Euro|French||+262|.yt|False|False
NA|NAM|Namibia|Republic of Namibia|Windhoek|Africa|Southern Africa|0|825615|NAD Namibian dollar; ZAR South African rand|Afrikaans; German; English; Herero; Khoekhoe; Kwangali; Lozi; Ndonga; Tswana|AGO; BWA; ZAF; ZMB|+264|.na|True|True
NC|NCL|New Caledonia|New Caledonia|Nouméa|Oceania|Melanesia|0|18575|XPF CFP franc|French||+687|.nc|False|False
NE|NER|Niger|Republic of Niger|Niamey|Africa|Western Africa|1|1267000|XOF West African CFA franc|French|DZA; BEN; BFA; TCD; LBY; MLI; NGA|+227|.ne|True|True
NF|NFK|Norfolk Island|Territory of Norfolk Island|Kingston|Oceania|Australia and New Zealand|0|36|AUD Australian dollar|English; Norfuk||+672|.nf|False|False
NG|NGA|Nigeria|Federal Republic of Nigeria|Abuja|Africa|Western Africa|0|923768|NGN Nigerian naira|English|BEN; CMR; TCD; NER|+234|.ng|True|True
NI|NIC|Nicaragua|Republic of Nicaragua|Managua|Americas|Central America|0|130373|NIO Nicaraguan córdoba|Spanish|CRI; HND|+505|.ni|True|True
NU|NIU|Niue|Niue|Alofi|Oceania|Polynesia|0|260|NZD New Zealand dollar|English; Niuean||+683|.nu|False|False
NL|NLD|Netherlands|Kingdom of the Netherlands|Amsterdam|Europe|Western Europe|0|41850|EUR Euro|Dutch|BEL; DEU|+31|.nl|True|True
NO|NOR|Norway|Kingdom of Norway|Oslo|Europe|Northern Europe|0|323802|NOK Norwegian krone|Norwegian Nynorsk; Norwegian Bokmål; Sami|FIN; SWE; RUS|+47|.no|True|True
NP|NPL|Nepal|Federal Democratic Republic of Nepal|Kathmandu|Asia|Southern Asia|1|147181|NPR Nepalese rupee|Nepali|CHN; IND|+977|.np|True|True
NR|NRU|Nauru|Republic of Nauru|Yaren|Oceania|Micronesia|0|21|AUD Australian dollar|English; Nauru||+674|.nr|True|True
NZ|NZL|New Zealand|New Zealand|Wellington|Oceania|Australia and New Zealand|0|270467|NZD New Zealand dollar|English; Māori; New Zealand Sign Language||+64|.nz|True|True
OM|OMN|Oman|Sultanate of Oman|Muscat|Asia|Western Asia|0|309500|OMR Omani rial|Arabic|SAU; ARE; YEM|+968|.om|True|True
PK|PAK|Pakistan|Islamic Republic of Pakistan|Islamabad|Asia|Southern Asia|0|881912|PKR Pakistani rupee|English; Urdu|AFG; CHN; IND; IRN|+92|.pk|True|True
PA|PAN|Panama|Republic of Panama|Panama City|Americas|Central America|0|75417|PAB Panamanian balboa; USD United States dollar|Spanish|COL; CRI|+507|.pa|True|True
PN|PCN|Pitcairn Islands|Pitcairn Group of Islands|Adamstown|Oceania|Polynesia|0|47|NZD New Zealand dollar|English||+64|.pn|False|False
PE|PER|Peru|Republic of Peru|Lima|Americas|South America|0|1285216|PEN Peruvian sol|Aymara; Quechua; Spanish|BOL; BRA; CHL; COL; ECU|+51|.pe|True|True
PH|PHL|Philippines|Republic of the Philippines|Manila|Asia|South-Eastern Asia|0|342353|PHP Philippine peso|English; Filipino||+63|.ph|True|True
PW|PLW|Palau|Republic of Palau|Ngerulmud|Oceania|Micronesia|0|459|USD United States dollar|English; Palauan||+680|.pw|True|True
PG|PNG|Papua New Guinea|Independent State of Papua New Guinea|Port Moresby|Oceania|Melanesia|0|462840|PGK Papua New Guinean kina|English; Hiri Motu; Tok Pisin|IDN|+675|.pg|True|True
PL|POL|Poland|Republic of Poland|Warsaw|Europe|Central Europe|0|312679|PLN Polish złoty|Polish|BLR; CZE; DEU; LTU; RUS; SVK; UKR|+48|.pl|True|True
PR|PRI|Puerto Rico|Commonwealth of Puerto Rico|San Juan|Americas|Caribbean|0|8870|USD United States dollar|English; Spanish||+1|.pr|False|False
KP|PRK|North Korea|Democratic People's Republic of Korea|Pyongyang|Asia|Eastern Asia|0|120538|KPW North Korean won|Korean|CHN; KOR; RUS|+850|.kp|True|True
PT|PRT|Portugal|Portuguese Republic|Lisbon|Europe|Southern Europe|0|92090|EUR Euro|Portuguese|ESP|+351|.pt|True|True
PY|PRY|Paraguay|Republic of Paraguay|Asunción|Americas|South America|1|406752|PYG Paraguayan guaraní|Guaraní; Spanish|ARG; BOL; BRA|+595|.py|True|True
PS|PSE|Palestine|State of Palestine|Ramallah|Asia|Western Asia|0|6220|EGP Egyptian pound; ILS Israeli new shekel; JOD Jordanian dinar|Arabic|ISR; EGY; JOR|+970|.ps; فلسطين.|False|False
PF|PYF|French Polynesia|French Polynesia|Papeetē|Oceania|Polynesia|0|4167|XPF CFP franc|French||+689|.pf|False|False
QA|QAT|Qatar|State of Qatar|Doha|Asia|Western Asia|0|11586|QAR Qatari riyal|Arabic|SAU|+974|.qa; قطر.|True|True
RE|REU|Réunion|Réunion Island|Saint-Denis|Africa|Eastern Africa|0|2511|EUR Euro|French||+262|.re|False|False
RO|ROU|Romania|Romania|Bucharest|Europe|Southeast Europe|0|238391|RON Romanian leu|Romanian|BGR; HUN; MDA; SRB; UKR|+40|.ro|True|True
RU|RUS|Russia|Russian Federation|Moscow|Europe|Eastern Europe|0|17098242|RUB Russian ruble|Russian|AZE; BLR; CHN; EST; FIN; GEO; KAZ; PRK; LVA; LTU; MNG; NOR; POL; UKR|+7|.ru; .su; .рф|True|True
RW|RWA|Rwanda|Republic of Rwanda|Kigali|Africa|Eastern Africa|1|26338|RWF Rwandan franc|English; French; Kinyarwanda|BDI; COD; TZA; UGA|+250|.rw|True|True
SA|SAU|Saudi Arabia|Kingdom of Saudi Arabia|Riyadh|Asia|Western Asia|0|2149690|SAR Saudi riyal|Arabic|IRQ; JOR; KWT; OMN; QAT; ARE; YEM|+966|.sa; .السعودية|True|True
SD|SDN|Sudan|Republic of the Sudan|Khartoum|Africa|Northern Africa|0|1886068|SDG Sudanese pound|Arabic; English|CAF; TCD; EGY; ERI; ETH; LBY; SSD|+249|.sd|True|True
SN|SEN|Senegal|Republic of Senegal|Dakar|Africa|Western Africa|0|196722|XOF West African CFA franc|French|GMB; GIN; GNB; MLI; MRT|+221|.sn|True|True
SG|SGP|Singapore|Republic of Singapore|Singapore|Asia|South-Eastern Asia|0|710|SGD Singapore dollar|English; Malay; Tamil; Chinese||+65|.sg; .新加坡; .சிங்கப்பூர்|True|True
GS|SGS|South Georgia|South Georgia and the South Sandwich Islands|King Edward Point|Antarctic||0|3903|SHP Saint Helena pound|English||+500|.gs|False|False
SJ|SJM|Svalbard and Jan Mayen|Svalbard og Jan Mayen|Longyearbyen|Europe|Northern Europe|0|-1|NOK krone|Norwegian||+4779|.sj|False|False
SB|SLB|Solomon Islands|Solomon Islands|Honiara|Oceania|Melanesia|0|28896|SBD Solomon Islands dollar|English||+677|.sb|True|True
SL|SLE|Sierra Leone|Republic of Sierra Leone|Freetown|Africa|Western Africa|0|71740|SLL Sierra Leonean leone|English|GIN; LBR|+232|.sl|True|True
SV|SLV|El Salvador|Republic of El Salvador|San Salvador|Americas|Central America|0|21041|USD United States dollar|Spanish|GTM; HND|+503|.sv|True|True
SM|SMR|San Marino|Most Serene Republic of San Marino|City of San Marino|Europe|Southern Europe|1|61|EUR Euro|Italian|ITA|+378|.sm|True|True
SO|SOM|Somalia|Federal Republic of Somalia|Mogadishu|Africa|Eastern Africa|0|637657|SOS Somali shilling|Arabic; Somali|DJI; ETH; KEN|+252|.so|True|True
PM|SPM|Saint Pierre and Miquelon|Saint Pierre and Miquelon|Saint-Pierre|Americas|North America|0|242|EUR Euro|French||+508|.pm|False|False
RS|SRB|Serbia|Republic of Serbia|Belgrade|Europe|Southeast Europe|1|88361|RSD Serbian dinar|Serbian|BIH; BGR; HRV; HUN; UNK; MKD; MNE; ROU|+381|.rs; .срб|True|True
SS|SSD|South Sudan|Republic of South Sudan|Juba|Africa|Middle Africa|1|619745|SSP South Sudanese pound|English|CAF; COD; ETH; KEN; SDN; UGA|+211|.ss|True|True
ST|STP|São Tomé and Príncipe|Democratic Republic of São Tomé and Príncipe|São Tomé|Africa|Middle Africa|0|964|STN São Tomé and Príncipe dobra|Portuguese||+239|.st|True|True
SR|SUR|Suriname|Republic of Suriname|Paramaribo|Americas|South America|0|163820|SRD Surinamese dollar|Dutch|BRA; GUF; GUY|+597|.sr|True|True
SK|SVK|Slovakia|Slovak Republic|Bratislava|Europe|Central Europe|1|49037|EUR Euro|Slovak|AUT; CZE; HUN; POL; UKR|+421|.sk|True|True
SI|SVN|Slovenia|Republic of Slovenia|Ljubljana|Europe|Central Europe|0|20273|EUR Euro|Slovene|AUT; HRV; ITA; HUN|+386|.si|True|True
SE|SWE|Sweden|Kingdom of Sweden|Stockholm|Europe|Northern Europe|0|450295|SEK Swedish krona|Swedish|FIN; NOR|+46|.se|True|True
SZ|SWZ|Eswatini|Kingdom of Eswatini|Lobamba|Africa|Southern Africa|1|17364|SZL Swazi lilangeni; ZAR South African rand|English; Swazi|MOZ; ZAF|+268|.sz|True|True
SX|SXM|Sint Maarten|Sint Maarten|Philipsburg|Americas|Caribbean|0|34|ANG Netherlands Antillean guilder|English; French; Dutch|MAF|+1721|.sx|False|False
SC|SYC|Seychelles|Republic of Seychelles|Victoria|Africa|Eastern Africa|0|452|SCR Seychellois rupee|Seychellois Creole; English; French||+248|.sc|True|True
SY|SYR|Syria|Syrian Arab Republic|Damascus|Asia|Western Asia|0|185180|SYP Syrian pound|Arabic|IRQ; ISR; JOR; LBN; TUR|+963|.sy; سوريا.|True|True
TC|TCA|Turks and Caicos Islands|Turks and Caicos Islands|Cockburn Town|Americas|Caribbean|0|948|USD United States dollar|English||+1649|.tc|False|False
TD|TCD|Chad|Republic of Chad|N'Djamena|Africa|Middle Africa|1|1284000|XAF Central African CFA franc|Arabic; French|CMR; CAF; LBY; NER; NGA; SDN|+235|.td|True|True
TG|TGO|Togo|Togolese Republic|Lomé|Africa|Western Africa|0|56785|XOF West African CFA franc|French|BEN; BFA; GHA|+228|.tg|True|True
TH|THA|Thailand|Kingdom of Thailand|Bangkok|Asia|South-Eastern Asia|0|513120|THB Thai baht|Thai|MMR; KHM; LAO; MYS|+66|.th; .ไทย|True|True
TJ|TJK|Tajikistan|Republic of Tajikistan|Dushanbe|Asia|Central Asia|1|143100|TJS Tajikistani somoni|Russian; Tajik|AFG; CHN; KGZ; UZB|+992|.tj|True|True
TK|TKL|Tokelau|Tokelau|Fakaofo|Oceania|Polynesia|0|12|NZD New Zealand dollar|English; Samoan; Tokelauan||+690|.tk|False|False
TM|TKM|Turkmenistan|Turkmenistan|Ashgabat|Asia|Central Asia|1|488100|TMT Turkmenistan manat|Russian; Turkmen|AFG; IRN; KAZ; UZB|+993|.tm|True|True
TL|TLS|Timor-Leste|Democratic Republic of Timor-Leste|Dili|Asia|South-Eastern Asia|0|14874|USD United States dollar|Portuguese; Tetum|IDN|+670|.tl|True|True
TO|TON|Tonga|Kingdom of Tonga|Nuku'alofa|Oceania|Polynesia|0|747|TOP Tongan paʻanga|English; Tongan||+676|.to|True|True
TT|TTO|Trinidad and Tobago|Republic of Trinidad and Tobago|Port of Spain|Americas|Caribbean|0|5130|TTD Trinidad and Tobago dollar|English||+1868|.tt|True|True
TN|TUN|Tunisia|Tunisian Republic|Tunis|Africa|Northern Africa|0|163610|TND Tunisian dinar|Arabic|DZA; LBY|+216|.tn|True|True
TR|TUR|Türkiye|Republic of Türkiye|Ankara|Asia|Western Asia|0|783562|TRY Turkish lira|Turkish|ARM; AZE; BGR; GEO; GRC; IRN; IRQ; SYR|+90|.tr|True|True
TV|TUV|Tuvalu|Tuvalu|Funafuti|Oceania|Polynesia|0|26|AUD Australian dollar; TVD Tuvaluan dollar|English; Tuvaluan||+688|.tv|True|True
TW|TWN|Taiwan|Republic of China (Taiwan)|Taipei|Asia|Eastern Asia|0|36193|TWD New Taiwan dollar|Chinese||+886|.tw; .台灣; .台湾|False|False
TZ|TZA|Tanzania|United Republic of Tanzania|Dodoma|Africa|Eastern Africa|0|945087|TZS Tanzanian shilling|English; Swahili|BDI; COD; KEN; MWI; MOZ; RWA; UGA; ZMB|+255|.tz|True|True
UG|UGA|Uganda|Republic of Uganda|Kampala|Africa|Eastern Africa|1|241550|UGX Ugandan shilling|English; Swahili|COD; KEN; RWA; SSD; TZA|+256|.ug|True|True
UA|UKR|Ukraine|Ukraine|Kyiv|Europe|Eastern Europe|0|603500|UAH Ukrainian hryvnia|Ukrainian|BLR; HUN; MDA; POL; ROU; RUS; SVK|+380|.ua; .укр|True|True
UM|UMI|United States Minor Outlying Islands|United States Minor Outlying Islands||Americas|North America|0|34.2|USD United States dollar|English||+268|.us|False|False
UY|URY|Uruguay|Oriental Republic of Uruguay|Montevideo|Americas|South America|0|181034|UYU Uruguayan peso|Spanish|ARG; BRA|+598|.uy|True|True
US|USA|United States|United States of America|Washington D.C.|Americas|North America|0|9372610|USD United States dollar|English|CAN; MEX|+1|.us|True|True
UZ|UZB|Uzbekistan|Republic of Uzbekistan|Tashkent|Asia|Central Asia|1|447400|UZS Uzbekistani soʻm|Russian; Uzbek|AFG; KAZ; KGZ; TJK; TKM|+998|.uz|True|True
VA|VAT|Vatican City|Vatican City State|Vatican City|Europe|Southern Europe|1|0.44|EUR Euro|Italian; Latin|ITA|+3|.va|True|True
VC|VCT|Saint Vincent and the Grenadines|Saint Vincent and the Grenadines|Kingstown|Americas|Caribbean|0|389|XCD Eastern Caribbean dollar|English||+1784|.vc|True|True
VE|VEN|Venezuela|Bolivarian Republic of Venezuela|Caracas|Americas|South America|0|916445|VES Venezuelan bolívar soberano|Spanish|BRA; COL; GUY|+58|.ve|True|True
VG|VGB|British Virgin Islands|Virgin Islands|Road Town|Americas|Caribbean|0|151|USD United States dollar|English||+1284|.vg|False|False
VI|VIR|United States Virgin Islands|Virgin Islands of the United States|Charlotte Amalie|Americas|Caribbean|0|347|USD United States dollar|English||+1340|.vi|False|False
VN|VNM|Vietnam|Socialist Republic of Vietnam|Hanoi|Asia|South-Eastern Asia|0|331212|VND Vietnamese đồng|Vietnamese|KHM; CHN; LAO|+84|.vn|True|True
VU|VUT|Vanuatu|Republic of Vanuatu|Port Vila|Oceania|Melanesia|0|12189|VUV Vanuatu vatu|Bislama; English; French||+678|.vu|True|True
WF|WLF|Wallis and Futuna|Territory of the Wallis and Futuna Islands|Mata-Utu|Oceania|Polynesia|0|142|XPF CFP franc|French||+681|.wf|False|False
WS|WSM|Samoa|Independent State of Samoa|Apia|Oceania|Polynesia|0|2842|WST Samoan tālā|English; Samoan||+685|.ws|True|True
YE|YEM|Yemen|Republic of Yemen|Sana'a|Asia|Western Asia|0|527968|YER Yemeni rial|Arabic|OMN; SAU|+967|.ye|True|True
ZA|ZAF|South Africa|Republic of South Africa|Pretoria; Bloemfontein; Cape Town|Africa|Southern Africa|0|1221037|ZAR South African rand|Afrikaans; English; Southern Ndebele; Northern Sotho; Southern Sotho; Swazi; Tswana; Tsonga; Venda; Xhosa; Zulu|BWA; LSO; MOZ; NAM; SWZ; ZWE|+27|.za|True|True
ZM|ZMB|Zambia|Republic of Zambia|Lusaka|Africa|Eastern Africa|1|752612|ZMW Zambian kwacha|English|AGO; BWA; COD; MWI; MOZ; NAM; TZA; ZWE|+260|.zm|True|True
ZW|ZWE|Zimbabwe|Republic of Zimbabwe|Harare|Africa|Eastern Africa|1|390757|BWP Botswana pula; CNY Chinese yuan; EUR Euro; GBP British pound; INR Indian rupee; JPY Japanese yen; USD United States dollar; ZAR South African rand; ZWB Zimbabwean bonds|Chibarwe; English; Kalanga; Khoisan; Ndau; Northern Ndebele; Chewa; Shona; Sotho; Tonga; Tswana; Tsonga; Venda; Xhosa; Zimbabwean Sign Language|BWA; MOZ; ZAF; ZMB|+263|.zw|True|True`;
export const countryRowsSha256 = '1099ee4f1acfd88862cd1af38de048f6a8c9e37ddfceb4dbab0ff1af5b7eb46a';
