/** Names, things and made-up words that chats are filled with. */
import { onSide } from './reserved.mjs';

const list = (text) => text.trim().split(/\s*,\s*/);

export const firstNames =
  list(`Ada, Amir, Anna, Ben, Bianca, Boris, Carla, Chen, Clara, Dan, Daria, David, Dora, Elena, Eli, Emma, Erik,
  Esra, Eva, Farid, Fiona, Frank, Gita, Grace, Hana, Hugo, Ida, Igor, Ines, Ivan, Jack, Jana, Jonas, Julia, Kai, Karim, Kate, Lars, Leah, Leo,
  Lena, Lucy, Luis, Maja, Marco, Maria, Mark, Maya, Mia, Milan, Nadia, Nora, Noam, Olga, Omar, Oscar, Paul, Petra, Priya, Rafa, Rosa, Ruth,
  Sam, Sara, Simon, Sofia, Stefan, Tara, Theo, Tom, Uma, Vera, Victor, Wanda, Will, Yara, Yusuf, Zoe`);
export const surnames =
  list(`Abbott, Adler, Alvarez, Baker, Barnes, Becker, Bell, Berg, Brook, Carter, Castro, Chan, Clark, Cohen, Costa,
  Dale, Diaz, Doyle, Ekman, Evans, Fischer, Flores, Ford, Garner, Gold, Gray, Haddad, Hale, Hansen, Hart, Hill, Horvat, Ito, Jansen, Kaplan,
  Keller, Khan, Klein, Kovac, Lange, Larsen, Levi, Lopez, Marsh, Mason, Meyer, Moreno, Morrow, Nash, Novak, Olsen, Ortiz, Park, Parker, Patel,
  Perez, Quinn, Reed, Rossi, Roth, Sato, Shaw, Silva, Singh, Stone, Tanaka, Torres, Turner, Vance, Vogel, Wagner, Ward, Weber, West, Wood, Young`);
export const cities =
  list(`Accra, Amman, Athens, Austin, Basel, Bergen, Berlin, Boston, Bremen, Brno, Cairo, Chicago, Cork, Dakar, Delhi,
  Denver, Dublin, Geneva, Ghent, Haifa, Hamburg, Hanoi, Helsinki, Jakarta, Kyiv, Kyoto, Lagos, Leeds, Lima, Lisbon, London, Lyon, Madrid, Manila,
  Milan, Montreal, Mumbai, Munich, Nairobi, Naples, Osaka, Oslo, Ottawa, Paris, Perth, Porto, Prague, Quito, Riga, Rome, Seattle, Seoul, Sofia,
  Sydney, Tokyo, Toronto, Tunis, Turin, Utrecht, Vienna, Warsaw, York, Zagreb, Zurich`);
export const colours =
  list(`amber, black, blue, bronze, brown, copper, cream, crimson, cyan, golden, green, grey, indigo, ivory, khaki,
  lilac, lime, maroon, mauve, olive, orange, pink, plum, purple, red, rose, ruby, scarlet, silver, teal, turquoise, violet, white, yellow`);
export const animals =
  list(`ant, badger, bat, bear, beaver, bee, camel, cat, cow, crab, crow, deer, dog, donkey, duck, eagle, eel, falcon,
  fox, frog, goat, goose, hare, hawk, hen, heron, horse, jackal, kitten, lamb, lion, lizard, mole, monkey, moose, mouse, otter, owl, ox, panda,
  parrot, pig, pony, rabbit, raven, salmon, seal, sheep, snail, snake, spider, swan, tiger, toad, trout, turtle, walrus, wasp, whale, wolf, zebra`);
export const things =
  list(`anchor, apple, basket, bell, bench, bicycle, blanket, book, boot, bottle, bowl, box, brick, broom, brush, bucket,
  button, camera, candle, carpet, chair, clock, coat, coin, comb, cup, curtain, desk, door, drum, fan, flag, flute, fork, glass, glove, guitar,
  hammer, hat, helmet, jacket, jar, kettle, key, kite, knife, ladder, lamp, lantern, map, mirror, mug, needle, pan, pen, pencil, piano, pillow,
  plate, pot, ribbon, ring, rope, ruler, saddle, saw, scarf, shelf, shirt, shoe, shovel, sofa, spoon, stamp, stool, table, tent, ticket, towel,
  toy, tray, umbrella, vase, violin, wallet, watch, wheel, whistle`);
export const jobs =
  list(`actor, architect, baker, barber, butcher, carpenter, chemist, clerk, cook, dentist, doctor, driver, editor,
  engineer, farmer, fisher, gardener, guard, guide, judge, lawyer, librarian, mason, mechanic, miner, nurse, painter, pilot, plumber, poet,
  porter, potter, sailor, singer, surgeon, tailor, teacher, waiter, weaver, writer`);
export const foods =
  list(`almonds, apricots, bananas, barley, beans, bread, butter, cabbage, carrots, cheese, cherries, chicken, coffee,
  dates, eggs, figs, fish, flour, garlic, ginger, grapes, honey, jam, lemons, lentils, limes, mangoes, melons, milk, mint, mushrooms, nuts, oats,
  olives, onions, oranges, pasta, peaches, pears, peas, pepper, plums, potatoes, pumpkins, rice, salt, soup, spinach, sugar, tea, tomatoes, yogurt`);

const onsets = list(
  'b, br, c, cl, d, dr, f, fl, g, gr, h, j, k, l, m, n, p, pl, pr, qu, r, s, sh, sk, st, t, th, tr, v, w, y, z',
);
const vowels = list('a, e, i, o, u, ai, ea, oo, ou, ee');
const codas = [...list('b, ck, d, g, l, ll, m, n, nd, nt, p, r, rk, s, st, t, x'), '', '', ''];

/** A word that no language has, of one to four syllables. */
export function madeUpWord(random) {
  return onSide(random, 'word', () => {
    const syllables = random.between(1, 4);
    let word = '';
    for (let i = 0; i < syllables; i++) {
      word +=
        random.pick(onsets) +
        random.pick(vowels) +
        (i === syllables - 1 || random.chance(0.3) ? random.pick(codas) : '');
    }
    return word;
  });
}

/** First name and surname; sometimes a made-up one. */
export function fullName(random) {
  return onSide(random, 'name', () => {
    const surname = random.chance(0.8) ? random.pick(surnames) : capitalized(pseudoSurname(random));
    return `${random.pick(firstNames)} ${surname}`;
  });
}

function pseudoSurname(random) {
  return random.pick(onsets) + random.pick(vowels) + random.pick(onsets) + random.pick(vowels) + random.pick(codas);
}

export function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
