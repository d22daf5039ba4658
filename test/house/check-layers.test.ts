/** Every rule of scripts/check-layers.mjs is seen to fire on a small tree that breaks it, and to be silent on one that does not. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-layers.mjs', import.meta.url));
const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** A tree of files by path, each given by its lines; what every tree has stands first. */
function check(files: Readonly<Record<string, readonly string[]>>): {
  status: number | null;
  violations: string[];
  summary: string;
} {
  const root = mkdtempSync(join(tmpdir(), 'layers-'));
  trees.push(root);
  const sound = {
    'src/errors/index.ts': ['export class JambalayaError extends Error {}'],
    'src/devices/index.ts': [
      "export { openDevice } from '#devices/host';",
      "export { WasmDevice } from './wasm/device.js';",
    ],
    'src/devices/host.node.ts': [
      "import { readFileSync } from 'node:fs';",
      "import { WasmDevice } from './wasm/device.js';",
    ],
    'src/devices/host.browser.ts': ["import { WasmDevice } from './wasm/device.js';"],
    'src/devices/wasm/device.ts': ["import { JambalayaError } from '../../errors/index.js';"],
    'src/tensor/index.ts': ["import type { WasmDevice } from '../devices/index.js';"],
    'src/index.ts': ["export * from './tensor/index.js';"],
  };
  for (const [path, lines] of Object.entries({ ...sound, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${lines.join('\n')}\n`);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--root', root], { encoding: 'utf8' });
  return { status, violations: stderr.split('\n').filter(Boolean), summary: stdout };
}

const expectOne = (files: Readonly<Record<string, readonly string[]>>, violation: RegExp) => {
  const result = check(files);
  expect(result.violations).toHaveLength(1);
  expect(result.violations[0]).toMatch(violation);
  expect(result.status).toBe(1);
};

describe('the check of layers', () => {
  it('is silent on a sound tree and says how large its files are', () => {
    expect(check({})).toMatchObject({ status: 0, violations: [], summary: expect.stringContaining('median 1 lines') });
  });

  it('refuses an import that points up', () => {
    expectOne(
      { 'src/tensor/tape.ts': ['', "import { loadModel } from '../models/index.js';"], 'src/models/index.ts': [] },
      /^src\/tensor\/tape\.ts:2: rank: tensor \(rank 2\) imports models \(rank 4\)/,
    );
  });

  it('refuses an import of a type, too', () => {
    expectOne(
      { 'src/errors/a.ts': ["import type { Tensor } from '../tensor/index.js';"] },
      /^src\/errors\/a\.ts:1: rank: errors \(rank 0\) imports tensor/,
    );
  });

  it('refuses an import between rooms of one rank', () => {
    expectOne(
      { 'src/formats/read.ts': ["import { openDevice } from '../devices/index.js';"] },
      /rank: formats \(rank 1\) imports devices \(rank 1\)/,
    );
  });

  it('sees re-exports, import() and the type of import()', () => {
    const up = '../models/index.js';
    const models = { 'src/models/index.ts': [] };
    for (const line of [
      `export { a } from '${up}';`,
      `export * from '${up}';`,
      `import '${up}';`,
      `const a = await import('${up}');`,
      `let a: import('${up}').A;`,
      `import {\n  a,\n  type B,\n} from '${up}';`,
    ]) {
      expectOne({ ...models, 'src/nn/a.ts': [line] }, /^src\/nn\/a\.ts:\d: rank: nn .* imports models/);
    }
  });

  it('takes no comment for an import', () => {
    const comment = ['/**', " * import { a } from '../models/index.js';", ' */', "// import '../models/index.js';"];
    expect(check({ 'src/nn/a.ts': comment, 'src/models/index.ts': [] }).violations).toEqual([]);
  });

  it('refuses to enter a room by another door than its index', () => {
    const line = "import { WasmDevice } from '../devices/wasm/device.js';";
    expectOne(
      { 'src/tensor/tensor.ts': [line] },
      /^src\/tensor\/tensor\.ts:1: door: imports src\/devices\/wasm\/device\.ts/,
    );
    expectOne({ 'src/browser.ts': [line.replace('..', '.')] }, /^src\/browser\.ts:1: door/);
    expectOne({ 'test/parity/a.test.ts': [line.replace('..', '../../src')] }, /^test\/parity\/a\.test\.ts:1: door/);
  });

  it('refuses a room that imports the files above all rooms', () => {
    expectOne(
      { 'src/cli/main.ts': ["import '../index.js';"] },
      /rank: imports src\/index\.ts, which stands above all rooms/,
    );
  });

  it('refuses a folder that is no room', () => {
    expectOne(
      { 'src/helpers/text.ts': [] },
      /^src\/helpers\/text\.ts:1: rank: src\/helpers is no room; move the file into one of errors/,
    );
  });

  it('refuses imports from outside src, except in tests', () => {
    const line = "import { cases } from '../../test/parity/cases.js';";
    expectOne({ 'src/tensor/a.ts': [line] }, /outside: imports test\/parity\/cases\.ts/);
    expect(check({ 'src/tensor/a.test.ts': [line] }).violations).toEqual([]);
  });

  it('refuses node: outside host.node.ts, the command line and tests', () => {
    const line = "import { readFileSync } from 'node:fs';";
    expectOne(
      { 'src/tensor/a.ts': [line] },
      /node: imports node:fs; move what needs it into src\/tensor's host\.node\.ts/,
    );
    expectOne({ 'src/tensor/a.ts': ["import { join } from 'path';"] }, /node: imports path/);
    expectOne({ 'src/index.ts': [line] }, /^src\/index\.ts:1: node/);
    const allowed = { 'src/formats/hub/host.node.ts': [line], 'src/cli/main.ts': [line], 'src/nn/a.test.ts': [line] };
    expect(check(allowed).violations).toEqual([]);
  });

  it('refuses the host of another room, and a host imported past its name', () => {
    expectOne(
      { 'src/tensor/a.ts': ["import { openDevice } from '#devices/host';"] },
      /host: imports #devices\/host from outside/,
    );
    expectOne(
      { 'src/devices/a.ts': ["import { x } from './host.node.js';"] },
      /host: imports src\/devices\/host\.node\.ts; import #devices\/host/,
    );
    expectOne(
      {
        'src/devices/host.browser.ts': ["import { x } from './disk/host.node.js';"],
        'src/devices/disk/host.node.ts': [],
      },
      /host/,
    );
    const own = {
      'src/devices/disk/host.node.ts': [],
      'src/devices/host.node.ts': ["import { x } from './disk/host.node.js';"],
    };
    expect(check(own).violations).toEqual([]);
  });

  it('refuses a cycle, through types and through the host as well', () => {
    expectOne(
      {
        'src/nn/a.ts': ["import { b } from './b.js';"],
        'src/nn/b.ts': ["import { c } from './c.js';"],
        'src/nn/c.ts': ['', "import type { A } from './a.js';"],
      },
      /^src\/nn\/a\.ts:1: cycle: src\/nn\/a\.ts -> src\/nn\/b\.ts -> src\/nn\/c\.ts -> src\/nn\/a\.ts/,
    );
    expectOne({ 'src/nn/a.ts': ["import './a.js';"] }, /cycle: src\/nn\/a\.ts -> src\/nn\/a\.ts/);
    expectOne({ 'src/devices/host.browser.ts': ["import './index.js';"] }, /cycle: .*host\.browser\.ts/);
  });

  it('refuses a file over 600 lines that nobody generated', () => {
    const long = Array.from({ length: 601 }, () => '// line');
    expectOne({ 'kernels/ops/a.h': long }, /^kernels\/ops\/a\.h:601: size: 601 lines; split it/);
    expect(check({ 'kernels/ops/a.h': long.slice(1) }).violations).toEqual([]);
    expect(check({ 'kernels/contract.h': ['// Generated from src/contract/ops.ts', ...long] }).violations).toEqual([]);
  });
});
