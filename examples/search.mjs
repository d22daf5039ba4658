// A BM25 index over a folder, brought up to date file by file.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexFolder, openIndex } from 'jambalaya/retrieval';

const folder = mkdtempSync(join(tmpdir(), 'jambalaya-example-'));
try {
  writeFileSync(join(folder, 'rice.md'), '# Rice\n\nThe rice simmers for twenty minutes.\n');
  writeFileSync(join(folder, 'beans.md'), '# Beans\n\nThe beans soak overnight.\n');
  const { passages } = await indexFolder(folder);
  const index = await openIndex(folder);
  const [best] = await index.search('How long does the rice simmer?', { limit: 1 });
  console.log(`${passages} passages; best: ${best.passage.source}:${best.passage.line} ${best.passage.text}`);
  assert.match(best.passage.text, /twenty minutes/);
  await index.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
