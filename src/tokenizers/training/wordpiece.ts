/**
 * Training a WordPiece vocabulary for BERT, as Python's `tokenizers` does: byte pair encoding over the characters of words, where
 * a character within a word has ## before it. The vocabulary is that of the Python library but where pairs are equally frequent.
 */
import { yieldToEvents } from '#tokenizers/host';
import { JambalayaError } from '../../errors/index.js';
import { MergeLearner } from './merges.js';

export interface WordPieceOptions {
  /** Ids in the end: special tokens, characters, merges. */
  readonly vocabularySize: number;
  /** Whether upper case and accents are dropped, as in BERT's "uncased" models. */
  readonly lowercase?: boolean | undefined;
  /** Distinct characters that are kept, the most frequent ones. */
  readonly alphabetSize?: number | undefined;
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainedWordPiece {
  /** The text of `tokenizer.json`. */
  readonly json: string;
  /** The text of `tokenizer_config.json`, as Transformers wants it. */
  readonly config: string;
  readonly vocabularySize: number;
  readonly merges: number;
  readonly documents: number;
  readonly characters: number;
  readonly words: number;
}

/** Their ids are 0 to 4, as BERT's first ones are. */
export const wordPieceSpecialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

const prefix = '##';
/** WordPiece calls longer words unknown. */
const longestWord = 100;
const sliceMilliseconds = 50;

const control = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\0\ufffd]/gu;
const ideographs =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const pieces = /[!-/:-@[-`{-~\p{P}]|[^\s!-/:-@[-`{-~\p{P}]+/gu;

/** Words of a text as BERT's normalizer and pre-tokenizer make them. */
export function bertWords(text: string, lowercase: boolean): string[] {
  const clean = text
    .replace(/[\t\n\r]/g, ' ')
    .replace(control, '')
    .replace(ideographs, ' $& ');
  const normal = lowercase
    ? clean
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .toLowerCase()
    : clean;
  return normal.match(pieces) ?? [];
}

/** @throws `usage` for a size that cannot be, `tokenizer` if the texts have no word, `aborted` */
export async function trainWordPiece(
  texts: AsyncIterable<string> | Iterable<string>,
  options: WordPieceOptions,
): Promise<TrainedWordPiece> {
  const { vocabularySize, lowercase = true, alphabetSize = 1000, onProgress, signal } = options;
  const checkAborted = () => {
    if (signal?.aborted) throw new JambalayaError('aborted', { what: 'training the tokenizer' });
  };
  // What stands between white space is counted first: there are far fewer different ones than there are in all.
  const chunks = new Map<string, number>();
  let documents = 0;
  let characters = 0;
  for await (const text of texts) {
    checkAborted();
    documents++;
    characters += text.length;
    for (const chunk of text.match(/\S+/g) ?? []) chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
  }
  const words = new Map<string, number>();
  for (const [chunk, count] of chunks) {
    for (const word of bertWords(chunk, lowercase)) words.set(word, (words.get(word) ?? 0) + count);
  }
  if (words.size === 0) {
    const reason = `there is nothing to learn from: ${documents} texts without a word`;
    throw new JambalayaError('tokenizer', { file: 'the training texts', reason }, { hint: 'Give files with text.' });
  }
  const alphabet = alphabetOf(words, alphabetSize);
  const special: readonly string[] = wordPieceSpecialTokens;
  const least = special.length + alphabet.symbols.length;
  if (!Number.isSafeInteger(vocabularySize) || vocabularySize < least) {
    throw new JambalayaError('usage', {
      argument: 'vocabularySize',
      expected: `a whole number from ${least} (${special.length} special tokens, ${alphabet.symbols.length} characters)`,
      found: String(vocabularySize),
    });
  }
  const learner = new MergeLearner(words, {
    firstId: special.length,
    vocabularySize,
    reserved: new Set(special),
    alphabet,
  });
  let sliceEnd = performance.now() + sliceMilliseconds;
  while (learner.step()) {
    if (performance.now() < sliceEnd) continue;
    onProgress?.({ done: learner.vocabularySize, total: vocabularySize });
    await yieldToEvents();
    checkAborted();
    sliceEnd = performance.now() + sliceMilliseconds;
  }
  const { tokens, merges } = learner.learned;
  return {
    json: wordPieceJson([...special, ...tokens], lowercase),
    config: wordPieceConfig(lowercase),
    vocabularySize: learner.vocabularySize,
    merges: merges.length,
    documents,
    characters,
    words: words.size,
  };
}

/** Characters that begin words, then those within words, both in the order of their code points. */
function alphabetOf(words: ReadonlyMap<string, number>, size: number) {
  const counts = new Map<string, number>();
  for (const [word, count] of words) {
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  }
  const byCode = (a: string, b: string) => a.codePointAt(0)! - b.codePointAt(0)!;
  const kept = [...counts].sort(([a, m], [b, n]) => n - m || byCode(a, b)).slice(0, size);
  const characters = kept.map(([character]) => character).sort(byCode);
  const known = new Set(characters);
  const inner = new Set<string>();
  for (const word of words.keys()) {
    for (const [i, character] of [...word].entries()) if (i > 0 && known.has(character)) inner.add(character);
  }
  const symbols = [...characters, ...[...inner].sort(byCode).map((character) => prefix + character)];
  const places = new Map(symbols.map((symbol, place) => [symbol, place]));
  return {
    symbols,
    // A character that is not kept is left out, and its neighbours close up.
    split: (word: string) =>
      [...word].flatMap((character, i) =>
        known.has(character) ? [places.get(i === 0 ? character : prefix + character)!] : [],
      ),
    join: (left: string, right: string) => left + (right.startsWith(prefix) ? right.slice(prefix.length) : right),
  };
}

function wordPieceJson(tokens: readonly string[], lowercase: boolean): string {
  const added = wordPieceSpecialTokens.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const token = (id: string, type = 0) => ({ SpecialToken: { id, type_id: type } });
  const text = (id: string, type = 0) => ({ Sequence: { id, type_id: type } });
  const special = (id: string) => ({ id, ids: [tokens.indexOf(id)], tokens: [id] });
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [token('[CLS]'), text('A'), token('[SEP]')],
      pair: [token('[CLS]'), text('A'), token('[SEP]'), text('B', 1), token('[SEP]', 1)],
      special_tokens: { '[CLS]': special('[CLS]'), '[SEP]': special('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: longestWord,
      vocab: Object.fromEntries(tokens.map((content, id) => [content, id])),
    },
  };
  return `${JSON.stringify(json, null, 1)}\n`;
}

function wordPieceConfig(lowercase: boolean): string {
  const config = {
    tokenizer_class: 'BertTokenizerFast',
    do_lower_case: lowercase,
    unk_token: '[UNK]',
    sep_token: '[SEP]',
    pad_token: '[PAD]',
    cls_token: '[CLS]',
    mask_token: '[MASK]',
    model_max_length: 512,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
