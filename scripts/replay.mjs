/** Builds test/neon/parity.cpp and the file of recorded cases that it replays; for the checks of NEON and of memory. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Writes the parity cases of `ops` (all when left out) with the reference's results; returns the file's path. */
export async function recordCases(out, ops) {
  const recorder = join(out, 'record.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/neon/record.ts'],
    outfile: recorder,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['jambalaya-source'],
    logLevel: 'error',
  });
  const { recordCases: record } = await import(pathToFileURL(recorder).href);
  const file = join(out, 'cases.bin');
  writeFileSync(file, await record(ops));
  return file;
}

const compileFlags = ['-std=c++17', '-ffp-contract=off', '-fno-rtti', '-Wall', '-Wextra', '-Wno-psabi', '-Ikernels'];

/** What an instruction set needs beside the flags that all of a check's sets have. */
const isaFlags = { neondot: ['-march=armv8.2-a+dotprod'] };

/** Compiles the kernels of these instruction sets; returns the object files. */
export async function compileKernels({ out, compiler, isas, flags }) {
  mkdirSync(out, { recursive: true });
  const objects = isas.map((isa) => join(out, `isa_${isa}.o`));
  const compile = (isa, i) =>
    run(
      compiler,
      [
        ...compileFlags,
        '-fno-exceptions',
        ...flags,
        ...(isaFlags[isa] ?? []),
        '-c',
        `kernels/isa/${isa}.cpp`,
        '-o',
        objects[i],
      ],
      { cwd: root },
    );
  await Promise.all(isas.map(compile));
  return objects;
}

/** Compiles the replay and links it with the kernels of these instruction sets; returns the program's path. */
export async function buildReplay({ out, compiler, isas, objects, flags, link = [] }) {
  const program = join(out, 'parity');
  const offered = `-DJAMBALAYA_NATIVE_ISAS(X)=${isas.map((isa) => `X(${isa})`).join(' ')}`;
  await run(
    compiler,
    [...compileFlags, ...flags, offered, 'test/neon/parity.cpp', ...objects, ...link, '-o', program],
    {
      cwd: root,
    },
  );
  return program;
}
