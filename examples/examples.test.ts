/** Every example runs, and its own assertions hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runNode } from '../test/support/cli.js';

const examples = readdirSync('examples').filter((file) => file.endsWith('.mjs'));

it.each(examples)('%s', async (file) => {
  const { code, stdout, stderr } = await runNode([`examples/${file}`]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toBe('');
});

it('are ten, each of one sitting and in the list', () => {
  const list = readFileSync('examples/README.md', 'utf8');
  expect(examples.length).toBe(10);
  for (const file of examples) {
    expect(readFileSync(`examples/${file}`, 'utf8').split('\n').length).toBeLessThanOrEqual(60);
    expect(list).toContain(`[${file}](${file})`);
  }
});
