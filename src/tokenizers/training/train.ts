/**
 * Training a tokenizer: byte-level BPE whose digits are tokens of their own, as a `tokenizer.json`.
 *
 * Texts are read once, as a stream. Threads count words; what is kept is the table of distinct words, cut back at fixed
 * places of the stream if it grows too large. So the result depends on the texts and their order alone, not on threads.
 */
import { counterThreads, yieldToEvents } from '#tokenizers/host';
import { JambalayaError } from '../../errors/index.js';
import { byteCharacters } from './byte-alphabet.js';
import { tokenizerJson } from './json.js';
import { MergeLearner } from './merges.js';
import { WordTable } from './word-table.js';

export interface TokenizerTrainingOptions {
  /** Ids in the end: special tokens, 256 bytes, merges. Fewer if the texts have not enough pairs that stand twice. */
  readonly vocabularySize: number;
  /** They get the first ids, in this order; see {@link defaultSpecialTokens}. */
  readonly specialTokens?: readonly string[] | undefined;
  /** As many as the machine runs at the same time, unless told. The result does not depend on it. */
  readonly threads?: number | undefined;
  readonly onProgress?: ((progress: TokenizerTrainingProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TokenizerTrainingProgress {
  readonly phase: 'counting' | 'merging';
  /** Characters (UTF-16 units) that were handed to the counters; or ids that there are. */
  readonly done: number;
  /** Ids that were asked for; how long the texts are is not known before they end. */
  readonly total?: number;
}

export interface TrainedTokenizer {
  /** The text of `tokenizer.json`. */
  readonly json: string;
  readonly vocabularySize: number;
  readonly merges: number;
  /** Texts that were given, and their UTF-16 units. */
  readonly documents: number;
  readonly characters: number;
  /** Distinct words that the merges were learned from. */
  readonly words: number;
  /** Distinct words that were dropped because there were too many; 0 unless the texts are very large or no language. */
  readonly droppedWords: number;
}

/** Padding, beginning and end of a text: the ids 0, 1 and 2. */
export const defaultSpecialTokens: readonly string[] = ['<|pad|>', '<|startoftext|>', '<|endoftext|>'];

const maxVocabularySize = 2 ** 21;
const maxSpecialTokenLength = 1024;
const maxThreads = 64;
/** Milliseconds of merging between two looks at the event loop. */
const sliceMilliseconds = 50;

/**
 * Learns a vocabulary from texts. A special token's string within a text is a string of characters like any other, and no
 * merge makes it.
 *
 * @throws `usage` for a vocabulary size or special tokens that cannot be, `tokenizer` if the texts are empty, `aborted`;
 *   and whatever reading the texts throws
 */
export async function trainTokenizer(
  texts: AsyncIterable<string> | Iterable<string>,
  options: TokenizerTrainingOptions,
): Promise<TrainedTokenizer> {
  const { vocabularySize, specialTokens = defaultSpecialTokens, onProgress, signal } = options;
  checkSpecialTokens(specialTokens);
  const least = specialTokens.length + 256;
  whole(
    'vocabularySize',
    vocabularySize,
    least,
    maxVocabularySize,
    `${specialTokens.length} special tokens, 256 bytes`,
  );
  const threads = whole('threads', options.threads ?? Math.min(counterThreads(), maxThreads), 1, maxThreads);

  const table = new WordTable(threads);
  let documents = 0;
  try {
    for await (const text of texts) {
      checkAborted(signal);
      documents++;
      await table.add(text);
      onProgress?.({ phase: 'counting', done: table.characters });
    }
    await table.finish();
  } finally {
    await table.dispose();
  }
  if (table.words.size === 0) {
    const reason = `there is nothing to learn from: ${documents} texts without a character`;
    throw new JambalayaError('tokenizer', { file: 'the training texts', reason }, { hint: 'Give files with text.' });
  }

  const learner = new MergeLearner(table.words, {
    firstId: specialTokens.length,
    vocabularySize,
    reserved: new Set(specialTokens),
  });
  let sliceEnd = performance.now() + sliceMilliseconds;
  while (learner.step()) {
    if (performance.now() < sliceEnd) continue;
    onProgress?.({ phase: 'merging', done: learner.vocabularySize, total: vocabularySize });
    await yieldToEvents();
    checkAborted(signal);
    sliceEnd = performance.now() + sliceMilliseconds;
  }
  const { tokens, merges } = learner.learned;
  return {
    json: tokenizerJson(specialTokens, tokens, merges),
    vocabularySize: learner.vocabularySize,
    merges: merges.length,
    documents,
    characters: table.characters,
    words: table.words.size,
    droppedWords: table.droppedWords,
  };
}

function checkSpecialTokens(tokens: readonly string[]): void {
  const fail = (expected: string, found: string) =>
    new JambalayaError('usage', { argument: 'specialTokens', expected, found });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token === '' || token.length > maxSpecialTokenLength || /\p{Surrogate}/u.test(token)) {
      throw fail(`text of 1 to ${maxSpecialTokenLength} characters`, JSON.stringify(token.slice(0, 40)));
    }
    if (byteCharacters.includes(token)) {
      throw fail('more than a character that stands for a byte', JSON.stringify(token));
    }
    if (seen.has(token)) throw fail('every special token once', `${JSON.stringify(token)} twice`);
    seen.add(token);
  }
}

function whole(argument: string, value: number, least: number, most: number, why?: string): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const expected = `a whole number from ${least}${why === undefined ? '' : ` (${why})`} to ${most}`;
  throw new JambalayaError('usage', { argument, expected, found: String(value) });
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new JambalayaError('aborted', { what: 'training the tokenizer' });
}
