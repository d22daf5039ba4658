/** Places and abbreviations as IANA time zones. A place in several zones gives all of them, and is asked about. */

const cities = `
America/New_York: new york|nyc|new york city|boston|philadelphia|miami|atlanta|washington|washington dc|dc|orlando|tampa|charlotte|pittsburgh|cleveland|columbus|baltimore|buffalo|florida|georgia|ohio|pennsylvania|virginia|maryland|massachusetts|new jersey|connecticut|north carolina|south carolina|maine|vermont|new hampshire|delaware|rhode island|jacksonville|raleigh|cincinnati|savannah|punta gorda|newark
America/Detroit: detroit|michigan
America/Chicago: chicago|dallas|houston|austin|san antonio|minneapolis|st louis|saint louis|new orleans|memphis|milwaukee|kansas city|oklahoma city|omaha|nashville|texas|illinois|wisconsin|minnesota|iowa|missouri|arkansas|louisiana|mississippi|alabama|oklahoma|fort worth|fredericksburg|birmingham alabama|madison wisconsin
America/Denver: denver|colorado|salt lake city|utah|albuquerque|new mexico|wyoming|montana|glenwood springs|colorado springs|santa fe|el paso
America/Boise: boise
America/Phoenix: phoenix|arizona|tucson|scottsdale
America/Los_Angeles: los angeles|la|san francisco|sf|seattle|san diego|portland|las vegas|vegas|sacramento|san jose|california|washington state|nevada|oakland|modesto|fresno|silicon valley|long beach
America/Anchorage: anchorage|alaska
Pacific/Honolulu: honolulu|hawaii|maui
America/Toronto: toronto|ottawa|montreal|ontario|quebec
America/Vancouver: vancouver|british columbia
America/Edmonton: calgary|edmonton|alberta
America/Winnipeg: winnipeg|manitoba
America/Halifax: halifax|nova scotia
America/St_Johns: newfoundland|st johns
America/Mexico_City: mexico city|guadalajara|monterrey
America/Tijuana: tijuana
America/Cancun: cancun
America/Havana: havana|cuba
America/Jamaica: kingston|jamaica
America/Panama: panama|panama city
America/Costa_Rica: costa rica|san jose costa rica
America/Guatemala: guatemala
America/Puerto_Rico: puerto rico|san juan
America/Santo_Domingo: dominican republic|santo domingo
America/Bogota: bogota|colombia
America/Lima: lima|peru
America/Guayaquil: quito|guayaquil|ecuador
America/Caracas: caracas|venezuela
America/La_Paz: la paz|bolivia
America/Santiago: santiago
America/Argentina/Buenos_Aires: buenos aires|argentina
America/Montevideo: montevideo|uruguay
America/Asuncion: asuncion|paraguay
America/Sao_Paulo: sao paulo|rio de janeiro|rio|brasilia
Atlantic/Reykjavik: reykjavik|iceland
Europe/London: london|england|uk|united kingdom|great britain|britain|scotland|wales|edinburgh|manchester|liverpool|glasgow|birmingham|cardiff|belfast|northern ireland
Europe/Dublin: dublin|ireland
Europe/Lisbon: lisbon|portugal|porto
Europe/Madrid: madrid|barcelona|spain|seville|valencia
Europe/Paris: paris|france|french|nice|lyon|marseille
Europe/Brussels: brussels|belgium
Europe/Amsterdam: amsterdam|netherlands|the netherlands|holland|rotterdam
Europe/Berlin: berlin|germany|munich|frankfurt|hamburg|cologne|stuttgart|dusseldorf
Europe/Zurich: zurich|geneva|switzerland|bern|basel
Europe/Vienna: vienna|austria|salzburg
Europe/Rome: rome|italy|milan|venice|florence|naples
Europe/Copenhagen: copenhagen|denmark
Europe/Oslo: oslo|norway
Europe/Stockholm: stockholm|sweden
Europe/Helsinki: helsinki|finland
Europe/Warsaw: warsaw|poland|krakow
Europe/Prague: prague|czech republic|czechia
Europe/Budapest: budapest|hungary
Europe/Bucharest: bucharest|romania
Europe/Sofia: sofia|bulgaria
Europe/Athens: athens|greece
Europe/Istanbul: istanbul|turkey|ankara
Europe/Kyiv: kyiv|kiev|ukraine
Europe/Moscow: moscow|saint petersburg|st petersburg
Europe/Belgrade: belgrade|serbia
Europe/Zagreb: zagreb|croatia
Africa/Cairo: cairo|egypt
Africa/Casablanca: casablanca|morocco
Africa/Lagos: lagos|nigeria|abuja
Africa/Nairobi: nairobi|kenya
Africa/Johannesburg: johannesburg|south africa|cape town|pretoria|durban
Africa/Accra: accra|ghana
Africa/Addis_Ababa: addis ababa|ethiopia
Africa/Algiers: algiers|algeria
Africa/Tunis: tunis|tunisia
Asia/Jerusalem: jerusalem|israel|tel aviv
Asia/Beirut: beirut|lebanon
Asia/Baghdad: baghdad|iraq
Asia/Tehran: tehran|iran
Asia/Riyadh: riyadh|saudi arabia|mecca
Asia/Qatar: doha|qatar
Asia/Dubai: dubai|abu dhabi|uae|united arab emirates
Asia/Kabul: kabul|afghanistan
Asia/Karachi: karachi|pakistan|islamabad|lahore
Asia/Kolkata: kolkata|india|mumbai|delhi|new delhi|bangalore|bengaluru|chennai|hyderabad|calcutta|bombay|pune
Asia/Kathmandu: kathmandu|nepal
Asia/Colombo: colombo|sri lanka
Asia/Dhaka: dhaka|bangladesh
Asia/Yangon: yangon|myanmar
Asia/Bangkok: bangkok|thailand|phuket
Asia/Ho_Chi_Minh: ho chi minh city|saigon|hanoi|vietnam|viet nam
Asia/Phnom_Penh: phnom penh|cambodia
Asia/Kuala_Lumpur: kuala lumpur|malaysia
Asia/Singapore: singapore
Asia/Jakarta: jakarta
Asia/Manila: manila|philippines|the philippines
Asia/Hong_Kong: hong kong
Asia/Shanghai: shanghai|beijing|china|shenzhen|guangzhou
Asia/Taipei: taipei|taiwan
Asia/Seoul: seoul|south korea|korea
Asia/Tokyo: tokyo|japan|osaka|kyoto
Australia/Sydney: sydney|canberra|new south wales
Australia/Melbourne: melbourne
Australia/Brisbane: brisbane|queensland
Australia/Adelaide: adelaide
Australia/Perth: perth
Australia/Darwin: darwin
Pacific/Auckland: auckland|new zealand|wellington
Pacific/Fiji: fiji
`;

