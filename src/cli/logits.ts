import { writeSafetensors } from '../formats/index.js';
import { loadModel } from '../runtime/index.js';
import { type ModelOptions, modelOptions } from './options.js';
import { interruptible, Output } from './output.js';

interface LogitsOptions extends ModelOptions {
  readonly ids: readonly number[];
  readonly out: string;
  readonly chunk?: number;
  readonly json?: boolean;
}

export async function logits(name: string, options: LogitsOptions): Promise<void> {
  await using model = await loadModel(name, modelOptions(options));
  const { rows, columns, values } = await model.logits(options.ids, { chunk: options.chunk, signal: interruptible() });
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  await writeSafetensors(options.out, [{ name: 'logits', dtype: 'F32', shape: [rows, columns], bytes: () => bytes }]);
  const { device, isa } = model.info;
  if (options.json) Output.json({ file: options.out, shape: [rows, columns], device, isa });
  else Output.line(`${options.out}: logits (${rows}, ${columns}) f32, computed on ${device} ${isa}`);
}
