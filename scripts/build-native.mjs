/**
 * Builds the native addons `jambalaya.node` (the engine) and `pmi.node` (n-gram counting) into `build/native` with whatever
 * C++ compiler is on the path.
 *
 *     node scripts/build-native.mjs [--out DIR]
 *
 * Needs no Python and downloads nothing: the Node-API headers come from the `node-api-headers` package. Without a
 * compiler, or when compiling fails, it says so and ends successfully: the WASM device serves in its place. Objects are
 * kept under `build/native` and reused while their inputs (sources, flags, compiler) are the same. CXX names the
 * compiler, JAMBALAYA_CXXFLAGS and JAMBALAYA_LDFLAGS add to its flags, JAMBALAYA_REQUIRE_NATIVE makes a failure fatal.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outOption = process.argv.indexOf('--out');
const out = outOption > 0 ? resolve(process.argv[outOption + 1]) : join(root, 'build', 'native');
const target = join(out, 'jambalaya.node');
const pmiTarget = join(out, 'pmi.node');

const avx512 = ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx2', '-mfma', '-mf16c'];

/** Instruction sets by CPU architecture, slowest first, with the compiler's flags for each. */
const isaFlags = {
  x64: {
    scalar: [],
    avx2: ['-mavx2', '-mfma', '-mf16c'],
    avx512,
    avx512vnni: [...avx512, '-mavx512vnni'],
    avx512bf16: [...avx512, '-mavx512vnni', '-mavx512bf16'],
  },
  arm64: { scalar: [], neon: [], neondot: ['-march=armv8.2-a+dotprod'] },
};

function findCompiler() {
  for (const name of [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean)) {
    try {
      const version = execFileSync(name, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return { name, version: version.split('\n')[0] };
    } catch {
      // Not this one: try the next.
    }
  }
  return undefined;
}

function headersUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(h|cpp)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function build(compiler) {
  const isas = isaFlags[process.arch] ?? { scalar: [] };
  const kernels = join(root, 'kernels');
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers');
  const common = [
    '-std=c++17',
    '-O3',
    '-fPIC',
    '-fvisibility=hidden',
    '-fno-exceptions',
    '-fno-rtti',
    '-ffp-contract=off',
    '-Wall',
    '-Wextra',
    '-Wno-psabi',
    '-Wno-uninitialized',
    '-Wno-maybe-uninitialized',
    '-Wno-unknown-warning-option',
    `-I${kernels}`,
    ...(process.env.JAMBALAYA_CXXFLAGS ?? '').split(' ').filter(Boolean),
  ];
  const units = [
    ...Object.entries(isas).map(([isa, flags]) => ({ source: `isa/${isa}.cpp`, flags })),
    {
      source: 'native/addon.cpp',
      flags: [
        '-DNAPI_VERSION=8',
        `-DJAMBALAYA_NATIVE_ISAS(X)=${Object.keys(isas)
          .map((isa) => `X(${isa})`)
          .join(' ')}`,
        `-I${headers}`,
      ],
    },
    { source: 'native/pmi.cpp', flags: ['-DNAPI_VERSION=8', `-I${headers}`] },
  ];
  const inputs = createHash('sha256').update(compiler.version).update(compiler.name);
  for (const file of headersUnder(kernels)) inputs.update(file.slice(root.length)).update(readFileSync(file));
  for (const unit of units) inputs.update(JSON.stringify([unit, common]));
  const digest = inputs.digest('hex');
  const stamp = join(out, 'inputs.sha256');
  if (existsSync(target) && existsSync(pmiTarget) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest)
    return 'unchanged';

  mkdirSync(out, { recursive: true });
  const objects = units.map((unit) => join(out, unit.source.replace(/\W/g, '_').replace(/_cpp$/, '.o')));
  const queue = units.map((unit, i) => [...common, ...unit.flags, '-c', join(kernels, unit.source), '-o', objects[i]]);
  const worker = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift())
      await run(compiler.name, job, { maxBuffer: 1 << 26 });
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-pthread'];
  const flags = (process.env.JAMBALAYA_LDFLAGS ?? '').split(' ').filter(Boolean);
  const ofPmi = objects[units.findIndex(({ source }) => source === 'native/pmi.cpp')];
  const linkTo = async (file, inputs) => {
    const temporary = `${file}.${process.pid}`;
    await run(compiler.name, [...link, ...flags, ...inputs, '-o', temporary]);
    renameSync(temporary, file);
  };
  await linkTo(
    target,
    objects.filter((object) => object !== ofPmi),
  );
  await linkTo(pmiTarget, [ofPmi]);
  writeFileSync(stamp, digest);
  return 'built';
}

const compiler = findCompiler();
if (compiler === undefined) {
  rmSync(target, { force: true });
  console.log(
    'jambalaya: no C++ compiler found (tried $CXX, c++, g++, clang++). The WASM device will serve, more slowly.',
  );
} else {
  try {
    const result = await build(compiler);
    console.log(`jambalaya: native addon ${result} (${compiler.version})`);
  } catch (error) {
    rmSync(target, { force: true });
    const reason = String(error.stderr || error.message)
      .split('\n')
      .slice(0, 20)
      .join('\n');
    console.log(
      `jambalaya: the native addon did not build with ${compiler.name}; the WASM device will serve.\n${reason}`,
    );
    if (process.env.JAMBALAYA_REQUIRE_NATIVE) process.exit(1);
  }
}
