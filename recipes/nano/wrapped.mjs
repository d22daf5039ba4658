/**
 * Books as other editions set them: broken into lines of some 70 characters, with ends of lines, quotation marks and dashes of either
 * kind. Whoever has only read paragraphs in one line finds the same words half a bit a byte dearer there.
 */
import { Random } from './generated/random.mjs';

/**
 * A paragraph, or a line of verse, in lines of at most `width` characters, longer words alone.
 *
 * @param {string} paragraph
 * @param {number} width
 */
function broken(paragraph, width) {
  const lines = [];
  let line = '';
  for (const word of paragraph.split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/**
 * Quotation marks that open and close; an apostrophe closes.
 *
 * @param {string} text
 */
const curly = (text) =>
  text
    .replace(/(^|[\s([—-])"/gm, '$1“')
    .replaceAll('"', '”')
    .replace(/(^|[\s([“—-])'/gm, '$1‘')
    .replaceAll("'", '’');

/**
 * @param {string} text
 * @param {Random} random one form for the whole text
 */
export function wrapped(text, random) {
  const width = random.between(60, 80);
  const ends = random.chance(0.25) ? '\r\n' : '\n';
  const isCurly = random.chance(0.5);
  const dashed = text.replace(/—|--/g, random.weighted({ '—': 1, '--': 1 }));
  const set = isCurly ? curly(dashed) : dashed;
  const lines = set.split('\n').map((line) => broken(line, width));
  return lines.join('\n').replaceAll('\n', ends);
}

/**
 * @param {readonly string[]} texts
 * @param {number} seed
 */
export function* wrappedTexts(texts, seed) {
  for (const [i, text] of texts.entries()) yield { text: wrapped(text, new Random(`${seed}/wrapped/${i}`)) };
}