/** Names of zones and their abbreviations. An abbreviation of standard time is also said all year round. */
const names: Readonly<Record<string, readonly string[]>> = {
  utc: ['UTC'],
  gmt: ['UTC'],
  'greenwich mean time': ['UTC'],
  zulu: ['UTC'],
  z: ['UTC'],
  'coordinated universal time': ['UTC'],
  et: ['America/New_York'],
  eastern: ['America/New_York'],
  est: ['-05:00', 'America/New_York'],
  edt: ['-04:00', 'America/New_York'],
  ct: ['America/Chicago'],
  central: ['America/Chicago'],
  cst: ['-06:00', 'America/Chicago'],
  cdt: ['-05:00', 'America/Chicago'],
  mt: ['America/Denver'],
  mountain: ['America/Denver'],
  mst: ['-07:00', 'America/Denver'],
  mdt: ['-06:00', 'America/Denver'],
  pt: ['America/Los_Angeles'],
  pacific: ['America/Los_Angeles'],
  pst: ['-08:00', 'America/Los_Angeles'],
  pdt: ['-07:00', 'America/Los_Angeles'],
  hst: ['Pacific/Honolulu'],
  akst: ['-09:00', 'America/Anchorage'],
  bst: ['+01:00', 'Europe/London'],
  cet: ['+01:00', 'Europe/Berlin'],
  cest: ['+02:00', 'Europe/Berlin'],
  eet: ['+02:00', 'Europe/Athens'],
  eest: ['+03:00', 'Europe/Athens'],
  wet: ['+00:00', 'Europe/Lisbon'],
  msk: ['Europe/Moscow'],
  ist: ['Asia/Kolkata'],
  jst: ['Asia/Tokyo'],
  kst: ['Asia/Seoul'],
  sgt: ['Asia/Singapore'],
  hkt: ['Asia/Hong_Kong'],
  pht: ['Asia/Manila'],
  aest: ['+10:00', 'Australia/Sydney'],
  aedt: ['+11:00', 'Australia/Sydney'],
  awst: ['Australia/Perth'],
  nzst: ['+12:00', 'Pacific/Auckland'],
  nzdt: ['+13:00', 'Pacific/Auckland'],
};
/** Countries with several zones: one of each, for the question back. */
const several: Readonly<Record<string, readonly string[]>> = {
  'united states': ['America/New_York', 'America/Los_Angeles'],
  usa: ['America/New_York', 'America/Los_Angeles'],
  america: ['America/New_York', 'America/Los_Angeles'],
  'the united states': ['America/New_York', 'America/Los_Angeles'],
  'the us': ['America/New_York', 'America/Los_Angeles'],
  canada: ['America/Toronto', 'America/Vancouver'],
  russia: ['Europe/Moscow', 'Asia/Vladivostok'],
  australia: ['Australia/Sydney', 'Australia/Perth'],
  brazil: ['America/Sao_Paulo', 'America/Manaus'],
  mexico: ['America/Mexico_City', 'America/Tijuana'],
  indonesia: ['Asia/Jakarta', 'Asia/Makassar'],
  chile: ['America/Santiago', 'Pacific/Easter'],
  tennessee: ['America/Chicago', 'America/New_York'],
  kentucky: ['America/New_York', 'America/Chicago'],
  indiana: ['America/Indiana/Indianapolis', 'America/Chicago'],
  kansas: ['America/Chicago', 'America/Denver'],
  nebraska: ['America/Chicago', 'America/Denver'],
  idaho: ['America/Boise', 'America/Los_Angeles'],
  oregon: ['America/Los_Angeles', 'America/Boise'],
};
const stateNames: Readonly<Record<string, string>> = {
  'America/New_York':
    'ct de fl ga me md ma nh nj ny nc oh pa ri sc vt va wv dc florida georgia ohio pennsylvania virginia maryland massachusetts maine vermont delaware connecticut',
  'America/Detroit': 'mi michigan',
  'America/Chicago':
    'al ar il ia la mn ms mo ok tx wi texas illinois wisconsin minnesota iowa missouri arkansas louisiana mississippi alabama oklahoma',
  'America/Denver': 'co mt nm ut wy colorado montana utah wyoming',
  'America/Phoenix': 'az arizona',
  'America/Los_Angeles': 'ca nv wa california nevada',
  'Pacific/Honolulu': 'hi hawaii',
  'America/Anchorage': 'ak alaska',
};
/** States of the US that lie in one zone, or nearly. */
export const stateZones: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(stateNames).flatMap(([zone, states]) => states.split(' ').map((state) => [state, zone])),
);
export const usStates = new Set([...Object.keys(stateZones), ...'id in ks ky ne nd or sd tn'.split(' ')]);

const byName = new Map<string, readonly string[]>([...Object.entries(several), ...Object.entries(names)]);
for (const zone of Intl.supportedValuesOf('timeZone')) {
  const city = zone.split('/').at(-1)!.replaceAll('_', ' ').toLowerCase();
  if (zone.includes('/') && city.length > 3 && !zone.startsWith('Etc/')) byName.set(city, [zone]);
  byName.set(zone.toLowerCase(), [zone]);
}
for (const line of cities.trim().split('\n')) {
  const [zone = '', places = ''] = line.split(': ');
  for (const place of places.split('|')) byName.set(place, [zone]);
}

export const zonesNamed = (name: string): readonly string[] => byName.get(name) ?? [];
export const zoneWords = (): string[] =>
  [...byName.keys()].filter((name) => !name.includes('/')).flatMap((name) => name.split(' '));
export const longestZoneName = 4;
