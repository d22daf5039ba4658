// A few steps of a small hybrid model on Shakespeare; `npx jambalaya train` does the same from the shell.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { train } from 'jambalaya/train';

const out = mkdtempSync(join(tmpdir(), 'jambalaya-example-'));
try {
  const losses = [];
  await train({
    recipe: 'recipes/shakespeare.json',
    out,
    steps: 3,
    onStep: ({ step, loss }) => {
      console.log(`step ${step}: loss ${loss.toFixed(3)}`);
      losses.push(loss);
    },
  });
  assert.ok(losses.at(-1) < losses[0]);
} finally {
  rmSync(out, { recursive: true, force: true });
}
