/** HTML: the text of blocks, with the headings that they stand under; scripts and styles are no text. */
import type { DocumentPart } from '../passage.js';
import { PassageSplitter, utf8Bytes } from '../split.js';
import { HeadingPath } from './text.js';

const token = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-zA-Z][a-zA-Z0-9:-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>|<![^>]*>|<\?[^>]*>/g;
/** Elements whose content is not shown. */
const hidden = new Set(['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'select']);
/** Elements within a line; all others end a paragraph. */
const inline = new Set(
  'a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span strike strong sub sup time tt u var wbr img'.split(
    ' ',
  ),
);

const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  euro: '€',
  pound: '£',
  times: '×',
  divide: '÷',
  minus: '−',
  plusmn: '±',
  shy: '',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  aacute: 'á',
  iacute: 'í',
  oacute: 'ó',
  uacute: 'ú',
  ntilde: 'ñ',
  ccedil: 'ç',
  ecirc: 'ê',
  acirc: 'â',
  ocirc: 'ô',
  icirc: 'î',
  aring: 'å',
  oslash: 'ø',
  aelig: 'æ',
};

function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]*));?/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return Object.hasOwn(names, name) ? names[name]! : whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
      return isCharacter ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}

export function* htmlParts(html: string, most: number): Generator<DocumentPart> {
  const splitter = new PassageSplitter(most);
  const titles = new HeadingPath();
  const place = new Place(html);
  let text = '';
  let textBegin = 0;
  let textEnd = 0;
  /** The element whose content is passed over, or is a title. */
  let within: string | undefined;
  let done = 0;

  function* endBlock(): Generator<DocumentPart> {
    const whole = text.replace(/\s+/g, ' ').trim();
    text = '';
    const [, level] = /^h([1-6])$/.exec(within ?? '') ?? [];
    if (whole === '') return;
    if (within === 'title' || level !== undefined) {
      yield* splitter.finish(titles.title);
      titles.enter(Number(level ?? 0), whole);
    } else {
      const begin = place.byteAt(textBegin);
      const { line } = place;
      yield* splitter.add({ text: whole, begin, end: place.byteAt(textEnd), line }, titles.title);
      yield* splitter.endParagraph(titles.title);
    }
  }
  const addText = (end: number) => {
    if (end <= done || (within !== undefined && hidden.has(within))) return;
    const raw = html.slice(done, end);
    if (text.trim() === '') {
      text = '';
      textBegin = done + (raw.length - raw.trimStart().length);
    }
    text += decoded(raw);
    if (raw.trim() !== '') textEnd = done + raw.trimEnd().length;
  };

  for (const match of html.matchAll(token)) {
    const name = match[2]?.toLowerCase();
    const closes = match[1] === '/';
    if (within !== undefined && hidden.has(within) && !(closes && name === within)) continue;
    addText(match.index);
    done = match.index + match[0].length;
    if (name === undefined || inline.has(name)) continue;
    yield* endBlock();
    if (closes) {
      if (name === within) within = undefined;
    } else if ((hidden.has(name) && !match[3]!.endsWith('/')) || name === 'title' || /^h[1-6]$/.test(name))
      within = name;
  }
  addText(html.length);
  yield* endBlock();
  yield* splitter.finish(titles.title);
}

/** Bytes and lines of positions in a text, asked for in rising order. */
class Place {
  line = 1;
  #character = 0;
  #byte = 0;

  constructor(private readonly text: string) {}

  byteAt(character: number): number {
    const passed = this.text.slice(this.#character, character);
    this.#byte += utf8Bytes(passed);
    for (const _ of passed.matchAll(/\n/g)) this.line++;
    this.#character = character;
    return this.#byte;
  }
}
