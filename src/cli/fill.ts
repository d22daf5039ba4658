import { JambalayaError } from '../errors/index.js';
import { jsonLimits, openFolder, parseJson, resolveModelPath } from '../formats/index.js';
import { loadModel } from '../runtime/index.js';
import { formatTable, interruptible, Output } from './output.js';
import { maskIdOf, tokenizerAt } from './pmiMask.js';

interface FillFlags {
  readonly model: string;
  readonly top: number;
  readonly json?: boolean;
}

interface Candidate {
  readonly token: string;
  readonly id: number;
  readonly probability: number;
}

/** What a masked language model would put at each [MASK] of a text, the likeliest first. */
export async function fill(text: string, { model: name, top, json = false }: FillFlags): Promise<void> {
  const path = await resolveModelPath(name);
  const tokenizer = await tokenizerAt(path);
  const maskId = maskIdOf(tokenizer);
  const mask = tokenizer.tokenText(maskId);
  const ids = tokenizer.encode(text.replaceAll('[MASK]', mask), { addSpecialTokens: true });
  const places = [...ids.keys()].filter((i) => ids[i] === maskId);
  if (places.length === 0) {
    throw new JambalayaError('usage', {
      argument: 'text',
      expected: `a text with ${mask}`,
      found: JSON.stringify(text),
    });
  }
  const type = await modelType(path);
  if (type !== 'bert') {
    throw new JambalayaError(
      'usage',
      { argument: '--model', expected: 'a masked language model of type bert', found: String(type) },
      { hint: 'A model that continues texts answers to `jambalaya complete`.' },
    );
  }
  await using model = await loadModel(name);
  const { columns, values } = await model.logits(ids, { signal: interruptible() });
  const masks = places.map((place) => ({
    position: place,
    candidates: likeliest(values.subarray(place * columns, (place + 1) * columns), top).map(({ id, probability }) => ({
      token: tokenizer.tokenText(id),
      id,
      probability,
    })),
  }));
  const filled = ids.map((id, i) => masks.find(({ position }) => position === i)?.candidates[0]?.id ?? id);
  const best = tokenizer.decode(filled, { skipSpecialTokens: true });
  if (json) return Output.json({ text: best, masks });
  Output.line(best);
  const rows = masks.flatMap(({ candidates }, i) => candidates.map((one) => row(i, one, masks.length)));
  Output.line(formatTable(rows, [masks.length > 1 ? 2 : 1]));
}

async function modelType(folder: string): Promise<unknown> {
  const source = await (await openFolder(folder)).open('config.json');
  try {
    const bytes = await source.read(0, source.size);
    return parseJson(source.name, bytes, { maxBytes: jsonLimits.config }).model_type;
  } finally {
    await source.close();
  }
}

const row = (mask: number, { token, probability }: Candidate, masks: number): string[] => [
  ...(masks > 1 ? [`${mask + 1}`] : []),
  token,
  `${(100 * probability).toFixed(1)} %`,
];

/** The ids with the largest logits, with their probabilities. */
function likeliest(logits: Float32Array, count: number): { readonly id: number; readonly probability: number }[] {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return Array.from(logits.keys())
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, count)
    .map((id) => ({ id, probability: Math.exp(logits[id]! - largest) / sum }));
}
