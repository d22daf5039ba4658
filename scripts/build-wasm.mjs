/**
 * Builds `kernels/wasm/jambalaya.wasm` (the engine) and `pmi.wasm` (n-gram counting) beside it from the kernel sources with
 * clang's wasm32 target. The files are committed, so that nobody needs this compiler to install; `--check` rebuilds them and
 * fails if a result differs from the committed one.
 *
 *     node scripts/build-wasm.mjs [--check]
 *
 * Needs clang 19 and lld 19 (Debian: `clang-19 lld-19`); other versions give other bytes.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
mkdirSync(join(root, 'build', 'wasm'), { recursive: true });

for (const [source, name] of [
  ['host.cpp', 'jambalaya.wasm'],
  ['pmi.cpp', 'pmi.wasm'],
]) {
  const target = join(root, 'kernels', 'wasm', name);
  const out = join(root, 'build', 'wasm', name);
  execFileSync(
    process.env.JAMBALAYA_WASM_CXX ?? 'clang++-19',
    [
      '--target=wasm32',
      '-std=c++17',
      '-O3',
      '-msimd128',
      '-mbulk-memory',
      '-nostdlib',
      '-fno-exceptions',
      '-fno-rtti',
      '-ffp-contract=off',
      '-fvisibility=hidden',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-Ikernels',
      // Paths in the file would make it depend on where it was built.
      '-ffile-prefix-map=.=',
      '-Wl,--no-entry',
      '-Wl,--import-memory',
      '-Wl,--stack-first',
      '-Wl,-z,stack-size=1048576',
      '-Wl,--export=__heap_base',
      '-Wl,--strip-all',
      `kernels/wasm/${source}`,
      '-o',
      out,
    ],
    { cwd: root, stdio: 'inherit' },
  );

  if (!check) {
    renameSync(out, target);
    console.log(`${target}: ${readFileSync(target).length} bytes`);
  } else if (!readFileSync(out).equals(readFileSync(target))) {
    console.error(`kernels/wasm/${name} is not what the sources give: run \`npm run build:wasm\` and commit it`);
    process.exit(1);
  } else {
    console.log(`kernels/wasm/${name} is what the sources give`);
  }
}
