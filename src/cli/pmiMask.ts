import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { JambalayaError } from '../errors/index.js';
import { fileError, openFile, openFolder, writeSafetensors } from '../formats/index.js';
import {
  defaultNormalisation,
  defaultSpans,
  drawsOf,
  listScheme,
  type MaskedText,
  type MaskingScheme,
  maskText,
  PieceReader,
  randomSpan,
  randomToken,
  readList,
  type SchemeName,
  type SpanLengths,
  wholeWord,
} from '../pmi/index.js';
import { Tokenizer } from '../tokenizers/index.js';
import { formatCount, Output } from './output.js';
import { makeFolder } from './outputFolder.js';
import { textsOfFiles } from './pmiTexts.js';

interface MaskFlags {
  readonly tokenizer: string;
  readonly list?: string;
  readonly scheme: SchemeName;
  readonly spans: SpanLengths['overlong'];
  readonly share: number;
  readonly length: number;
  readonly seed: number;
  readonly out: string;
  readonly separator?: string;
  readonly field: string;
  readonly json?: boolean;
}

/** The tokenizer of a folder, or of a `tokenizer.json`. */
export async function tokenizerAt(path: string): Promise<Tokenizer> {
  const isFile = path.endsWith('.json');
  const folder = await openFolder(isFile ? dirname(path) : path);
  const file = isFile ? path : `${path}/tokenizer.json`;
  const source = await openFile(file);
  const config = (await folder.has('tokenizer_config.json')) ? await folder.open('tokenizer_config.json') : undefined;
  const text = async (from: typeof source) => new TextDecoder().decode(await from.read(0, from.size));
  try {
    return Tokenizer.create({ name: file, tokenizer: await text(source), config: config && (await text(config)) });
  } finally {
    await source.close();
    await config?.close();
  }
}

/** The id of [MASK], or of <mask>. */
export function maskIdOf(tokenizer: Tokenizer): number {
  const found = [...tokenizer.specialIds].find((id) => ['[MASK]', '<mask>'].includes(tokenizer.tokenText(id)));
  if (found !== undefined) return found;
  throw new JambalayaError(
    'tokenizer',
    { file: tokenizer.name, reason: 'it has no token [MASK]' },
    { hint: 'Train one with `jambalaya tokenizer train FILES… --kind wordpiece`.' },
  );
}

async function schemeOf({ scheme, list, spans }: MaskFlags) {
  const plain = { token: randomToken, word: wholeWord, span: randomSpan({ ...defaultSpans, overlong: spans }) };
  const found = list === undefined ? undefined : await readList(list);
  if (scheme !== 'pmi' && scheme !== 'naive') return { scheme: plain[scheme] as MaskingScheme, found };
  if (found === undefined) {
    throw new JambalayaError('usage', {
      argument: '--list',
      expected: `a list for the scheme "${scheme}"`,
      found: 'none',
    });
  }
  return { scheme: listScheme(found.matcher, scheme), found };
}

export async function mask(names: readonly string[], flags: MaskFlags): Promise<void> {
  const { out, length, seed, share, separator, field, json = false } = flags;
  const tokenizer = await tokenizerAt(flags.tokenizer);
  const maskId = maskIdOf(tokenizer);
  const { scheme, found } = await schemeOf(flags);
  const ids = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id);
  const randomIds = ids.filter((id) => !tokenizer.specialIds.has(id) && tokenizer.tokenText(id) !== '');
  const reader = new PieceReader(tokenizer, found?.normalisation ?? defaultNormalisation);
  await makeFolder(dirname(out));
  let texts = 0;
  let cut = 0;
  let pieces = 0;
  let hidden = 0;
  const masked = async function* () {
    for await (const text of textsOfFiles(names, { separator, field })) {
      const whole = reader.read(text);
      const given = whole.ids.length > length ? shortened(whole, length) : whole;
      if (given !== whole) cut++;
      const result = maskText(given, scheme, { maskId, randomIds, share }, drawsOf(seed, texts));
      texts++;
      hidden += result.hidden;
      pieces += given.isSpecial.reduce((count, special) => count + 1 - special, 0);
      yield result;
    }
  };
  if (out.endsWith('.safetensors')) await writeTensors(out, masked(), length, tokenizer.padId ?? 0);
  else await writeRows(out, masked());
  if (texts === 0) throw new JambalayaError('format', { file: names.join(' '), expected: 'texts', found: 'none' });
  const result = { out, scheme: scheme.name, texts, cut, pieces, hidden, share: hidden / Math.max(1, pieces) };
  if (json) return Output.json(result);
  Output.line(
    `${out}: ${formatCount(texts)} texts, ${formatCount(hidden)} of ${formatCount(pieces)} pieces hidden (${(100 * result.share).toFixed(1)} %), by ${scheme.name}`,
  );
  if (cut > 0) Output.note(`${formatCount(cut)} texts were longer than ${length} tokens, and cut there`);
}

/** The first tokens of a text that is too long, with its last special token at the end. */
function shortened(text: ReturnType<PieceReader['read']>, length: number): ReturnType<PieceReader['read']> {
  const last = text.ids.length - 1;
  const ends = text.isSpecial[last] === 1;
  const kept = ends ? length - 1 : length;
  const ids = Int32Array.from([...text.ids.subarray(0, kept), ...(ends ? [text.ids[last]!] : [])]);
  const isSpecial = Uint8Array.from([...text.isSpecial.subarray(0, kept), ...(ends ? [1] : [])]);
  const words = text.words.filter(({ end }) => end <= kept);
  // A word that was cut is no word: its pieces are never hidden apart.
  const cutWord = text.words.find(({ start, end }) => start < kept && end > kept);
  return { ids, isSpecial, words: cutWord === undefined ? words : [...words, { ...cutWord, end: kept }] };
}

async function writeRows(out: string, texts: AsyncIterable<MaskedText>): Promise<void> {
  const temporary = `${out}.partial`;
  try {
    const handle = await open(temporary, 'w');
    try {
      for await (const { inputIds, labels, unitIds } of texts) {
        const row = {
          input_ids: [...inputIds],
          attention_mask: [...inputIds].map(() => 1),
          labels: [...labels],
          unit_ids: [...unitIds],
        };
        await handle.write(`${JSON.stringify(row)}\n`);
      }
    } finally {
      await handle.close();
    }
    await rename(temporary, out);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(out, 'write', error);
  }
}

/** Four tensors (texts, longest), padded as Transformers pads: the mask 0, labels −100, units −1. */
async function writeTensors(out: string, texts: AsyncIterable<MaskedText>, most: number, padId: number): Promise<void> {
  const rows: MaskedText[] = [];
  for await (const text of texts) rows.push(text);
  const width = Math.min(most, Math.max(1, ...rows.map(({ inputIds }) => inputIds.length)));
  const tensor = (name: string, pad: number, row: (text: MaskedText) => ArrayLike<number>) => {
    const values = new BigInt64Array(rows.length * width).fill(BigInt(pad));
    for (const [i, text] of rows.entries()) values.set(Array.from(row(text), BigInt), i * width);
    return { name, dtype: 'I64' as const, shape: [rows.length, width], bytes: () => new Uint8Array(values.buffer) };
  };
  await writeSafetensors(out, [
    tensor('input_ids', padId, ({ inputIds }) => inputIds),
    tensor('attention_mask', 0, ({ inputIds }) => inputIds.map(() => 1)),
    tensor('labels', -100, ({ labels }) => labels),
    tensor('unit_ids', -1, ({ unitIds }) => unitIds),
  ]);
}
