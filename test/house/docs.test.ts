/** The documents' examples run and their links lead somewhere; and the check that says so is seen to refuse. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-docs.mjs', import.meta.url));
const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

const check = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

/** Runs the check on a small package with these documents; blocks are fenced with '''. */
function checkTree(documents: Readonly<Record<string, readonly string[]>>) {
  const root = mkdtempSync(join(tmpdir(), 'docs-'));
  trees.push(root);
  const manifest = {
    name: 'jambalaya',
    type: 'module',
    exports: { '.': './index.js' },
    bin: { jambalaya: './main.js' },
  };
  const files = {
    'package.json': [JSON.stringify(manifest)],
    'index.js': ['export const answer = 42;'],
    'main.js': ["process.exit(process.argv[2] === 'complete' ? 0 : 2);"],
    ...documents,
  };
  for (const [path, lines] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), lines.join('\n').replaceAll("'''", '```'));
  }
  const { status, stdout, stderr } = check('--root', root);
  return { status, stdout, stderr };
}

describe('the check of documents', () => {
  it('runs TypeScript, JavaScript and shell examples against the package itself', () => {
    const result = checkTree({
      'README.md': [
        "'''ts run",
        "import { answer } from 'jambalaya';",
        'const expected: number = 42;',
        'if (answer !== expected) process.exit(1);',
        "'''",
        "'''sh run",
        'npm run something-that-is-not-run',
        'npx jambalaya complete "a b" \\',
        '  --max-tokens 3',
        "'''",
        "'''ts",
        'not(run',
        "'''",
      ],
      'docs/guide/start.md': ["'''js run", "import 'jambalaya';", "'''"],
    });
    expect(result).toEqual({ status: 0, stdout: expect.stringContaining('3 examples run'), stderr: '' });
  });

  it.each([
    ['an example that throws', ["'''ts run", "throw new Error('no');", "'''"], 'README.md:1: exit 1'],
    ['an example that does not parse', ['', "'''ts run", 'let = ;', "'''"], 'README.md:2: '],
    ['a command that fails', ["'''sh run", 'npx jambalaya chat', "'''"], 'README.md:1: exit 2'],
    ['a language that cannot be run', ["'''py run", 'x', "'''"], 'README.md:1: blocks of py cannot be run'],
    ['a link that leads nowhere', ['See [it](docs/it.md).'], 'README.md:1: the link docs/it.md leads nowhere'],
    ['a reference that leads nowhere', ['', '[it]: ./it.md'], 'README.md:2: the link ./it.md leads nowhere'],
    ['an anchor without its heading', ['# A title', '[up](#a-tale)'], 'README.md:2: README.md has no heading #a-tale'],
  ])('refuses %s', (_, lines, message) => {
    const result = checkTree({ 'README.md': lines });
    expect(result.stderr).toContain(message);
    expect(result.status).toBe(1);
  });

  it('follows links to files, folders, headings and other places', () => {
    const result = checkTree({
      'README.md': [
        '[a](docs/a.md#the-second-one) [b](docs) [c](https://example.org/x) `[d](nowhere)` [e](#top-level)',
        '# Top `level`',
      ],
      'docs/a.md': ['# First', "'''sh", '# not a heading', "'''", '## The second one!', '[back](../README.md)'],
    });
    expect(result).toEqual({ status: 0, stdout: expect.stringContaining('5 links followed'), stderr: '' });
  });
});

describe('the documents of this repository', () => {
  it('run and lead somewhere', () => {
    const { status, stderr } = check();
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
