/** The phases of the recipe: each can be read, trains on files that `prepare.mjs` writes, and is in the table. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { textKinds } from '../../recipes/nano/text.mjs';
import { parseDataRecipe, parseRecipe, phasesOf } from '../../src/training/index.js';

const file = 'recipes/nano/nano.json';
const phases = phasesOf(JSON.parse(readFileSync(file, 'utf8')), file)!;

/** Paths that `prepare.mjs` names. */
const written = readFileSync('recipes/nano/prepare.mjs', 'utf8').matchAll(/writeLines\(\s*'([^']+)'/g);
const prepared = [
  ...Array.from(written, ([, path]) => path!),
  ...Object.keys(textKinds).flatMap((kind) => [`text/${kind}.jsonl.gz`, `heldout/${kind}.jsonl.gz`]),
];

it.each(phases)('$name', ({ name, recipe }) => {
  const { data, schedule, steps } = parseRecipe(recipe, file);
  expect(steps).toBeGreaterThan(schedule.warmup);
  for (const { files, heldOutFiles = [] } of parseDataRecipe(data, file).sources) {
    for (const path of [...files, ...heldOutFiles]) expect(prepared).toContain(path);
  }
  const row = `| \`${name}\` | ${steps.toLocaleString('en')} of`;
  expect(readFileSync('recipes/nano/README.md', 'utf8')).toContain(row);
});
