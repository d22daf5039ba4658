/** Currencies as people name them. A name that several share gives all of them; the locale may decide. */

/** `code: names`; a name may stand in several lines. */
const table = `
USD: us_dollar us_dollars american_dollar american_dollars united_states_dollar united_states_dollars dollars_us dollar_us us_$ buck bucks us_money american_money american_currency us_currency
EUR: euro euros € eur_€
GBP: british_pound british_pounds pound_sterling pounds_sterling uk_pound uk_pounds english_pound english_pounds great_british_pounds sterling quid quids gb_pound gb_pounds pound pounds £ british_currency uk_currency
JPY: yen yens japanese_yen japanese_yens ¥ japanese_currency
CNY: yuan yuans chinese_yuan renminbi rmb chinese_renminbi chinese_currency
INR: rupee rupees indian_rupee indian_rupees ₹ rs indian_currency
LKR: sri_lankan_rupee sri_lankan_rupees sri_lanka_rupees
PKR: pakistani_rupee pakistani_rupees
NPR: nepalese_rupee nepalese_rupees
AUD: australian_dollar australian_dollars aussie_dollar aussie_dollars au_$ australian_currency
CAD: canadian_dollar canadian_dollars canada_dollars ca_$  canadian_currency
NZD: new_zealand_dollar new_zealand_dollars kiwi_dollars nz_dollars nz_$
HKD: hong_kong_dollar hong_kong_dollars hk_dollars hk_$
SGD: singapore_dollar singapore_dollars singaporean_dollars sg_$ 
TWD: taiwan_dollar taiwan_dollars taiwanese_dollar taiwanese_dollars new_taiwan_dollar new_taiwan_dollars nt_$
CHF: swiss_franc swiss_francs franc francs franks
SEK: swedish_krone swedish_kroner swedish_krona swedish_kronor swedish_kronas swedish_crowns krona kronor
NOK: norwegian_krone norwegian_kroner norwegian_crowns kroner krone
DKK: danish_krone danish_kroner danish_crowns kroner krone
ISK: icelandic_krona icelandic_kronur
MXN: mexican_peso mexican_pesos peso pesos mexican_currency
ARS: argentine_peso argentine_pesos argentinian_pesos
CLP: chilean_peso chilean_pesos
COP: colombian_peso colombian_pesos
PHP: philippine_peso philippine_pesos filipino_pesos ₱
CUP: cuban_peso cuban_pesos
BRL: brazilian_real brazilian_reais brazilian_reals reais real reals
ZAR: rand rands south_african_rand south_african_rands
KRW: won south_korean_won korean_won ₩ korean_currency
THB: baht thai_baht ฿
MYR: ringgit ringgits malaysian_ringgit malaysian_ringgits
VES: bolivar bolivars bolivares venezuelan_bolivar venezuelan_bolivars venezuelan_bolivares
RUB: ruble rubles rouble roubles russian_ruble russian_rubles russian_roubles ₽
TRY: lira liras turkish_lira turkish_liras ₺
ITL: italian_lira italian_liras
DEM: mark marks deutsche_mark deutsche_marks deutschmark deutschmarks german_mark german_marks
FRF: french_franc french_francs
BEF: belgian_franc belgian_francs
ESP: peseta pesetas spanish_peseta spanish_pesetas
PTE: escudo escudos portuguese_escudo portuguese_escudos
NLG: guilder guilders dutch_guilder dutch_guilders
ATS: austrian_schilling austrian_schillings
FIM: markka finnish_markka
GRD: drachma drachmas greek_drachma greek_drachmas
IEP: irish_pound irish_pounds punt
KES: kenyan_shilling kenyan_shillings
UAH: hryvnia hryvnias ₴
PLN: zloty zlotys polish_zloty
CZK: czech_koruna czech_crowns
HUF: forint forints
ILS: shekel shekels israeli_shekel israeli_shekels ₪
SAR: saudi_riyal saudi_riyals riyal riyals
AED: dirham dirhams uae_dirham uae_dirhams
EGP: egyptian_pound egyptian_pounds
VND: dong vietnamese_dong
IDR: rupiah indonesian_rupiah
NGN: naira nigerian_naira
BTC: bitcoin bitcoins btc
`;

/** Codes that may be written in lower case: they are no English words. */
const lowerCodes =
  'usd eur gbp jpy cny inr aud cad nzd chf sek nok dkk mxn brl zar krw thb myr sgd hkd twd lkr rub kes aed sar ngn php idr vnd pln czk huf ils egp pkr bdt cop clp ars uah ves dem frf itl'.split(
    ' ',
  );

const byName = new Map<string, string[]>();
for (const line of table.trim().split('\n')) {
  const [code = '', names = ''] = line.split(': ');
  for (const name of names.split(' ')) {
    const spoken = name.replaceAll('_', ' ');
    byName.set(spoken, [...(byName.get(spoken) ?? []), code]);
  }
}
for (const code of lowerCodes) byName.set(code, [code.toUpperCase()]);

const isoCodes = new Set(Intl.supportedValuesOf('currency'));

const dollarsOf: Readonly<Record<string, string>> = {
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  HK: 'HKD',
  SG: 'SGD',
  TW: 'TWD',
};
const dollarsName: Readonly<Record<string, string>> = {
  USD: 'US dollars',
  CAD: 'Canadian dollars',
  AUD: 'Australian dollars',
  NZD: 'New Zealand dollars',
  HKD: 'Hong Kong dollars',
  SGD: 'Singapore dollars',
  TWD: 'Taiwan dollars',
};
/** Names whose usual meaning is not the only one. */
const usual: Readonly<Record<string, string>> = {
  peso: 'Mexican pesos',
  pesos: 'Mexican pesos',
  rupee: 'Indian rupees',
  rupees: 'Indian rupees',
  franc: 'Swiss francs',
  francs: 'Swiss francs',
  '¥': 'Japanese yen',
};

export interface NamedCurrency {
  readonly code: string;
  readonly assumption?: string;
}

export const currencyWords = (): string[] =>
  [...byName.keys()].flatMap((name) => name.split(' ')).concat(['dollar', 'dollars']);
export const longestCurrencyName = 3;

/** @param raw as it was written, for codes in capitals */
export function currenciesNamed(name: string, raw: string, locale: string): readonly NamedCurrency[] {
  if (/^(dollars?|\$)$/.test(name)) {
    const region = /-([A-Z]{2})\b/.exec(locale)?.[1] ?? 'US';
    const code = dollarsOf[region] ?? 'USD';
    return [{ code, assumption: `${name === '$' ? '$' : 'dollars'} are ${dollarsName[code]}` }];
  }
  const known = byName.get(name);
  if (known !== undefined) {
    const assumption = usual[name];
    return known.map((code) =>
      assumption === undefined ? { code } : { code, assumption: `${name} are ${assumption}` },
    );
  }
  return /^[A-Z]{3}$/.test(raw) && isoCodes.has(raw) ? [{ code: raw }] : [];
}
