import { readFile } from 'node:fs/promises';
import { JambalayaError } from '../errors/index.js';
import { writeFileAtomically, writeSafetensors } from '../formats/index.js';
import { cosine, type EmbedOptions, loadModel } from '../runtime/index.js';
import { encodeNpy } from './npy.js';
import { type ModelOptions, modelOptions } from './options.js';
import { formatCount, interruptible, Output, ProgressLine } from './output.js';

interface EmbedFlags extends ModelOptions {
  readonly file?: string;
  readonly out?: string;
  readonly similar?: boolean;
  readonly pooling?: EmbedOptions['pooling'];
  readonly unitLength?: boolean;
  readonly json?: boolean;
}

/** Pairs that `--similar` prints at most, the most alike first. */
const mostPairs = 1000;

/** Texts as vectors: printed, written, or compared with each other. */
export async function embed(name: string, given: readonly string[], flags: EmbedFlags): Promise<void> {
  const { out, similar = false, json = false, pooling, unitLength } = flags;
  if (out !== undefined && !/\.(npy|safetensors)$/.test(out)) {
    throw new JambalayaError('usage', { argument: '--out', expected: 'a .npy or .safetensors file', found: out });
  }
  const texts = await textsOf(given, flags.file);
  await using model = await loadModel(name, modelOptions(flags));
  const progress = new ProgressLine(json);
  const started = performance.now();
  const { vectors, tokens } = await model.embed(texts, {
    pooling,
    unitLength,
    signal: interruptible(),
    onProgress: (done, total) => progress.update('embedding', done, total, `${formatCount(done)} texts`),
  });
  progress.end();
  const seconds = (performance.now() - started) / 1000;
  if (out !== undefined) {
    const shape = [vectors.length, vectors[0]?.length ?? 0] as const;
    await write(out, vectors, shape);
    const { device, isa } = model.info;
    if (json) Output.json({ file: out, shape, tokens, seconds, device, isa });
    else
      Output.line(
        `${out}: embeddings (${shape.join(', ')}) f32, of ${formatCount(tokens)} tokens, on ${device} ${isa}`,
      );
  }
  if (similar) {
    for (const { a, b, similarity } of pairsOf(vectors)) {
      if (json) Output.json({ similarity, a: texts[a], b: texts[b] });
      else Output.line(`${similarity.toFixed(4)}  ${texts[a]}  |  ${texts[b]}`);
    }
  } else if (out === undefined) {
    for (const [i, vector] of vectors.entries())
      Output.line(JSON.stringify({ text: texts[i], embedding: [...vector] }));
  }
}

/** The texts of the command line, of a file, or of standard input. */
async function textsOf(given: readonly string[], file: string | undefined): Promise<readonly string[]> {
  if (given.length > 0 && file !== undefined) throw wrongTexts('texts and --file');
  if (given.length > 0) return given;
  if (file === undefined && process.stdin.isTTY) throw wrongTexts('none');
  const isPiped = file === undefined || file === '-';
  const name = isPiped ? 'standard input' : file;
  const bytes = isPiped
    ? await standardInput()
    : await readFile(file).catch((cause: Error) => {
        throw new JambalayaError('file', { file, operation: 'read', reason: cause.message }, { cause });
      });
  const lines = decoded(name, bytes)
    .split(/\r?\n/)
    .filter((line, index, all) => line !== '' || index < all.length - 1);
  return name.endsWith('.jsonl') ? lines.flatMap((line, index) => textOfRow(name, line, index + 1)) : lines;
}

async function standardInput(): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function decoded(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new JambalayaError('format', { file, expected: 'text in UTF-8', found: 'other bytes' }, { cause });
  }
}

function textOfRow(file: string, line: string, number: number): string[] {
  if (line.trim() === '') return [];
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (cause) {
    throw new JambalayaError('format', { file, line: number, expected: 'JSON', found: (cause as Error).message });
  }
  const text = (row as { text?: unknown } | null)?.text;
  if (typeof text === 'string') return [text];
  throw new JambalayaError('format', { file, line: number, expected: '{"text": "…"}', found: line.slice(0, 60) });
}

const wrongTexts = (found: string) =>
  new JambalayaError(
    'usage',
    { argument: 'texts', expected: 'texts, a file, or a pipe', found },
    { hint: 'npx jambalaya embed MODEL "some text" "another"; or --file TEXTS.jsonl' },
  );

async function write(out: string, vectors: readonly Float32Array[], shape: readonly [number, number]): Promise<void> {
  const [rows, size] = shape;
  const values = new Float32Array(rows * size);
  for (const [i, vector] of vectors.entries()) values.set(vector, i * size);
  if (out.endsWith('.npy')) return writeFileAtomically(out, encodeNpy(values, shape));
  const bytes = new Uint8Array(values.buffer);
  await writeSafetensors(out, [{ name: 'embeddings', dtype: 'F32', shape, bytes: () => bytes }]);
}

/** Pairs of vectors, the most alike first. */
function pairsOf(vectors: readonly Float32Array[]): { a: number; b: number; similarity: number }[] {
  const pairs = vectors.flatMap((vector, a) =>
    vectors.slice(a + 1).map((other, i) => ({ a, b: a + 1 + i, similarity: cosine(vector, other) })),
  );
  return pairs.sort((x, y) => y.similarity - x.similarity).slice(0, mostPairs);
}
