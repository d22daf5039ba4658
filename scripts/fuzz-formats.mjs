/**
 * Many damaged model files through the readers: `node scripts/fuzz-formats.mjs [--count 100000]` (of each kind).
 *
 * Runs test/fuzz/formats.test.ts and gguf.test.ts (of whole models a quarter), with a small heap, so that an allocation that grows with a file's claims fails.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { count: { type: 'string', default: '100000' } } });
if (!/^[1-9]\d*$/.test(values.count)) {
  console.error(`--count: expected a whole number from 1, got ${values.count}`);
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/fuzz/formats.test.ts', 'test/fuzz/gguf.test.ts', '--disable-console-intercept'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, JAMBALAYA_FUZZ_COUNT: values.count, NODE_OPTIONS: '--max-old-space-size=256' },
  },
);
process.exit(status ?? 1);
