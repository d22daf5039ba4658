import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-browser-bundle.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

function bundle(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return spawnSync(process.execPath, [script, join(folder, 'entry.ts')], { encoding: 'utf8' });
}

describe('the check of the browser bundle', () => {
  it.each(['node:fs', 'fs'])('refuses %s and names the way to it', (name) => {
    const { status, stderr } = bundle({
      'entry.ts': "export { size } from './middle.js';",
      'middle.ts': `import { statSync } from '${name}'; export const size = (path: string) => statSync(path).size;`,
    });
    expect(stderr).toMatch(new RegExp(`${name}: \\S*entry\\.ts -> \\S*middle\\.ts -> ${name}`));
    expect(status).toBe(1);
  });

  it('says how large a bundle without Node modules is', () => {
    const { status, stdout } = bundle({ 'entry.ts': 'export const one = 1;' });
    expect(stdout).toMatch(/1 files, no Node module, \d+\.\d kB minified/);
    expect(status).toBe(0);
  });
});
