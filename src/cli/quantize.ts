import type { DeviceName } from '../contract/index.js';
import { openDevice } from '../devices/index.js';
import { resolveModelPath } from '../formats/index.js';
import { type QuantizationScheme, quantizeCheckpoint } from '../quantization/index.js';
import { loadModel } from '../runtime/index.js';
import { readText } from './evaluate.js';
import { formatBytes, formatTable, interruptible, Output, ProgressLine } from './output.js';
import { checkOutputFolder } from './outputFolder.js';

interface QuantizeFlags {
  readonly scheme: QuantizationScheme;
  readonly text?: string;
  readonly window: number;
  readonly device?: DeviceName;
  readonly json?: boolean;
}

export async function quantize(name: string, output: string, options: QuantizeFlags): Promise<void> {
  const input = await resolveModelPath(name);
  const text = options.text === undefined ? undefined : await readText(options.text);
  await checkOutputFolder(input, output);
  const progress = new ProgressLine(options.json === true);
  const device = await openDevice({ name: options.device });
  const report = await quantizeCheckpoint(input, output, device, {
    scheme: options.scheme,
    onTensor: (tensor, done, total) => progress.update('quantizing', done, total, tensor.name),
  });
  device.dispose();
  progress.end();
  const comparison = text && (await compare(input, output, text, options, progress));
  if (options.json) {
    Output.json({ out: output, ...report, ...(comparison ? { comparison } : {}) });
    return;
  }
  const rows = report.tensors.map((tensor) => [
    tensor.name,
    `(${tensor.shape.join(', ')})`,
    tensor.largestRowError.toExponential(2),
    tensor.relativeRmsError.toExponential(2),
  ]);
  Output.line(formatTable([['tensor', 'shape', 'largest error / row max', 'rms error / rms'], ...rows], [2, 3]));
  Output.line(`${output}: ${formatBytes(report.bytesBefore)} → ${formatBytes(report.bytesAfter)}`);
  if (comparison) {
    const { meanKl, top1Agreement, positions } = comparison;
    Output.line(
      `on ${options.text}: mean KL divergence ${meanKl.toExponential(3)} nats, top-1 agreement ${(100 * top1Agreement).toFixed(2)} % of ${positions} positions`,
    );
  }
}

async function compare(
  input: string,
  output: string,
  text: Uint8Array,
  options: QuantizeFlags,
  progress: ProgressLine,
) {
  await using model = await loadModel(output, options.device === undefined ? {} : { device: options.device });
  const onProgress = (done: number, total: number) => progress.update('comparing', done, total);
  const result = await model.compare(input, text, { window: options.window, onProgress, signal: interruptible() });
  progress.end();
  return result;
}
