/** `jambalaya index`, `search` and `ask-docs`, as processes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { shakespeare, TemporaryFolder } from '../support/folders.js';

const folder = new TemporaryFolder();
const notes = folder.file('notes');
afterAll(() => folder.dispose());
beforeAll(() => {
  mkdirSync(notes);
  writeFileSync(
    join(notes, 'rice.md'),
    '# Rice\n\nThe rice simmers for twenty minutes.\n\n# Beans\n\nThe beans soak overnight.\n',
  );
});

describe('index, search and ask-docs', () => {
  it('say first what is missing', async () => {
    expect(await jambalayaError(['search', notes, 'rice'], 1)).toMatchObject({
      code: 'file',
      hint: `Make one: npx jambalaya index ${notes}`,
    });
    expect(await jambalayaError(['index', join(notes, 'none')], 1)).toMatchObject({ code: 'file' });
  });

  it('find passages and quote answers', async () => {
    expect(await jambalayaJson(['index', notes])).toMatchObject({ files: 1, passages: 2, read: 1 });
    const again = await jambalaya(['index', notes]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('2 passages of 1 files') });
    expect(again.stderr).toContain('0 read, 1 unchanged');

    const found = await jambalayaJson<{ hits: unknown[] }>(['search', notes, 'soaking beans']);
    expect(found.hits).toEqual([
      expect.objectContaining({
        rank: 1,
        source: 'rice.md',
        line: 7,
        title: 'Beans',
        text: 'The beans soak overnight.',
      }),
    ]);
    const printed = await jambalaya(['search', notes, 'rice', '--limit', '1']);
    expect(printed.stdout).toMatch(/^1\. rice\.md:3 {2}Rice {2}\(\d\.\d\d\)\n {3}The rice simmers/);
    expect(printed.stdout).not.toContain('\x1b');

    const asked = await jambalaya(['ask-docs', notes, 'How long does the rice simmer?']);
    expect(asked.stdout).toMatch(/^The rice simmers for twenty minutes\.\n\nPassages quoted/);
    const answer = await jambalayaJson(['ask-docs', notes, 'Who was the first emperor?']);
    expect(answer).toMatchObject({ answer: null, basis: 'nothing' });
  });

  it('has a model read the passages', async () => {
    const flags = ['--model', shakespeare, '--max-tokens', '5', '--budget', '40'];
    const answer = await jambalayaJson(['ask-docs', notes, 'rice', ...flags]);
    expect(answer).toMatchObject({ question: 'rice', read: expect.any(Number), basis: expect.any(String) });
  });
});
