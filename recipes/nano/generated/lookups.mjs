/** The tools that take one value: whom to ring, where it rains, what it costs. */
import { someNumber } from './numbers.mjs';
import { cities, firstNames, foods, fullName, surnames, things } from './words.mjs';

/** One value that something is looked up by, or done with. */
function lookup(topic, names, descriptions, parameters, makeKey, requests, makeResult, type = 'text') {
  return {
    topic,
    names,
    descriptions,
    parameters: parameters.map((parameter) => [parameter]),
    types: [type],
    requests,
    draw(random) {
      const key = makeKey(random);
      return { arguments: [key], values: { k: key }, result: makeResult(random) };
    },
  };
}

const person = (random) =>
  random.chance(0.6) ? fullName(random) : random.pick([random.pick(firstNames), random.pick(surnames)]);
const digits = (length) => (random) => String(someNumber(random, length));
export const lookups = [
  lookup(
    'phone',
    ['get_phone', 'find_phone_number', 'phone_book'],
    ['Phone number of a person.', 'Looks up a phone number by name.'],
    ['name', 'person', 'contact'],
    person,
    [
      'find the phone number of {k}',
      'look up the phone number of {k}',
      'call {k}',
      "give me {k}'s phone number",
      'I want to ring {k}',
    ],
    digits(7),
  ),
  lookup(
    'customer',
    ['find_customer', 'get_customer', 'customer_by_name'],
    ['Finds a customer by name.', 'Customer number of a person.'],
    ['name', 'customer', 'full_name'],
    person,
    [
      'find the customer {k}',
      'look up {k} in the customer list',
      'open the customer file of {k}',
      'give me the customer number of {k}',
    ],
    digits(5),
  ),
  lookup(
    'weather',
    ['get_weather', 'weather', 'weather_report'],
    ['Weather of a city.', 'Current weather.'],
    ['city', 'place', 'location'],
    (random) => random.pick(cities),
    [
      'tell me the weather in {k}',
      'tell me if it rains in {k}',
      'check the weather of {k}',
      'find out how warm it is in {k}',
      'give the forecast for {k}',
    ],
    (random) => `${random.pick(['sun', 'rain', 'snow', 'clouds', 'fog'])}, ${random.between(1, 35)} degrees`,
  ),
  lookup(
    'time',
    ['get_time', 'local_time', 'clock'],
    ['Local time of a city.', 'Time in a place.'],
    ['city', 'place', 'location'],
    (random) => random.pick(cities),
    [
      'tell me the time in {k}',
      'find out what time it is in {k}',
      'give me the local time of {k}',
      'check the clock in {k}',
    ],
    (random) => `${random.between(10, 23)}:${random.between(10, 59)}`,
  ),
  lookup(
    'price',
    ['get_price', 'price_of', 'find_price'],
    ['Price of a product.', 'Looks up what something costs.'],
    ['product', 'item', 'name'],
    (random) => random.pick([...foods, ...things]),
    ['find the price of {k}', 'tell me what {k} costs', 'look up the price of {k}', 'check what we ask for {k}'],
    digits(2),
  ),
  lookup(
    'stock',
    ['check_stock', 'items_left', 'get_stock'],
    ['Number of items in stock.', 'How many are left of a product.'],
    ['product', 'item', 'article'],
    (random) => random.pick([...things, ...foods]),
    ['check how many {k} we have', 'see if {k} is in stock', 'tell me what is left of {k}', 'look up the stock of {k}'],
    digits(3),
  ),
  lookup(
    'timer',
    ['set_timer', 'start_timer', 'timer'],
    ['Starts a timer.', 'Sets a timer in minutes.'],
    ['minutes', 'duration', 'length'],
    (random) => random.between(2, 90),
    [
      'set a timer for {k} minutes',
      'start a timer of {k} minutes',
      'remind me in {k} minutes',
      'wake me in {k} minutes',
    ],
    () => 'started',
    'number',
  ),
  lookup(
    'music',
    ['play_song', 'play_music', 'play'],
    ['Plays a song.', 'Plays music by a singer.'],
    ['artist', 'singer', 'name'],
    fullName,
    ['play something by {k}', 'play a song by {k}', 'put on music of {k}', 'I want to hear {k}'],
    () => 'playing',
  ),
];
