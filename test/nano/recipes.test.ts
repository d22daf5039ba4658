/** The recipes that ship: each can be read, trains on files that `prepare.mjs` writes, and is named where the phases are. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { textKinds } from '../../recipes/nano/text.mjs';
import { parseDataRecipe, parseRecipe } from '../../src/training/index.js';

const recipes = readdirSync('recipes/nano', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.json'),
);
const read = (file: string) => parseRecipe(JSON.parse(readFileSync(`recipes/nano/${file}`, 'utf8')), file);

/** Paths that `prepare.mjs` names. */
const written = readFileSync('recipes/nano/prepare.mjs', 'utf8').matchAll(/writeLines\(\s*'([^']+)'/g);
const prepared = [
  ...Array.from(written, ([, path]) => path!),
  ...Object.keys(textKinds).flatMap((kind) => [`text/${kind}.jsonl.gz`, `heldout/${kind}.jsonl.gz`]),
];

it.each(recipes)('%s', (file) => {
  const { data, schedule, steps } = read(file);
  expect(steps).toBeGreaterThan(schedule.warmup);
  for (const { files, heldOutFiles = [] } of parseDataRecipe(data, file).sources) {
    for (const path of [...files, ...heldOutFiles]) expect(prepared).toContain(path);
  }
  const page = readFileSync('recipes/nano/README.md', 'utf8');
  if (!file.startsWith('tries/')) expect(page).toContain(`\`${file}\``);
});
