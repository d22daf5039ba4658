/**
 * The mean of models that were trained on from the same weights, tensor by tensor: a model folder with the first one's other files.
 * Where their paths have not parted too far, it is at least as good as each of them (model soups, Wortsman et al. 2022).
 *
 *     node recipes/nano/average.mjs MODEL MODEL… --out DIR
 *
 * The models are folders that `jambalaya train` wrote: one `model.safetensors` in F32 with the same tensors.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const weightsFile = 'model.safetensors';

/** A safetensors file as its header and, behind that, its values; every tensor has to be F32. */
function readWeights(folder) {
  const bytes = readFileSync(join(folder, weightsFile));
  if (bytes.length < 8) throw new Error(`${folder}: ${weightsFile} has no header`);
  const begin = 8 + Number(bytes.readBigUInt64LE(0));
  if (!(begin <= bytes.length) || (bytes.length - begin) % 4 !== 0) {
    throw new Error(`${folder}: ${weightsFile} is cut off, or holds no F32`);
  }
  const { __metadata__, ...tensors } = JSON.parse(bytes.subarray(8, begin).toString());
  const other = Object.entries(tensors).find(([, { dtype }]) => dtype !== 'F32');
  if (other !== undefined) throw new Error(`${folder}: expected F32, got ${other[1].dtype} for ${other[0]}`);
  // A copy, because the values need not begin at a multiple of four.
  const values = new Float32Array(Uint8Array.from(bytes.subarray(begin)).buffer);
  return { header: bytes.subarray(0, begin), tensors, values };
}

/**
 * Writes the mean of `folders` to `out`, which must not exist.
 *
 * @param {readonly string[]} folders
 * @param {string} out
 */
export function averageModels(folders, out) {
  if (existsSync(out)) throw new Error(`${out}: is there already; expected the name of a new folder`);
  const { header, tensors, values } = readWeights(folders[0]);
  const sums = Float64Array.from(values);
  for (const folder of folders.slice(1)) {
    const other = readWeights(folder);
    if (JSON.stringify(other.tensors) !== JSON.stringify(tensors)) {
      throw new Error(`${folder}: expected the tensors of ${folders[0]}, in its order`);
    }
    for (let i = 0; i < sums.length; i++) sums[i] += other.values[i];
  }
  const mean = Float32Array.from(sums, (sum) => sum / folders.length);
  const incomplete = `${out}.incomplete`;
  mkdirSync(incomplete, { recursive: true });
  for (const name of readdirSync(folders[0])) {
    const file = join(folders[0], name);
    if (name !== weightsFile && name !== 'log.jsonl' && statSync(file).isFile())
      copyFileSync(file, join(incomplete, name));
  }
  writeFileSync(join(incomplete, weightsFile), Buffer.concat([header, Buffer.from(mean.buffer)]));
  renameSync(incomplete, out);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  if (positionals.length < 2 || values.out === undefined) {
    console.error('usage: node recipes/nano/average.mjs MODEL MODEL… --out DIR');
    process.exit(2);
  }
  try {
    averageModels(positionals, values.out);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
