/** The masked objective: the model says what was hidden, and sees the words on both sides (Devlin et al. 2018). */
import { JambalayaError } from '../errors/index.js';
import {
  listScheme,
  type MaskingList,
  type MaskingScheme,
  Matcher,
  maskText,
  randomSpan,
  randomToken,
  type SchemeName,
  WordPieceReader,
  wholeWord,
} from '../pmi/index.js';
import type { Tokenizer } from '../tokenizers/index.js';
import type { Batch } from './data/batch.js';
import { tokenBytes } from './data/encode.js';
import { bitsPerByte, countedRows, type Objective, sumOfLosses } from './objective.js';
import { Random } from './random.js';

export interface MaskedOptions {
  readonly tokenizer: Tokenizer;
  readonly scheme: SchemeName;
  /** For `pmi` and `naive`. */
  readonly list?: MaskingList | undefined;
  /** The share of the pieces that is hidden. */
  readonly share?: number | undefined;
}

/** What batches of ids become, and the ids that masking needs. */
export interface BatchMasker {
  mask(given: Batch, random: Random): Batch;
}

/**
 * @throws `tokenizer` if there is no [MASK] or the vocabulary is no WordPiece, `usage` for a scheme whose list is missing or
 *   has no n-gram that the vocabulary can express
 */
export function batchMasker({ tokenizer, scheme, list, share }: MaskedOptions): BatchMasker {
  const reader = new WordPieceReader(tokenizer);
  const ids = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id);
  const maskId = ids.find((id) => tokenizer.tokenText(id) === '[MASK]');
  if (maskId === undefined) {
    throw new JambalayaError(
      'tokenizer',
      { file: tokenizer.name, reason: 'it has no token [MASK]' },
      { hint: 'Train one with `jambalaya tokenizer train --kind wordpiece`.' },
    );
  }
  const randomIds = ids.filter((id) => !tokenizer.specialIds.has(id) && tokenizer.tokenText(id) !== '');
  const chosen = schemeOf(scheme, list, reader);
  const bytesOf = tokenBytes(tokenizer);
  return {
    mask(given, random) {
      const input = Int32Array.from(given.ids);
      const labels = new Int32Array(input.length);
      let countedLabels = 0;
      let bytes = 0;
      for (let segment = 0; segment < given.lengths.length; segment++) {
        const [from, to] = [given.offsets[segment]!, given.offsets[segment + 1]!];
        const text = reader.read(given.ids.subarray(from, to));
        const masked = maskText(text, chosen, { maskId, randomIds, share }, () => random.uniform());
        input.set(masked.inputIds, from);
        labels.set(masked.labels, from);
        countedLabels += masked.hidden;
        for (const label of masked.labels) if (label >= 0) bytes += bytesOf[label]!;
      }
      return { ...given, ids: input, labels, countedLabels, bytes };
    },
  };
}

/** Each pass hides other units; held-out batches hide the same ones at every measurement, whatever the seed of the run. */
export function masked(options: MaskedOptions): Objective {
  const masker = batchMasker(options);
  return {
    name: `masked by ${options.scheme}`,
    batch: (given, random) => masker.mask(given, random),
    pass(model, batch, segments, passOptions) {
      const rows = countedRows(batch);
      const output = model.forward({ ids: batch.ids, segments }, { ...passOptions, logits: rows });
      return { loss: sumOfLosses(output.logits!, batch, rows), output };
    },
    measure(model, batches) {
      const hidden = batches.map((batch, i) => masker.mask(batch, new Random(0, `held out ${i}`)));
      return bitsPerByte(this, model, hidden);
    },
  };
}

function schemeOf(scheme: SchemeName, list: MaskingList | undefined, reader: WordPieceReader): MaskingScheme {
  switch (scheme) {
    case 'token':
      return randomToken;
    case 'word':
      return wholeWord;
    case 'span':
      return randomSpan();
    case 'naive':
    case 'pmi': {
      if (list === undefined) {
        throw new JambalayaError('usage', {
          argument: 'list',
          expected: `a list for the scheme "${scheme}"`,
          found: 'none',
        });
      }
      return listScheme(new Matcher(expressible(list, reader), 'the list'), scheme);
    }
  }
}

/** The entries as the vocabulary writes them, each once. */
function expressible({ entries }: MaskingList, reader: WordPieceReader): string[][] {
  const known = new Map<string, string | undefined>();
  const seen = new Map<string, string[]>();
  for (const entry of entries) {
    const words = entry.map((word) => {
      if (!known.has(word)) known.set(word, reader.textOfWord(word));
      return known.get(word);
    });
    if (words.every((word) => word !== undefined && word !== '')) seen.set(words.join(' '), words as string[]);
  }
  if (seen.size > 0) return [...seen.values()];
  throw new JambalayaError('usage', {
    argument: 'list',
    expected: 'n-grams that the vocabulary can express',
    found: `none of ${entries.length}`,
  });
}
