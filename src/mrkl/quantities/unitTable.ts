/**
 * Units with their exact factors to the base of their dimension: `symbol: names = factor dimension`. US customary units are
 * those of NIST Handbook 44, imperial ones those of the UK's Weights and Measures Act; data units are SI (kB = 1000 B) with
 * IEC binary ones beside them. A name that two units share is read by dimension, then by locale.
 */
export const unitTable = `
# length, metre
m: meter metre meters metres = 1 L
km: kilometer kilometre kilometers kilometres kms klick klicks = 1000 L
dm: decimeter decimetre decimeters decimetres = 0.1 L
cm: centimeter centimetre centimeters centimetres cms = 0.01 L
mm: millimeter millimetre millimeters millimetres mms = 0.001 L
µm: micrometer micrometre micrometers micrometres micron microns um = 1e-6 L
nm: nanometer nanometre nanometers nanometres = 1e-9 L
in: inch inches " = 0.0254 L
ft: foot feet ' = 0.3048 L
yd: yard yards yds = 0.9144 L
mi: mile miles = 1609.344 L
nmi: nautical_mile nautical_miles = 1852 L
fur: furlong furlongs = 201.168 L
fathom: fathoms = 1.8288 L
au: astronomical_unit astronomical_units = 149597870700 L
ly: light_year light_years lightyear lightyears = 9460730472580800 L
# mass, kilogram
kg: kilogram kilograms kilo kilos kilogramme kilogrammes kgs = 1 M
g: gram grams gramme grammes gm gms = 0.001 M
mg: milligram milligrams = 1e-6 M
µg: microgram micrograms mcg ug = 1e-9 M
t: tonne tonnes metric_ton metric_tons = 1000 M
lb: pound pounds lbs = 0.45359237 M
oz: ounce ounces = 0.028349523125 M
st: stone stones = 6.35029318 M
short ton: ton tons us_ton us_tons short_tons @us = 907.18474 M
long ton: ton tons imperial_ton imperial_tons long_tons @imperial = 1016.0469088 M
ct: carat carats = 0.0002 M
gr: grain grains = 0.00006479891 M
oz t: troy_ounce troy_ounces = 0.0311034768 M
# time, second
s: second seconds sec secs = 1 T
ms: millisecond milliseconds = 0.001 T
µs: microsecond microseconds us = 1e-6 T
ns: nanosecond nanoseconds = 1e-9 T
min: minute minutes mins = 60 T
h: hour hours hr hrs = 3600 T
d: day days = 86400 T
wk: week weeks wks = 604800 T
fortnight: fortnights = 1209600 T
yr: year years yrs common_year common_years = 31536000 T
leap year: leap_years = 31622400 T
decade: decades = 315360000 T
century: centuries = 3153600000 T
millennium: millennia millenniums = 31536000000 T
mo: month months = 1 month
# volume, cubic metre
l: liter litre liters litres = 0.001 L3
ml: milliliter millilitre milliliters millilitres mls cc ccs = 1e-6 L3
cl: centiliter centilitre centiliters centilitres = 1e-5 L3
dl: deciliter decilitre deciliters decilitres = 1e-4 L3
hl: hectoliter hectolitre hectoliters hectolitres = 0.1 L3
US gal: gallon gallons gal gals us_gallon us_gallons @us = 0.003785411784 L3
US qt: quart quarts qt qts us_quart us_quarts @us = 0.000946352946 L3
US pt: pint pints pt pts us_pint us_pints @us = 0.000473176473 L3
US cup: cup cups us_cups @us = 0.0002365882365 L3
US fl oz: fluid_ounce fluid_ounces fl_oz floz us_fluid_ounce us_fluid_ounces ounce ounces oz @us = 0.0000295735295625 L3
US tbsp: tablespoon tablespoons tbsp tbsps tbs us_tablespoon us_tablespoons @us = 0.00001478676478125 L3
US tsp: teaspoon teaspoons tsp tsps us_teaspoon us_teaspoons @us = 0.00000492892159375 L3
imp gal: gallon gallons gal gals imperial_gallon imperial_gallons uk_gallon uk_gallons @imperial = 0.00454609 L3
imp qt: quart quarts qt qts imperial_quart imperial_quarts uk_quart uk_quarts @imperial = 0.0011365225 L3
imp pt: pint pints pt pts imperial_pint imperial_pints uk_pint uk_pints @imperial = 0.00056826125 L3
imp fl oz: fluid_ounce fluid_ounces fl_oz floz imperial_fluid_ounce imperial_fluid_ounces uk_fluid_ounces ounce ounces oz @imperial = 0.0000284130625 L3
metric cup: metric_cups cup cups @imperial = 0.00025 L3
metric tbsp: metric_tablespoon metric_tablespoons tablespoon tablespoons tbsp @imperial = 0.000015 L3
metric tsp: metric_teaspoon metric_teaspoons teaspoon teaspoons tsp @imperial = 0.000005 L3
bbl: oil_barrel oil_barrels barrels_of_oil barrel_of_oil = 0.158987294928 L3
bushel: bushels = 0.03523907016688 L3
# area, square metre
ha: hectare hectares = 10000 L2
acre: acres = 4046.8564224 L2
# speed
kn: knot knots kt = 463/900 L T-1
mach: = 343 L T-1
# temperature, kelvin (offsets are handled apart)
K: kelvin kelvins = 1 temperature
°C: celsius centigrade degc degree_celsius degrees_celsius degree_centigrade degrees_centigrade degrees_c degree_c c = 1 temperature
°F: fahrenheit degf degree_fahrenheit degrees_fahrenheit degrees_f degree_f f = 5/9 temperature
# data, byte
B: byte bytes = 1 data
bit: bits = 1/8 data
kB: kilobyte kilobytes kb = 1000 data
MB: megabyte megabytes mb = 1e6 data
GB: gigabyte gigabytes gb gigs gig = 1e9 data
TB: terabyte terabytes tb = 1e12 data
PB: petabyte petabytes pb = 1e15 data
KiB: kibibyte kibibytes = 1024 data
MiB: mebibyte mebibytes = 1048576 data
GiB: gibibyte gibibytes = 1073741824 data
TiB: tebibyte tebibytes = 1099511627776 data
kbit: kilobit kilobits = 125 data
Mbit: megabit megabits = 125000 data
Gbit: gigabit gigabits = 125000000 data
# energy, power, force, pressure
J: joule joules = 1 M L2 T-2
kJ: kilojoule kilojoules = 1000 M L2 T-2
MJ: megajoule megajoules = 1e6 M L2 T-2
cal: calorie calories = 4.184 M L2 T-2
kcal: kilocalorie kilocalories food_calorie food_calories = 4184 M L2 T-2
Wh: watt_hour watt_hours = 3600 M L2 T-2
kWh: kilowatt_hour kilowatt_hours = 3600000 M L2 T-2
BTU: btus = 1055.05585262 M L2 T-2
eV: electronvolt electronvolts = 1.602176634e-19 M L2 T-2
W: watt watts = 1 M L2 T-3
kW: kilowatt kilowatts = 1000 M L2 T-3
MW: megawatt megawatts = 1e6 M L2 T-3
hp: horsepower = 745.69987158227022 M L2 T-3
N: newton newtons = 1 M L T-2
lbf: pound_force pounds_force = 4.4482216152605 M L T-2
Pa: pascal pascals = 1 M L-1 T-2
hPa: hectopascal hectopascals = 100 M L-1 T-2
kPa: kilopascal kilopascals = 1000 M L-1 T-2
MPa: megapascal megapascals = 1e6 M L-1 T-2
bar: bars = 100000 M L-1 T-2
mbar: millibar millibars = 100 M L-1 T-2
atm: atmosphere atmospheres = 101325 M L-1 T-2
psi: = 8896443230521/1290320000 M L-1 T-2
mmHg: = 133.322387415 M L-1 T-2
Hz: hertz = 1 T-1
kHz: kilohertz = 1000 T-1
MHz: megahertz = 1e6 T-1
GHz: gigahertz = 1e9 T-1
# angle, degree
°: degree degrees deg = 1 angle
arcmin: arcminute arcminutes = 1/60 angle
arcsec: arcsecond arcseconds = 1/3600 angle
turn: turns revolution revolutions = 360 angle
rad: radian radians = 1 angle
`;

/** Symbols too short or too common as words to be read without a number before them. */
export const wordlikeSymbols: ReadonlySet<string> = new Set([
  'in',
  'a',
  'as',
  'at',
  'to',
  'us',
  'd',
  'c',
  'f',
  'k',
  's',
  'h',
  'b',
  'j',
  'w',
  'n',
  't',
  'mo',
  'st',
  'gr',
  'turn',
  'au',
  "'",
  '"',
]);

/** Names that are several units together. */
export const compoundUnits: Readonly<Record<string, string>> = {
  mph: 'mi/h',
  'miles an hour': 'mi/h',
  'miles per hour': 'mi/h',
  kph: 'km/h',
  kmh: 'km/h',
  kmph: 'km/h',
  'kilometers an hour': 'km/h',
  fps: 'ft/s',
  mps: 'm/s',
  mpg: 'mi/US gal',
  mbps: 'Mbit/s',
  gbps: 'Gbit/s',
  kbps: 'kbit/s',
  rpm: 'turn/min',
};
