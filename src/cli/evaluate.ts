import { readFile } from 'node:fs/promises';
import { JambalayaError } from '../errors/index.js';
import { loadModel } from '../runtime/index.js';
import { type ModelOptions, modelOptions } from './options.js';
import { formatCount, interruptible, Output, ProgressLine } from './output.js';

interface EvaluateOptions extends ModelOptions {
  readonly text: string;
  readonly window: number;
  readonly stride: number;
  readonly json?: boolean;
}

/** The bytes of a text file that the user named. */
export async function readText(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new JambalayaError('file', { file, operation: 'read', reason: (cause as Error).message }, { cause });
  }
}

export async function evaluate(
  name: string,
  { text, window, stride, json, ...options }: EvaluateOptions,
): Promise<void> {
  const bytes = await readText(text);
  await using model = await loadModel(name, modelOptions(options));
  const progress = new ProgressLine(json === true);
  const onProgress = (done: number, total: number) =>
    progress.update('scoring', done, total, `${formatCount(done)} tokens`);
  const score = await model.measureText(bytes, { window, stride, onProgress, signal: interruptible() });
  progress.end();
  const { device, isa } = model.info;
  if (json) {
    const { bitsPerByte, perplexity, tokens, scoredTokens, bits } = score;
    Output.json({
      bitsPerByte,
      perplexity,
      tokens,
      bytes: score.bytes,
      scoredTokens,
      bits,
      window,
      stride,
      device,
      isa,
    });
    return;
  }
  Output.line(`${score.bitsPerByte.toFixed(4)} bits per byte, perplexity ${score.perplexity.toFixed(3)} per token`);
  Output.line(`${formatCount(score.tokens)} tokens, ${formatCount(score.bytes)} bytes, on ${device} ${isa}`);
}
