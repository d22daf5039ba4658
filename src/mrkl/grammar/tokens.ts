/** A question as tokens: numerals, words, clock times and dates in ISO form, symbols. Contractions are opened, hyphens go. */
import { JambalayaError } from '../../errors/index.js';

/** Longer questions are refused: no grammar reads them, and time is bounded. */
export const maximumCharacters = 4000;
const maximumTokens = 400;

export interface Token {
  readonly kind: 'number' | 'word' | 'iso' | 'clock' | 'symbol';
  /** Lower case; what literals are compared with. */
  readonly text: string;
  /** As it was written. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** White space stands before it. */
  readonly spaced: boolean;
}

const vulgar: Readonly<Record<string, string>> = {
  '½': '1/2',
  '⅓': '1/3',
  '⅔': '2/3',
  '¼': '1/4',
  '¾': '3/4',
  '⅕': '1/5',
  '⅖': '2/5',
  '⅗': '3/5',
  '⅘': '4/5',
  '⅙': '1/6',
  '⅚': '5/6',
  '⅐': '1/7',
  '⅛': '1/8',
  '⅜': '3/8',
  '⅝': '5/8',
  '⅞': '7/8',
  '⅑': '1/9',
  '⅒': '1/10',
};
const replacements: readonly [RegExp, string][] = [
  [/[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒]/g, ' '],
  [/[\u2018\u2019\u02bc`´]/g, "'"],
  [/[\u201c\u201d«»„]/g, '"'],
  [/[\u2010\u2011\u2012\u2013\u2014\u2212]/g, '-'],
  [/×|✕|✖/g, ' * '],
  [/[·⋅∙]/g, ' * '],
  [/÷/g, ' / '],
  [/√/g, ' sqrt '],
  [/∛/g, ' cbrt '],
  [/π/g, ' pi '],
  [/⁰|¹|²|³|⁴|⁵|⁶|⁷|⁸|⁹/g, ' '],
  [/\u00a0|\u202f|\u2009/g, ' '],
];
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The same question in plain characters. */
export function plain(question: string): string {
  let text = question.normalize('NFC');
  for (const [pattern, replacement] of replacements) {
    text = text.replace(pattern, (found) => {
      if (vulgar[found] !== undefined) return ` ${vulgar[found]} `;
      const digit = superscripts.indexOf(found);
      return digit >= 0 ? `^${digit}` : replacement;
    });
  }
  return text.trim();
}

const patterns: readonly [Token['kind'], RegExp][] = [
  ['iso', /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\d-])/iy],
  ['iso', /\d{1,2}([./-])\d{1,2}\1\d{4}(?!\d)/y],
  ['clock', /\d{1,2}:\d{2}(?::\d{2})?(?:(?=\s*[ap]\.?m)|z\b)?(?![\d:])/iy],
  ['number', /0x[\da-f]+\b|0b[01]+\b/iy],
  // Groups of three after commas, points, spaces or underscores; Indian groups; and what else has one point or comma.
  ['number', /\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)(?:\.\d+)?/y],
  ['number', /\d{1,3}(?:\.\d{3}){2,}(?!\d)(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:_\d{3})+(?!\d)/y],
  ['number', /(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+(?![a-z\d]))?/iy],
  ['word', /[\p{L}\p{M}]+(?:'(?!s\b|re\b|ll\b|d\b|m\b)\p{L}+)*/uy],
  ['symbol', /'(?:s|re|ll|d|m)\b|\*\*|\/\/|\.\.\.|<=|>=|[^\s]/iy],
];

/** What a contraction stands for, as words. */
const contractions: Readonly<Record<string, readonly string[]>> = {
  whats: ['what', 'is'],
  wheres: ['where', 'is'],
  whens: ['when', 'is'],
  hows: ['how', 'is'],
  whos: ['who', 'is'],
  thats: ['that', 'is'],
  "'re": ['are'],
  "'ll": ['will'],
  "'d": ['would'],
  "'m": ['am'],
  im: ['i', 'am'],
  cant: ['can', 'not'],
  gimme: ['give', 'me'],
  lemme: ['let', 'me'],
  wanna: ['want', 'to'],
  gotta: ['have', 'to'],
  gonna: ['going', 'to'],
  pls: ['please'],
  plz: ['please'],
  u: ['you'],
};
/** After these `'s` is a verb; after other words it is a possessive. */
const withIs = new Set(['what', 'where', 'when', 'how', 'who', 'that', 'it', 'there', 'here']);

export function tokenize(question: string): Token[] {
  if (question.length > maximumCharacters) {
    throw new JambalayaError('limit', {
      what: 'characters of a question',
      limit: maximumCharacters,
      found: question.length,
    });
  }
  const text = plain(question);
  const tokens: Token[] = [];
  let at = 0;
  let spaced = true;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      spaced = true;
      continue;
    }
    const token = next(text, at, spaced, tokens.at(-1));
    at = token.end;
    spaced = false;
    for (const opened of open(token, tokens.at(-1))) tokens.push(opened);
    if (tokens.length > maximumTokens) {
      throw new JambalayaError('limit', { what: 'words of a question', limit: maximumTokens, found: tokens.length });
    }
  }
  return tokens.filter((_, i) => !isJoiningHyphen(tokens, i) && !isAbbreviationDot(tokens, i));
}

function next(text: string, at: number, spaced: boolean, before: Token | undefined): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    let raw = pattern.exec(text)?.[0];
    if (raw === undefined) continue;
    // f(1,200) has two arguments.
    if (
      kind === 'number' &&
      raw.includes(',') &&
      before?.text === '(' &&
      !spaced &&
      /[\p{L}]\($/u.test(text.slice(0, at))
    ) {
      raw = raw.slice(0, raw.indexOf(','));
    }
    return { kind, raw, text: raw.toLowerCase(), start: at, end: at + raw.length, spaced };
  }
  throw new JambalayaError('usage', { argument: 'question', expected: 'text', found: text.slice(at, at + 1) });
}

function open(token: Token, before: Token | undefined): Token[] {
  const words =
    token.text === "'s" && before !== undefined && withIs.has(before.text) ? ['is'] : contractions[token.text];
  if (words === undefined) return [token];
  return words.map((text, i) => ({ ...token, kind: 'word', text, spaced: i > 0 || token.spaced }));
}

/** `thirty-two`, `10-year`, `time-zone`; a minus between numerals or with space round it stays. */
function isJoiningHyphen(tokens: readonly Token[], i: number): boolean {
  const [before, token, after] = [tokens[i - 1], tokens[i]!, tokens[i + 1]];
  if (token.text !== '-' || token.spaced || before === undefined || after === undefined || after.spaced) return false;
  const long = (t: Token) => t.kind === 'word' && t.text.length > 1;
  return (long(before) && long(after)) || (before.kind === 'number' && long(after) && after.text.length > 2);
}

/** The points of `a.m.`, `p.m.`, `U.S.`, `sq. ft.`: points right after a word, with more text or another letter behind. */
function isAbbreviationDot(tokens: readonly Token[], i: number): boolean {
  const [before, token] = [tokens[i - 1], tokens[i]!];
  return (
    token.text === '.' && !token.spaced && before?.kind === 'word' && before.text.length <= 4 && i < tokens.length - 1
  );
}
