/**
 * Whether Transformers reads a model folder as this library does: logits of the same ids in f32, side by side.
 *
 *     node scripts/compare-transformers.mjs FOLDER [--python PYTHON] [--ids 256] [--most 1e-3]
 *
 * Needs a Python with PyTorch and Transformers, named by `--python` (python3 unless told); without it the script says so and
 * ends with status 2, since nothing was compared. Status 1: a logit differs by more than `--most`, or a most likely token does.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDevice, openModel } from 'jambalaya';
import { loadCheckpoint } from 'jambalaya/models';
import { Segments } from 'jambalaya/nn';
import { scope } from 'jambalaya/tensor';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    ids: { type: 'string', default: '256' },
    most: { type: 'string', default: '1e-3' },
  },
});
if (positionals.length !== 1) {
  console.error('usage: node scripts/compare-transformers.mjs FOLDER [--python PYTHON] [--ids 256] [--most 1e-3]');
  process.exit(2);
}
const folder = resolve(positionals[0]);
const { status, stderr, error } = spawnSync(options.python, ['-c', 'import torch, transformers'], { encoding: 'utf8' });
if (status !== 0) {
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  console.error(`NOT COMPARED: ${options.python} has no PyTorch with Transformers (${reason}); name one with --python`);
  process.exit(2);
}

const { vocab_size: vocabulary } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
const ids = Int32Array.from({ length: Number(options.ids) }, (_, i) => (i * 7919 + 13) % vocabulary);
const ours = await ourLogits();
const temporary = mkdtempSync(join(tmpdir(), 'compare-transformers-'));
try {
  const out = join(temporary, 'logits.bin');
  const script = fileURLToPath(new URL('compare-transformers.py', import.meta.url));
  const run = spawnSync(options.python, [script, folder, out], { encoding: 'utf8', input: JSON.stringify([...ids]) });
  if (run.status !== 0) throw new Error(`${options.python}: ${run.stderr}`);
  const theirs = new Float32Array(new Uint8Array(readFileSync(out)).buffer);
  report(theirs, run.stdout.trim());
} finally {
  rmSync(temporary, { recursive: true });
}

async function ourLogits() {
  const device = await openDevice();
  const checkpoint = await openModel(folder);
  const { model } = await loadCheckpoint(checkpoint, device, { dtype: 'f32' });
  const logits = scope(() => model.forward({ ids, segments: new Segments(device, [ids.length]) }).logits);
  const values = await logits.read();
  model.dispose();
  await checkpoint.close();
  device.dispose();
  return values;
}

function report(theirs, versions) {
  if (theirs.length !== ours.length) throw new Error(`${ours.length} logits here, ${theirs.length} there`);
  let largest = 0;
  let largestLogit = 0;
  for (const [i, value] of ours.entries()) {
    largest = Math.max(largest, Math.abs(value - theirs[i]));
    largestLogit = Math.max(largestLogit, Math.abs(theirs[i]));
  }
  const top = (values, t) => {
    const row = values.subarray(t * vocabulary, (t + 1) * vocabulary);
    return row.reduce((best, value, id) => (value > row[best] ? id : best), 0);
  };
  const same = [...ids.keys()].filter((t) => top(ours, t) === top(theirs, t)).length;
  console.log(
    `${versions}: ${ids.length} × ${vocabulary} logits up to ${largestLogit.toFixed(2)}, largest difference ${largest.toExponential(2)}; ` +
      `${same} of ${ids.length} most likely tokens are the same`,
  );
  process.exitCode = largest <= Number(options.most) && same === ids.length ? 0 : 1;
}
